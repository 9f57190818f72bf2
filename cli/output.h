#pragma once

#include <optional>
#include <string>

#include "base/output_file.h"

namespace bitloom::cli {

/// Columns that a table may take: the terminal's, or no limit where standard output is not one.
std::size_t output_width();

/// Writes to standard output; a UserError when it does not take it.
void print(std::string_view text);

/// Opens standard streams that are closed, unwritable, so that no output file takes their place.
void reserve_standard_streams();

/// A UserError where both options name one file, whose second writer would undo the first.
void require_different_files(std::string_view option, const std::optional<std::string>& path,
                             std::string_view other_option,
                             const std::optional<std::string>& other_path);

/// Where a command's data goes: nowhere, a file, or standard output (`-`), which then holds nothing
/// else.
class Destination {
 public:
  /// A file is opened here, so that what cannot be written is found before the work.
  explicit Destination(const std::optional<std::string>& path);
  bool wanted() const { return is_standard_output_ || file_; }
  bool is_standard_output() const { return is_standard_output_; }
  void deliver(std::string_view data);

 private:
  bool is_standard_output_;
  std::optional<OutputFile> file_;
};

}  // namespace bitloom::cli
