#include "cli/output.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>

#include "base/error.h"
#include "reports/text_table.h"

namespace bitloom::cli {

std::size_t output_width() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return reports::TextTable::kUnlimited;
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw UserError(std::string("standard output: cannot be written: ") + std::strerror(errno));
}

void reserve_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) < 0) return;
}

void require_different_files(std::string_view option, const std::optional<std::string>& path,
                             std::string_view other_option,
                             const std::optional<std::string>& other_path) {
  namespace fs = std::filesystem;
  if (!path || !other_path) return;
  if (path == "-" && other_path == "-")
    throw UserError(
        fmt::format("{} and {} cannot both go to standard output", option, other_option));
  std::error_code failure;
  const auto resolved = [&](const std::string& name) {
    return fs::weakly_canonical(fs::absolute(name, failure), failure);
  };
  const fs::path file = resolved(*path);
  if (!fs::is_other(file, failure) && file == resolved(*other_path))
    throw UserError(fmt::format("{}: {} and {} cannot both write it", *path, option, other_option));
}

Destination::Destination(const std::optional<std::string>& path)
    : is_standard_output_(path == "-") {
  if (path && !is_standard_output_) file_.emplace(*path);
}

void Destination::deliver(std::string_view data) {
  if (is_standard_output_) print(data);
  if (!file_) return;
  file_->write(data);
  file_->commit();
}

}  // namespace bitloom::cli
