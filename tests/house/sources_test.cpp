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

const std::vector<std::string> kLibraries{"base",    "models",    "sim",   "search",
                                          "reports", "pipelines", "python"};
const std::vector<std::string> kCode{"base",    "models",    "sim",    "rtl", "search",
                                     "reports", "pipelines", "python", "cli"};

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

const std::vector<std::string> kAboveBase{"models",  "sim",       "rtl",    "search",
                                          "reports", "pipelines", "python", "cli"};

TEST(Commands, LookAtTheirFilesBeforeTheyAct) {
  expect_none("(->|\\.)callback\\(\\[(?!&command, act)", {"cli"}, {},
              "set_action() looks whether an output would replace an input");
}

TEST(Sources, ReadNumbersThroughBase) {
  expect_none(
      "\\bfrom_chars\\s*\\(|\\b(std::)?(sto(i|l|ul|ll|ull|f|d|ld)|strto[a-z]+|ato[ifl]+)\\s*\\(",
      kAboveBase, {}, "base/numbers.h reads numbers");
}

TEST(Sources, ReadWholeFilesThroughBase) {
  expect_none("istreambuf_iterator|\\brdbuf\\s*\\(", kAboveBase, {}, "base/files.h reads files");
}

TEST(Sources, DrawThroughBase) {
  expect_none("\\bstd::[a-z_]+_distribution\\b|\\bstd::(ranges::)?(shuffle|sample)\\b", kAboveBase,
              {}, "base/random.h draws the same with every standard library");
}

TEST(Sources, HashThroughBase) {
  expect_none("0xcbf29ce4|0x9e3779b9|0xbf58476d", kAboveBase, {},
              "base/hash.h and base/split_mix.h hash");
}

TEST(Sources, RunProcessesThroughBase) {
  expect_none("\\b(fork|exec[vlpe]+|waitpid|posix_spawnp?|popen|pipe2?)\\s*\\(|std::system\\b",
              kAboveBase, {}, "base/processes.h runs programs");
}

TEST(Sources, ReadAndWriteJsonThroughBase) {
  expect_none("[jJ]son::parse\\s*\\(|\\.dump\\s*\\(", kAboveBase, {},
              "base/json.h reads JSON strictly and writes it without exceptions");
}

/// The lines of the block that opens at the end of line `open`, which is closed where the line
/// before it begins.
std::string block_at(const SourceFile& file, std::size_t open) {
  const std::size_t indent = file.lines[open].text.find_first_not_of(' ');
  std::string block;
  for (std::size_t i = open + 1; i < file.lines.size(); ++i) {
    const std::string& line = file.lines[i].text;
    if (line.find_first_not_of(' ') <= indent) break;
    block += line + "\n";
  }
  return block;
}

TEST(Sources, GoOnAfterAnUnsupportedThingAlone) {
  const std::regex caught("catch \\(const (bitloom::)?UserError&( [a-z_]+)?\\) \\{");
  const std::regex minds_kind("\\.(kind|is_unsupported|with_text|in_file)\\(");
  for (const SourceFile& file : testing::cpp_files()) {
    if (file.is_in("cli")) continue;  // which ends with the error
    if (!is_in_one_of(file, kAboveBase) && !file.is_in("base")) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (!std::regex_search(SourceFile::code_of(file.lines[i].text), caught)) continue;
      EXPECT_TRUE(std::regex_search(block_at(file, i), minds_kind))
          << file.path << ":" << file.lines[i].number
          << ": ask for the error's kind() and rethrow, or tell it by with_text() or in_file()";
    }
  }
}

TEST(Sources, AllocateThroughValuesAndUniquePointers) {
  expect_none("(=|return|\\()\\s*new\\s+[A-Za-z_:]|\\bdelete\\s+[a-z]|\\bmalloc\\s*\\(", kCode, {},
              "no raw new");
}

TEST(Sources, IncludeSystemCOnlyInTheCycleEngineAndTheHarness) {
  std::vector<std::string> allowed{"sim/kit/systemc", "rtl/verify"};
  for (const SourceFile& file : testing::cpp_files("sim/families"))
    if (const auto at = file.path.find("/cycle/"); at != std::string::npos)
      allowed.push_back(file.path.substr(0, at) + "/cycle");
  expect_none("#\\s*include\\s*<(systemc|tlm|sysc)", kCode, allowed,
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
