#include "cli/output.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/error.h"
#include "base/letter_case.h"
#include "base/text.h"
#include "reports/text/text_table.h"

namespace bitloom::cli {

namespace {

bool is_standard_output(const std::string& path) { return path == "-" || path == "/dev/stdout"; }

/// Whether both paths lead to one file, there already or not; devices may be written twice.
bool same_file(const std::string& path, const std::string& other) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const auto resolved = [&](const std::string& name) {
    return fs::weakly_canonical(fs::absolute(name, failure), failure);
  };
  const fs::path file = resolved(path);
  return !fs::is_other(file, failure) && file == resolved(other);
}

}  // namespace

std::size_t terminal_width(int stream) {
  winsize size{};
  if (::isatty(stream) && ::ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return reports::TextTable::kUnlimited;
}

std::size_t output_width() { return terminal_width(STDOUT_FILENO); }

std::size_t list_width() {
  const std::size_t width = output_width();
  return width == reports::TextTable::kUnlimited ? 80 : width;
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return;
  if (errno != EPIPE)  // who reads has enough: the files are still wanted
    throw UserError(std::string("standard output: cannot be written: ") + std::strerror(errno));
}

void reserve_standard_streams() {
  std::signal(SIGPIPE, SIG_IGN);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0 && ::open("/dev/null", O_RDONLY) < 0) return;
}

void require_different_files(const std::vector<FileOption>& outputs,
                             const std::vector<FileOption>& inputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& [option, path] = outputs[i];
    if (!path) continue;
    for (std::size_t j = i + 1; j < outputs.size(); ++j) {
      if (is_standard_output(*path) && outputs[j].path && is_standard_output(*outputs[j].path))
        throw UserError(
            fmt::format("{} and {} cannot both go to standard output", option, outputs[j].option));
      if (outputs[j].path && same_file(*path, *outputs[j].path))
        throw UserError(
            fmt::format("{}: {} and {} cannot both write it", *path, option, outputs[j].option));
    }
    for (const FileOption& input : inputs)
      if (input.path && same_file(*path, *input.path))
        throw UserError(
            fmt::format("{}: {} would replace what {} reads", *path, option, input.option));
  }
}

std::string path_beside(std::string_view option, const std::string& path, std::string_view suffix,
                        std::string_view other_suffix, std::string_view what) {
  if (!path.ends_with(suffix) || path.size() == suffix.size() ||
      path[path.size() - suffix.size() - 1] == '/')
    throw UserError(fmt::format("{} '{}': must be a name ending in {}; {} in {}", option, path,
                                suffix, what, other_suffix));
  return path.substr(0, path.size() - suffix.size()) + std::string(other_suffix);
}

void require_own_file(std::string_view option, const std::string& path, std::string_view mark) {
  constexpr std::size_t kBeginning = 4096;
  std::error_code failure;
  if (!std::filesystem::is_regular_file(path, failure)) return;
  std::string beginning(kBeginning, '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(beginning.data(), static_cast<std::streamsize>(kBeginning));
  if (beginning.find(mark) == std::string::npos)
    throw UserError(
        fmt::format("{}: {} would replace it, though bitloom did not write it: move it or choose "
                    "another name",
                    path, option));
}

void require_html(std::string_view option, const std::optional<std::string>& path) {
  if (!path) return;
  const std::string extension = lower_case(std::filesystem::path(*path).extension().string());
  if (!extension.empty() && extension != ".html" && extension != ".htm")
    throw UserError(
        fmt::format("{} '{}': is HTML: must be a name ending in .html; Markdown is --markdown",
                    option, excerpt(*path)));
}

void require_folder(std::string_view option, const std::optional<std::string>& path) {
  namespace fs = std::filesystem;
  if (!path) return;
  if (path->empty()) throw UserError(fmt::format("{} '': must name a folder", option));
  const auto refuse = [&](const std::string& why) {
    throw UserError(fmt::format("{}: {}: {}", option, *path, why));
  };
  fs::path there = fs::absolute(*path);
  std::error_code failure;
  while (fs::status(there, failure).type() == fs::file_type::not_found) there = there.parent_path();
  if (!fs::status_known(fs::status(there, failure))) refuse(failure.message());
  if (!fs::is_directory(there)) refuse("a file is where a folder would be");
  if (::access(there.c_str(), W_OK | X_OK) != 0) refuse(std::strerror(errno));
}

Destination::Destination(const std::optional<std::string>& path)
    : is_standard_output_(path && cli::is_standard_output(*path)) {
  if (path && !is_standard_output_) file_.emplace(*path);
}

void Destination::write(std::string_view data) {
  if (is_standard_output_) print(data);
  if (file_) file_->write(data);
}

void Destination::finish() {
  if (file_) file_->commit();
}

}  // namespace bitloom::cli
