#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bitloom::testing {

struct SourceLine {
  int number;
  std::string text;  // without // comments and string literals where code is asked for
};

struct SourceFile {
  std::string path;  // from the repository root
  std::string text;
  std::vector<SourceLine> lines;

  bool is_in(std::string_view folder) const;
  bool is_header() const { return path.ends_with(".h"); }
  /// The files that `#include "..."` names.
  std::vector<std::string> quoted_includes() const;
  /// The line with comments and string literals blanked: what the compiler sees of it.
  static std::string code_of(const std::string& line);
};

/// Files with one of these endings in `folder` of the repository (all of it: ""), build folders,
/// results of runs (reports/out) and hidden ones left out, sorted.
std::vector<SourceFile> source_files(const std::string& folder,
                                     const std::vector<std::string>& endings);

/// The project's C++ files.
std::vector<SourceFile> cpp_files(const std::string& folder = "");

}  // namespace bitloom::testing
