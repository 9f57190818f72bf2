// ONNX's own tests of its operators, where Debian's libonnx-testdata is installed, and the page
// that tells of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>

#include "base/files.h"
#include "models/torch/onnx/table.h"
#include "tests/onnx_run/node_data.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;
using Outcome = testing::NodeTest::Outcome;
using testing::NodeTest;

std::vector<NodeTest> run_all(const fs::path& data) {
  std::vector<fs::path> folders;
  for (const fs::path kind : {"node", "pytorch-converted", "pytorch-operator", "simple"})
    for (const auto& entry : fs::directory_iterator(data / kind)) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  std::vector<NodeTest> tests;
  for (const fs::path& folder : folders)
    if (fs::exists(folder / "model.onnx")) tests.push_back(testing::run_node_test(folder));
  return tests;
}

/// The data cut floats off where ONNX's text asks for rounding (docs/reference/onnx.md).
const std::set<std::string> kWrongData{"test_cast_FLOAT_to_BFLOAT16",
                                       "test_castlike_FLOAT_to_BFLOAT16",
                                       "test_castlike_FLOAT_to_BFLOAT16_expanded"};

struct Count {
  int passed = 0;
  int all = 0;
};

std::map<std::string, Count> counts_of(const std::vector<NodeTest>& tests) {
  std::map<std::string, Count> counts;
  for (const char* name : {"If", "Loop", "Scan"}) counts[name];
  for (const nn::onnx::Operator& row : nn::onnx::operators())
    if (row.domain.empty()) counts[std::string(row.op)];
  for (const NodeTest& test : tests)
    for (const std::string& name : test.operators) {
      const auto known = counts.find(name);
      if (known == counts.end()) continue;
      ++known->second.all;
      if (test.outcome == Outcome::kPassed) ++known->second.passed;
    }
  for (const char* name : {"BipolarQuant", "IntQuant", "Quant", "Trunc"}) counts.erase(name);
  return counts;
}

/// Cells in three columns, read from top to bottom.
std::string table_of(const std::map<std::string, Count>& counts) {
  std::vector<std::string> cells;
  for (const auto& [name, count] : counts) {
    const std::string figure =
        count.all == 0 ? "" : std::to_string(count.passed) + " of " + std::to_string(count.all);
    cells.push_back("| `" + name + "` | " + figure + " ");
  }
  constexpr std::size_t kColumns = 3;
  std::string table = "| operator | passed | operator | passed | operator | passed |\n";
  table += "|---|---|---|---|---|---|\n";
  const std::size_t rows = (cells.size() + kColumns - 1) / kColumns;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < kColumns; ++column) {
      const std::size_t cell = column * rows + row;
      table += cell < cells.size() ? cells[cell] : "| | ";
    }
    table += "|\n";
  }
  return table;
}

const std::string kPage = BITLOOM_SOURCE_DIR "/docs/reference/onnx.md";

/// Compares the part of the page under `<!-- name -->`, or, where BITLOOM_UPDATE_PAGES is set,
/// writes it anew.
void expect_on_page(const std::string& name, const std::string& text) {
  std::string page = read_file(kPage);
  const std::string head = "<!-- " + name + " -->\n";
  const std::size_t start = page.find(head) + head.size();
  const std::size_t size = page.find("<!-- end -->", start) - start;
  if (std::getenv("BITLOOM_UPDATE_PAGES")) {
    std::ofstream(kPage) << page.replace(start, size, text);
    return;
  }
  EXPECT_EQ(page.substr(start, size), text)
      << "run this test with BITLOOM_UPDATE_PAGES=1 to write " << kPage << " anew";
}

TEST(NodeData, PassesWhereverTheOperatorsAreKnown) {
  const fs::path data = testing::node_data_folder();
  if (!fs::is_directory(data)) GTEST_SKIP() << "no data in " << data << " (libonnx-testdata)";
  const std::vector<NodeTest> tests = run_all(data);
  int passed = 0;
  int unsupported = 0;
  for (const NodeTest& test : tests) {
    passed += test.outcome == Outcome::kPassed ? 1 : 0;
    unsupported += test.outcome == Outcome::kUnsupported ? 1 : 0;
    EXPECT_TRUE(test.outcome != Outcome::kFailed || kWrongData.count(test.name))
        << test.name << ": " << test.why;
  }
  std::cout << passed << " of " << tests.size() << " tests passed, " << unsupported
            << " not supported\n";
  const auto counts = counts_of(tests);
  for (const auto& [name, count] : counts)
    std::cout << name << ": " << count.passed << " of " << count.all << "\n";
  expect_on_page("operators", table_of(counts));
}

TEST(OnnxPage, ListsTheOperatorsOfOnnxRuntime) {
  std::set<std::string> names;
  for (const nn::onnx::Operator& row : nn::onnx::operators())
    if (row.domain == "com.microsoft") names.insert(std::string(row.op));
  std::string text;
  std::string line = "Of the domain `com.microsoft`:";
  for (const std::string& name : names) {
    const std::string word = " `" + name + "`" + (name == *names.rbegin() ? "." : ",");
    if (line.size() + word.size() > 100) {
      text += line + "\n";
      line = word.substr(1);
    } else {
      line += word;
    }
  }
  expect_on_page("com.microsoft", text + line + "\n");
}

}  // namespace
}  // namespace bitloom
