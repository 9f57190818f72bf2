// What no source file may hold.
#include <gtest/gtest.h>

#include <regex>

#include "tests/house/source_tree.h"

namespace bitloom {
namespace {

using testing::SourceFile;
using testing::SourceLine;

bool is_in_one_of(const SourceFile& file, const std::vector<std::string>& folders) {
  for (const std::string& folder : folders)
    if (file.is_in(folder)) return true;
  return false;
}

/// No line of code in `folders`, but for those in `except`, matches `pattern`.
void expect_none(const std::string& pattern, const std::vector<std::string>& folders,
                 const std::vector<std::string>& except, const std::string& why) {
  const std::regex forbidden(pattern);
  for (const SourceFile& file : testing::cpp_files()) {
    if (!is_in_one_of(file, folders) || is_in_one_of(file, except)) continue;
    for (const SourceLine& line : file.lines)
      EXPECT_FALSE(std::regex_search(SourceFile::code_of(line.text), forbidden))
          << file.path << ":" << line.number << ": " << why << "\n  " << line.text;
  }
}

const std::vector<std::string> kLibraries{"base", "models", "sim", "search", "reports"};
const std::vector<std::string> kCode{"base", "models", "sim", "rtl", "search", "reports", "cli"};

TEST(Libraries, NeverExit) {
  expect_none("\\b(exit|abort|quick_exit|_Exit|terminate)\\s*\\(", kLibraries, {},
              "a library throws, cli/ exits");
}

TEST(Libraries, NeverPrint) {
  expect_none("\\bstd::(cout|cerr|clog)\\b|\\b(printf|puts|perror)\\s*\\(|fmt::print", kLibraries,
              {}, "a library returns text, cli/ prints");
}

TEST(Libraries, NeverReadTheEnvironment) {
  expect_none("\\bgetenv\\b", kCode, {"cli"}, "only cli/ reads the environment");
}

TEST(Libraries, NeverReadTheClockOrChance) {
  expect_none("\\b(s?rand|time)\\s*\\(\\s*(NULL|nullptr|0)?\\s*\\)|random_device|system_clock",
              kLibraries, {}, "clocks and random engines come in as arguments");
}

TEST(Sources, AllocateThroughValuesAndUniquePointers) {
  expect_none("(=|return|\\()\\s*new\\s+[A-Za-z_:]|\\bdelete\\s+[a-z]|\\bmalloc\\s*\\(", kCode, {},
              "no raw new");
}

TEST(Sources, IncludeSystemCOnlyInTheCycleEngineAndTheHarness) {
  expect_none(
      "#\\s*include\\s*<(systemc|tlm|sysc)", kCode,
      {"sim/kit/systemc", "sim/families/bismo/cycle", "sim/families/bitfusion/cycle", "rtl/verify"},
      "SystemC stays in sim/kit/systemc, families' cycle folders and rtl/verify");
}

TEST(Sources, OfOneIdeaHaveAtMost400Lines) {
  for (const SourceFile& file :
       testing::source_files("", {".h", ".cpp", ".sv", ".py", ".cmake", "CMakeLists.txt"}))
    EXPECT_LE(file.lines.size(), 400u) << file.path << ": look for the second idea";
}

TEST(Headers, AreIncludedOnce) {
  for (const SourceFile& file : testing::cpp_files())
    if (file.is_header()) {
      EXPECT_EQ(file.text.rfind("#pragma once\n", 0), 0u) << file.path;
    }
}

TEST(Sources, IncludeTheirOwnHeaderFirst) {
  for (const SourceFile& file : testing::cpp_files()) {
    const std::string header = file.path.substr(0, file.path.rfind('.')) + ".h";
    const auto includes = file.quoted_includes();
    const bool has_header = std::find(includes.begin(), includes.end(), header) != includes.end();
    if (!file.is_header() && has_header) {
      EXPECT_EQ(includes.front(), header) << file.path;
    }
  }
}

TEST(Sources, HaveNoBannersTabsOrTrailingSpaces) {
  const std::regex banner("//\\s*[-=*/#]{8,}");
  for (const SourceFile& file : testing::cpp_files())
    for (const SourceLine& line : file.lines) {
      const bool ends_in_space = !line.text.empty() && line.text.back() == ' ';
      EXPECT_FALSE(std::regex_search(line.text, banner) || ends_in_space ||
                   line.text.find('\t') != std::string::npos)
          << file.path << ":" << line.number;
    }
}

TEST(Sources, NameNoMachinesFolders) {
  const std::regex path("(^|[^A-Za-z0-9_.<])/(root|home|work|Users)/");
  for (const SourceFile& file : testing::source_files(
           "",
           {".h", ".cpp", ".sv", ".py", ".sh", ".md", ".yaml", ".json", ".csv", ".cmake", ".txt"}))
    for (const SourceLine& line : file.lines)
      EXPECT_FALSE(std::regex_search(line.text, path) &&
                   line.text.find("std::regex") == std::string::npos)
          << file.path << ":" << line.number << ": " << line.text;
}

TEST(Sources, SayNamespaceBitloom) {
  for (const SourceFile& file : testing::cpp_files())
    if (is_in_one_of(file, kLibraries)) {
      EXPECT_NE(file.text.find("namespace bitloom"), std::string::npos) << file.path;
    }
}

}  // namespace
}  // namespace bitloom
