#include "cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

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
