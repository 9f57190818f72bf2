#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/output_file.h"

namespace bitloom::cli {

/// Columns of the terminal that a stream is, or no limit where it is none.
std::size_t terminal_width(int stream);

/// Columns that a table may take: the terminal's, or no limit where standard output is not one.
std::size_t output_width();

/// Columns that a list with descriptions takes: the terminal's, or 80 where there is none.
std::size_t list_width();

/// Writes to standard output; a UserError when it does not take it. What a closed pipe does not
/// take is left out.
void print(std::string_view text);

/// Opens standard streams that are closed, unwritable, so that no output file takes their place. A
/// closed pipe does not end the program.
void reserve_standard_streams();

/// An option that names a file, `-` for standard output, or is not given.
struct FileOption {
  std::string option;
  std::optional<std::string> path;
};

/// A UserError where an output is another output too, or would replace an input.
void require_different_files(const std::vector<FileOption>& outputs,
                             const std::vector<FileOption>& inputs);

/// `table.npy` -> `table.json`: the file that goes beside an output. A UserError names `option`
/// where the output does not end in `suffix`, and says that `what` goes beside it.
std::string path_beside(std::string_view option, const std::string& path, std::string_view suffix,
                        std::string_view other_suffix, std::string_view what);

/// A UserError where a file beside the output of `option` is there and has no `mark` near its
/// beginning: no earlier run of this program put it there, and nobody asked to replace it.
void require_own_file(std::string_view option, const std::string& path, std::string_view mark);

/// A UserError where `path` ends in an extension that is none of HTML's, so that what is written
/// would not be what the name says. A name without one and `-` say nothing.
void require_html(std::string_view option, const std::optional<std::string>& path);

/// A UserError where `path` is given and is no folder, and none can be made there.
void require_folder(std::string_view option, const std::optional<std::string>& path);

/// Where a command's data goes: nowhere, a file, or standard output (`-`), which then holds nothing
/// else.
class Destination {
 public:
  /// A file is opened here, so that what cannot be written is found before the work.
  explicit Destination(const std::optional<std::string>& path);
  bool wanted() const { return is_standard_output_ || file_; }
  bool is_standard_output() const { return is_standard_output_; }
  void write(std::string_view data);
  /// Gives the file its name. A command writes all that it has before it finishes any of it.
  void finish();

 private:
  bool is_standard_output_;
  std::optional<OutputFile> file_;
};

}  // namespace bitloom::cli
