// Files of problems: what they say, and what is said of bad ones.
#include <gtest/gtest.h>

#include "search/problem/problem_file.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::search {
namespace {

const std::string kLayers =
    R"("layers": [{"name": "a", "choices": [{"label": "4", "omega": 2, "cost": {"ms": 1}},)"
    R"( {"label": "8", "omega": 1, "cost": {"ms": 2}}]},)"
    R"( {"name": "b", "choices": [{"label": "8", "omega": 0, "cost": {"ms": 3}}],)"
    R"( "allowed": ["8"]}])";
const std::string kBudgets = R"("budgets": [{"name": "x", "limits": {"ms": 4.5}}])";

TEST(ProblemFiles, AreReadAndWritten) {
  const testing::TemporaryFolder folder;
  const Problem first =
      read_problem(folder.write("a.json", "{" + kLayers + ", " + kBudgets + ", \"ties\": [[0]]}"));
  const Problem problem = read_problem(folder.write("b.json", problem_json(first, "a test")));
  EXPECT_EQ(problem.cost_names, std::vector<std::string>{"ms"});
  ASSERT_EQ(problem.layers.size(), 2u);
  EXPECT_EQ(problem.layers[0].choices[1].label, "8");
  EXPECT_EQ(problem.layers[0].choices[1].omega, 1);
  EXPECT_EQ(problem.layers[0].choices[1].costs, std::vector<double>{2});
  EXPECT_EQ(problem.ties, first.ties);
  EXPECT_EQ(problem.budgets[0].limits[0].value, 4.5);
  EXPECT_EQ(problem_json(problem, "a test"), problem_json(first, "a test"));
}

/// DenseNet-121 with all pairs of widths up to 16, as a search writes it.
TEST(ProblemFiles, AreReadHoweverLargeTheyAreWritten) {
  Problem problem;
  problem.cost_names = {"latency_ms", "energy_mj", "dram_mb", "size_mb", "bops_g"};
  for (int i = 0; i < 121; ++i) {
    LayerChoices& layer = problem.layers.emplace_back();
    layer.name = "features.denseblock.denselayer.conv" + std::to_string(i);
    for (int c = 0; c < 256; ++c)
      layer.choices.push_back({std::to_string(c), 0.123456789012345, std::vector(5, 1.23456789)});
  }
  problem.budgets = {{"asked", {{0, 4.5}}}};
  const std::string text = problem_json(problem, "a test");
  EXPECT_GT(text.size(), 6u << 20);
  const testing::TemporaryFolder folder;
  EXPECT_EQ(read_problem(folder.write("p.json", text)).layers.back().choices.size(), 256u);
}

TEST(ProblemFiles, ForbidWhatIsNotAllowed) {
  const testing::TemporaryFolder folder;
  std::string text = "{" + kLayers + ", " + kBudgets + "}";
  text.replace(text.find("]},"), 2, "], \"allowed\": [\"8\"]}");
  const Problem problem = read_problem(folder.write("a.json", text));
  EXPECT_FALSE(problem.layers[0].choices[0].allowed);
  EXPECT_TRUE(problem.layers[0].choices[1].allowed);
  const Problem again = read_problem(folder.write("b.json", problem_json(problem, "a test")));
  EXPECT_FALSE(again.layers[0].choices[0].allowed);
}

std::string refusal(const std::string& what, const std::string& with,
                    const std::string& rest = "") {
  const testing::TemporaryFolder folder;
  std::string text = "{" + kLayers + ",\n" + kBudgets + rest + "}";
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), with);
  folder.write("p.json", text);
  return testing::without(testing::complaint([&] { read_problem(folder.file("p.json")); }),
                          folder.path().string() + "/");
}

TEST(ProblemFiles, AreRefusedWithThePlaceOfTheFault) {
  EXPECT_EQ(refusal("\"omega\": 2", "\"omega\": \"two\""),
            "p.json:1:63: layers[0].choices[0].omega: must be a number, got the text \"two\"");
  EXPECT_EQ(refusal("\"omega\": 2, ", ""),
            "p.json:1:39: layers[0].choices[0]: key 'omega' is missing");
  EXPECT_EQ(refusal("\"omega\"", "\"omga\""),
            "p.json:1:54: layers[0].choices[0].omga: unknown key 'omga': did you mean omega? "
            "(known: label, omega, cost)");
  EXPECT_EQ(
      refusal("{\"ms\": 2}", "{\"us\": 2}"),
      "p.json:1:122: layers[0].choices[1].cost.us: unknown key 'us': did you mean ms? (known: ms)");
  EXPECT_EQ(refusal("{\"ms\": 2}", "{}"),
            "p.json:1:121: layers[0].choices[1].cost: key 'ms' is missing");
  EXPECT_EQ(refusal("{\"ms\": 1}", "{\"ms\": -1}"),
            "p.json:1:81: layers[0].choices[0].cost.ms: must be in [0, 1e+30], got -1");
  EXPECT_EQ(refusal("\"label\": \"8\"", "\"label\": \"4\""),
            "p.json:1:96: layers[0].choices[1].label: '4' is there twice");
  EXPECT_EQ(refusal("\"b\"", "\"a\""), "p.json:1:144: layers[1].name: 'a' is there twice");
  EXPECT_EQ(refusal("[\"8\"]", "[\"6\"]"),
            "p.json:1:221: layers[1].allowed[0]: unknown label '6': did you mean 8? (known: 8)");
  EXPECT_EQ(refusal("[\"8\"]", "[]"),
            "p.json:1:220: layers[1].allowed: must list one of the labels at least");
  EXPECT_EQ(refusal("{\"ms\": 4.5}", "{\"mj\": 4.5}"),
            "p.json:2:38: budgets[0].limits.mj: unknown key 'mj': did you mean ms? (known: ms)");
  EXPECT_EQ(refusal(kBudgets, "\"budgets\": []"),
            "p.json:2:12: budgets: must list a budget at least");
  EXPECT_EQ(refusal(kLayers, "\"layers\": []"), "p.json:1:12: layers: must list a layer at least");
}

TEST(ProblemFiles, TieLayersOfTheSameLabelsOnly) {
  EXPECT_EQ(refusal("{", "{", ", \"ties\": [[0, 1]]"),
            "p.json:2:65: ties[0][1]: layer 'b' has choices 8, 'a', to which it is tied, has 4, 8");
  EXPECT_EQ(refusal("{", "{", ", \"ties\": [[0, 2]]"),
            "p.json:2:65: ties[0][1]: must be in [0, 1], got 2");
  EXPECT_EQ(refusal("{", "{", ", \"ties\": [[]]"),
            "p.json:2:61: ties[0]: must list the indices of the layers that choose alike");
}

}  // namespace
}  // namespace bitloom::search
