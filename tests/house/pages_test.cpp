// What pages and lines must look like.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>

#include "tests/house/source_tree.h"

namespace bitloom {
namespace {

using testing::SourceFile;
using testing::SourceLine;

constexpr std::size_t kColumns = 100;

/// Characters of UTF-8 text.
std::size_t columns_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  }));
}

/// Whether a line may be longer: an address has no place to break.
bool holds_an_address(const std::string& line) { return line.find("://") != std::string::npos; }

void expect_short(const SourceFile& file, const SourceLine& line) {
  EXPECT_TRUE(columns_of(line.text) <= kColumns || holds_an_address(line.text))
      << file.path << ":" << line.number << ": has " << columns_of(line.text) << " columns";
}

/// Lines of a page that a person wraps: no tables, no output of the program, and nothing that a
/// script writes between `<!-- name -->` and `<!-- end -->`.
std::vector<SourceLine> prose_of(const SourceFile& page) {
  std::vector<SourceLine> prose;
  bool is_output = false, is_written = false;
  for (const SourceLine& line : page.lines) {
    if (line.text.rfind("```", 0) == 0)
      is_output = !is_output;
    else if (line.text == "<!-- end -->")
      is_written = false;
    else if (line.text.rfind("<!-- ", 0) == 0 && line.text.rfind("<!-- file:", 0) != 0)
      is_written = true;
    else if (!is_output && !is_written && line.text.rfind('|', 0) != 0)
      prose.push_back(line);
  }
  return prose;
}

TEST(Lines, OfCodeAndDescriptionsHaveAtMost100Columns) {
  for (const SourceFile& file : testing::source_files("", {".h", ".cpp", ".sv", ".py", ".yaml"}))
    for (const SourceLine& line : file.lines) expect_short(file, line);
  for (const SourceFile& file : testing::source_files("scripts", {""}))
    if (!file.path.ends_with(".md"))
      for (const SourceLine& line : file.lines) expect_short(file, line);
}

TEST(Lines, OfPagesHaveAtMost100Columns) {
  for (const SourceFile& page : testing::source_files("", {".md"}))
    for (const SourceLine& line : prose_of(page)) expect_short(page, line);
}

TEST(Pages, PointAtFilesThatAreThere) {
  namespace fs = std::filesystem;
  const std::regex link(R"(\]\(([^)#\s]+)(#[^)]*)?\))");
  for (const SourceFile& page : testing::source_files("", {".md"})) {
    const fs::path folder = fs::path(BITLOOM_SOURCE_DIR) / fs::path(page.path).parent_path();
    for (std::sregex_iterator at(page.text.begin(), page.text.end(), link), end; at != end; ++at) {
      const std::string target = (*at)[1];
      EXPECT_TRUE(holds_an_address(target) || fs::exists(folder / target))
          << page.path << ": points at " << target;
    }
  }
}

}  // namespace
}  // namespace bitloom
