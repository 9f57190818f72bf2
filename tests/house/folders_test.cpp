// The folders of the design: which may include which.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/house/source_tree.h"

namespace bitloom {
namespace {

using Folders = std::vector<std::string>;
using testing::SourceFile;

struct Row {
  std::string folder;
  Folders may_include;  // folders and files, besides itself; "" is everything
};

/// The table of the design, the longest folder first where one lies in another.
const std::vector<Row>& rows() {
  static const Folders kit{"base", "models/graph", "sim/kit"};
  static const Folders family{"base",         "models/graph",       "sim/kit",      "sim/family.h",
                              "sim/engine.h", "sim/layer_result.h", "sim/report.h", "sim/job.h"};
  static const Folders sim{"base", "models/graph", "sim"};
  static const Folders problem{"base", "models/graph", "sim", "search/measure"};
  static const Folders solvers{"base", "models/graph", "search/problem"};
  static const Folders policy{"base", "models/graph", "search/measure", "search/problem",
                              "search/solvers"};
  static const std::vector<Row> table{
      {"base", {"base"}},
      {"models/graph/zoo", {"base", "models/graph", "models/operators"}},
      {"models/graph", {"base"}},
      {"models/operators", {"base", "models/graph", "models/integer"}},
      {"models/integer", {"base", "models/graph"}},
      {"models/policies", {"base", "models/graph"}},
      {"models/onnx",
       {"base", "models/graph", "models/operators", "models/weights", "models/integer"}},
      {"models/data", {"base"}},
      {"models/weights", {"base", "models/graph", "models/operators", "models/integer"}},
      {"models/torch",
       {"base", "models/graph", "models/operators", "models/onnx", "models/data", "models/weights",
        "models/integer", "models/quantizers"}},
      {"models/quantizers", {"base", "models/integer", "models/weights"}},
      {"sim/kit", kit},
      {"sim/families/bismo", family},
      {"sim/families/bitfusion", family},
      {"sim/families/shift", family},
      {"sim", sim},
      {"rtl", {"base", "models/graph", "models/integer", "sim"}},
      {"search/measure", {"base", "models"}},
      {"search/problem", problem},
      {"search/solvers", solvers},
      {"search/policy", policy},
      {"search/agent", {"base", "models", "search/problem", "search/policy"}},
      {"search/explore", {"base"}},
      {"search", {}},
      {"reports/results", {"base"}},
      {"reports/html", {"base", "reports/results"}},
      {"reports/text", {"base", "models/graph", "sim", "search", "reports"}},
      {"reports", {"base", "models/graph", "sim", "search"}},
      {"pipelines", {"base", "models", "sim", "rtl", "search", "reports"}},
      {"python", {"base", "models", "sim", "search", "reports", "pipelines"}},
      {"cli", {""}},
      {"tests", {""}},
      {"benchmarks", {""}},
  };
  return table;
}

const Row* row_of(const SourceFile& file) {
  const auto row = std::find_if(rows().begin(), rows().end(),
                                [&](const Row& r) { return file.is_in(r.folder); });
  return row == rows().end() ? nullptr : &*row;
}

bool is_allowed(const Row& row, const std::string& include) {
  const SourceFile included{include, "", {}};
  if (included.is_in(row.folder)) return true;
  return std::any_of(row.may_include.begin(), row.may_include.end(),
                     [&](const std::string& folder) {
                       return folder.empty() || included.is_in(folder) || include == folder;
                     });
}

TEST(Folders, OfCodeAllHaveARowInTheTable) {
  for (const SourceFile& file : testing::cpp_files())
    EXPECT_NE(row_of(file), nullptr) << file.path << ": give its folder a row";
}

TEST(Folders, IncludeOnlyWhatTheirRowAllows) {
  for (const SourceFile& file : testing::cpp_files()) {
    const Row* row = row_of(file);
    for (const std::string& include : file.quoted_includes())
      EXPECT_TRUE(!row || is_allowed(*row, include)) << file.path << " includes " << include;
  }
}

TEST(Folders, AreNamedInFullByEveryInclude) {
  const Folders generated{"bitloom_onnx", "onnx.pb.h", "V"};
  for (const SourceFile& file : testing::cpp_files())
    for (const std::string& include : file.quoted_includes()) {
      const SourceFile included{include, "", {}};
      const bool is_known = row_of(included) != nullptr;
      const bool is_generated =
          std::any_of(generated.begin(), generated.end(),
                      [&](const std::string& start) { return include.rfind(start, 0) == 0; });
      EXPECT_TRUE(is_known || is_generated)
          << file.path << " includes " << include << ": not from the repository root";
    }
}

/// The engines' modules of a family; `cycle_pricing` runs the schedule that `analytic` chooses.
TEST(Folders, OfTheTwoEnginesDoNotKnowEachOther) {
  for (const SourceFile& file : testing::cpp_files("sim/families")) {
    const bool is_cycle = file.path.find("/cycle/") != std::string::npos ||
                          file.path.find("/cycle.") != std::string::npos;
    for (const std::string& include : file.quoted_includes()) {
      if (is_cycle) {
        EXPECT_FALSE(include.ends_with("/analytic.h")) << file.path;
      }
      if (file.path.ends_with("/analytic.cpp")) {
        EXPECT_EQ(include.find("/cycle"), std::string::npos) << file.path;
      }
    }
  }
}

/// Whether a file may be of one family: the tables of families and of their cycle models, the RTL
/// and its verification, figures published of one machine, and tests.
bool may_name_a_family(const std::string& path) {
  const Folders starts{"sim/families",   "sim/engines.cpp", "reports/haq/", "rtl/",
                       "pipelines/rtl/", "tests/",          "benchmarks/"};
  return std::any_of(starts.begin(), starts.end(),
                     [&](const std::string& start) { return path.starts_with(start); });
}

TEST(Folders, OutsideTheFamiliesNameNone) {
  for (const SourceFile& file : testing::cpp_files())
    for (const std::string& include : file.quoted_includes())
      EXPECT_TRUE(may_name_a_family(file.path) || !include.starts_with("sim/families/"))
          << file.path << " includes " << include;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

TEST(Folders, WithCodeHaveAReadme) {
  std::set<std::string> without;
  for (const SourceFile& file : testing::source_files("", {".h", ".cpp", ".sv", ".py"}))
    without.insert(file.is_in("tests") ? "tests" : folder_of(file.path));
  for (const SourceFile& file : testing::source_files("", {"README.md"}))
    without.erase(folder_of(file.path));
  std::string list;
  for (const std::string& folder : without) list += folder + "\n";
  EXPECT_EQ(list, "") << "these folders have no README.md";
}

}  // namespace
}  // namespace bitloom
