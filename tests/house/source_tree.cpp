#include "tests/house/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

namespace bitloom::testing {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = BITLOOM_SOURCE_DIR;

SourceFile read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  SourceFile file{path.lexically_relative(kRoot).string(), text.str(), {}};
  std::istringstream lines(file.text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) file.lines.push_back({++number, line});
  return file;
}

bool is_left_out(const fs::path& path) {
  const std::string name = path.filename().string();
  const bool is_built = path.parent_path() == kRoot && name.rfind("build", 0) == 0;
  return name.front() == '.' || is_built || path == kRoot / "reports/out";
}

}  // namespace

bool SourceFile::is_in(std::string_view folder) const {
  return path.size() > folder.size() && path.compare(0, folder.size(), folder) == 0 &&
         path[folder.size()] == '/';
}

std::vector<std::string> SourceFile::quoted_includes() const {
  static const std::regex include("^\\s*#\\s*include\\s*\"([^\"]+)\"");
  std::vector<std::string> includes;
  std::smatch match;
  for (const SourceLine& line : lines)
    if (std::regex_search(line.text, match, include)) includes.push_back(match[1]);
  return includes;
}

std::string SourceFile::code_of(const std::string& line) {
  static const std::regex literal("\"([^\"\\\\]|\\\\.)*\"");
  const std::string code = std::regex_replace(line, literal, "\"\"");
  return code.substr(0, code.find("//"));
}

std::vector<SourceFile> source_files(const std::string& folder,
                                     const std::vector<std::string>& endings) {
  std::vector<SourceFile> files;
  const fs::path start = kRoot / folder;
  if (!fs::exists(start)) return files;
  for (auto entry = fs::recursive_directory_iterator(start); entry != fs::end(entry); ++entry) {
    if (is_left_out(entry->path())) {
      entry.disable_recursion_pending();
      continue;
    }
    const std::string name = entry->path().string();
    const auto ends = [&](const std::string& ending) { return name.ends_with(ending); };
    if (entry->is_regular_file() && std::any_of(endings.begin(), endings.end(), ends))
      files.push_back(read(entry->path()));
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<SourceFile> cpp_files(const std::string& folder) {
  return source_files(folder, {".h", ".cpp"});
}

}  // namespace bitloom::testing
