// What a report says and draws of several runs beside each other.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "reports/html/figures.h"
#include "reports/html/report.h"
#include "reports/html/run_words.h"
#include "reports/html/short_names.h"

namespace bitloom::reports {
namespace {

const std::string kOneRun = BITLOOM_SOURCE_DIR "/tests/reports/run";

/// Runs of tests/reports/run, which price a batch of 2, named a, b, ...
std::vector<reports::Run> runs_named(std::size_t count) {
  std::vector<reports::Run> runs(count, read_run(kOneRun));
  for (std::size_t i = 0; i < count; ++i) {
    runs[i].name = static_cast<char>('a' + i);
    runs[i].final_data = "100 images of x";
  }
  return runs;
}

/// Gives a run another policy and accuracy, before fine-tuning and after it.
void let_find(Run& run, int weight_bits, double top1_pct) {
  run.policy.front().weight_bits = weight_bits;
  Candidate& found = run.candidates.front();
  found.layers.front().weight_bits = weight_bits;
  found.post_training->top1_pct = top1_pct;
  found.finetuned->top1_pct = top1_pct + 1;
}

std::set<std::string> labels_of(const Figure& figure) {
  std::set<std::string> labels;
  for (const Json& row : figure.data.records())
    if (row["role"] != "episode") labels.insert(row["label"].get<std::string>());
  return labels;
}

std::size_t dotted_lines(const Figure& figure) {
  std::size_t lines = 0;
  for (const Json& mark : figure.spec["marks"])
    if (mark.contains("encode") && mark["encode"]["update"].contains("strokeDash") &&
        mark["encode"]["update"]["strokeDash"] == Json{{"value", {2, 3}}})
      ++lines;
  return lines;
}

TEST(SeveralRuns, OfDifferentBatchesHaveTheCostsOfAnImage) {
  std::vector<reports::Run> runs = runs_named(2);
  runs[1].hardware = "bismo-cloud", runs[1].batch = 4;
  const Report report = make_report(runs, "1.0");
  const Figure& table = report.sections.front().figures.front();
  EXPECT_NE(table.caption.find("costs of an image, as the runs' batches differ"),
            std::string::npos);
  const Json rows = table.data.records();
  EXPECT_EQ(rows[0]["latency_per_image_ms"], 0.9);
  EXPECT_EQ(rows[1]["latency_per_image_ms"], 0.45);
  EXPECT_EQ(rows[1]["energy_per_image_mj"], 0.36 / 4);
  EXPECT_FALSE(rows[0].contains("latency_ms"));
  EXPECT_EQ(rows[0]["hardware"], "bismo-edge");
  EXPECT_EQ(rows[1]["batch"], 4);
  for (const std::size_t column : {1, 2})
    EXPECT_EQ(table.shown_columns()[column], column) << "hardware and batch are on the page";
  EXPECT_NE(report.sections.front().lines[1].find("b: latency 0.45 ms an image, "),
            std::string::npos)
      << report.sections.front().lines[1];
  const auto front = front_figure(runs);
  EXPECT_EQ(front->data.records()[0]["latency_per_image_ms"], 0.9);
  EXPECT_EQ(front->spec["axes"][0]["title"], "latency per image (ms)");
  EXPECT_EQ(dotted_lines(*front), 0u) << "a budget of one machine is none of another";
  EXPECT_NE(front->caption.find("Budgets of different hardware or batches are not drawn."),
            std::string::npos);
  EXPECT_EQ(report.title,
            "2 runs that do not compare: tiny on bismo-edge, bismo-cloud (batches of 2, 4)");
}

TEST(Accuracies, HaveAnErrorOrARangeWhereSomethingTellsIt) {
  Accuracy accuracy;
  accuracy.top1_pct = 93.5;
  EXPECT_EQ(percent(accuracy), "93.50 %");
  accuracy.top1_stderr_pct = 0.5;
  EXPECT_EQ(percent(accuracy), "93.50 ± 0.50 %");
  accuracy.images = 50;
  accuracy.top1_pct = 100;
  accuracy.top1_stderr_pct = {};
  EXPECT_EQ(percent(accuracy), "100.00 (94.18 to 100) %");
  accuracy.top1_stderr_pct = 0;  // of a file of before
  EXPECT_EQ(percent(accuracy), "100.00 (94.18 to 100) %");
}

TEST(SeveralRuns, ThatFoundOnePolicyAreOneRow) {
  std::vector<reports::Run> runs = runs_named(4);
  runs[1].method = "random";
  runs[1].verdicts.clear();
  let_find(runs[2], 5, 88);
  runs[3].budgets = {"latency=0.6x"};
  const Figure table = comparison_figure(runs);
  const Json rows = table.data.records();
  ASSERT_EQ(rows.size(), 2u) << rows;
  EXPECT_EQ(rows[0]["run"], "a, b, d");
  EXPECT_EQ(rows[0]["method"], "haq, random");
  EXPECT_EQ(rows[0]["budget"], "latency=0.5x, latency=0.6x");
  EXPECT_EQ(rows[0]["rtl"], "1 of 2 pass");
  EXPECT_EQ(rows[1]["run"], "c");
  EXPECT_NE(table.caption.find("Runs that found one policy are one row."), std::string::npos);
}

TEST(SeveralRuns, ThatMeasuredOnePolicyDifferentlyAreRowsOfTheirOwn) {
  std::vector<reports::Run> runs = runs_named(2);
  runs[1].candidates.front().post_training->top1_pct -= 1;
  EXPECT_EQ(comparison_figure(runs).data.records().size(), 2u);
  runs = runs_named(2);
  runs[1].final_data = "100 images of y";
  EXPECT_EQ(comparison_figure(runs).data.records().size(), 2u) << "of other images";
}

TEST(SeveralRuns, OfOneMachineHaveTheirBudgets) {
  std::vector<reports::Run> runs = runs_named(2);
  runs[1].limits["latency_ms"] = 1;
  EXPECT_EQ(dotted_lines(*front_figure(runs)), 2u);
}

TEST(SeveralRuns, AreTitledByTheMostAccuratePolicyAtLeastCost) {
  std::vector<reports::Run> runs = runs_named(3);
  const auto title = [&] { return make_report(runs, "1.0").title; };
  EXPECT_EQ(title(),
            "tiny on bismo-edge: all 3 runs found 93.50 ± 0.50 % top-1 after fine-tuning at "
            "latency 1.8 ms");
  let_find(runs[1], 4, 95), let_find(runs[2], 5, 95);
  runs[2].candidates.front().costs["analytic"]["latency_ms"] = 1.5;
  EXPECT_EQ(title(),
            "tiny on bismo-edge: c is the most accurate of 3 runs, 96.00 ± 0.50 % top-1 after "
            "fine-tuning at latency 1.5 ms");
  runs[0].candidates.front().finetuned.reset();
  EXPECT_EQ(title(),
            "tiny on bismo-edge: c is the most accurate of 3 runs, 95.00 ± 0.50 % top-1 at "
            "latency 1.5 ms")
      << "by what all of them measured";
  runs[0].final_data = "200 images of y";
  EXPECT_EQ(title(), "tiny on bismo-edge: 3 runs, scored on different images");
  runs[0].network = "other";
  EXPECT_EQ(title(), "3 runs that do not compare: other on bismo-edge, tiny on bismo-edge");
}

TEST(SeveralRuns, WithoutAccuracyAreTitledByTheLeastOmega) {
  std::vector<reports::Run> runs = runs_named(2);
  for (reports::Run& run : runs) {
    run.candidates.clear();
    run.solved = SearchFile{};
    run.solved->costs = {{"latency_ms", 2}};
  }
  runs[0].solved->omega = 0.5, runs[1].solved->omega = 0.25;
  EXPECT_EQ(make_report(runs, "1.0").title,
            "tiny on bismo-edge: b has the least Omega of 2 runs, 0.25 at latency 2 ms");
  runs[1].solved->sensitivity = "another";
  EXPECT_EQ(make_report(runs, "1.0").title, "tiny on bismo-edge: 2 runs");
}

TEST(SeveralRuns, ThatFoundOnePolicyAreOneEntry) {
  std::vector<reports::Run> runs = runs_named(3);
  EXPECT_TRUE(labels_of(*front_figure(runs)).contains("a and 2 more: HAQ"));
  runs.pop_back();
  EXPECT_TRUE(labels_of(*front_figure(runs)).contains("a and b: HAQ"));
  runs[1].candidates.front().label = "random";
  EXPECT_TRUE(labels_of(*front_figure(runs)).contains("a: HAQ and b: random"));
  let_find(runs[1], 4, 90);
  const std::set<std::string> labels = labels_of(*front_figure(runs));
  EXPECT_TRUE(labels.contains("a: HAQ") && labels.contains("b: random")) << "other bits";
}

TEST(SeveralRuns, NameEveryStartByItsRun) {
  std::vector<reports::Run> runs = runs_named(2);
  for (reports::Run& run : runs) {
    run.candidates.push_back(run.candidates.front());
    run.candidates.back().name = "start", run.candidates.back().label = "hawq-v3, the start";
  }
  EXPECT_TRUE(labels_of(*front_figure(runs)).contains("hawq-v3, the start"));
  runs[1].candidates.back().post_training->top1_pct = 70;
  runs[1].candidates.back().finetuned.reset();
  const std::set<std::string> labels = labels_of(*front_figure(runs));
  EXPECT_FALSE(labels.contains("hawq-v3, the start"));
  EXPECT_TRUE(labels.contains("a: hawq-v3, the start") && labels.contains("b: hawq-v3, the start"));
}

TEST(SeveralRuns, HaveEntriesOfTheirOwnColourAndShape) {
  std::vector<reports::Run> runs = runs_named(12);
  for (std::size_t i = 0; i < runs.size(); ++i) let_find(runs[i], 4, 80 + static_cast<double>(i));
  const Json scales = front_figure(runs)->spec["scales"];
  const auto range = [&](const char* name) {
    return std::find_if(scales.begin(), scales.end(),
                        [&](const Json& scale) { return scale["name"] == name; })
        ->at("range");
  };
  const Json colors = range("color"), shapes = range("shape");
  std::set<std::pair<std::string, std::string>> pairs;
  for (std::size_t i = 0; i < colors.size(); ++i) pairs.emplace(colors[i], shapes[i]);
  EXPECT_EQ(pairs.size(), colors.size());
  EXPECT_GT(colors.size(), 12u);
}

TEST(SeveralRuns, AreJoinedByALineOnTheSameImagesAlone) {
  std::vector<reports::Run> runs = runs_named(2);
  runs[1].final_data = "100 images of y";
  const auto figure = front_figure(runs);
  const Json& marks = figure->spec["marks"];
  const auto line = std::find_if(marks.begin(), marks.end(),
                                 [](const Json& mark) { return mark["type"] == "group"; });
  ASSERT_NE(line, marks.end());
  EXPECT_EQ((*line)["from"]["facet"]["groupby"], (Json{"images", "hardware", "batch"}));
  std::set<std::string> images;
  for (const Json& row : figure->data.records())
    if (row["role"] == "found") images.insert(row["images"].get<std::string>());
  EXPECT_EQ(images.size(), 2u);
  EXPECT_NE(figure->caption.find("A line joins what runs found on the same machine and images"),
            std::string::npos);
}

TEST(ShortNames, FitAndStayDifferent) {
  EXPECT_EQ(short_names({"run", "a-name-of-28-characters-here"}),
            (std::vector<std::string>{"run", "a-name-of-28-characters-here"}));
  const std::string long_start(40, 'x'), long_end(40, 'y');
  EXPECT_EQ(short_names({long_start + long_end}),
            (std::vector<std::string>{std::string(13, 'x') + "…" + std::string(13, 'y')}));
  EXPECT_EQ(short_names({long_start + "1" + long_end, long_start + "2" + long_end}),
            (std::vector<std::string>{"…1" + std::string(25, 'y') + "…",
                                      "…2" + std::string(25, 'y') + "…"}));
  const std::string umlauts = "ü";
  std::string many;
  for (int i = 0; i < 40; ++i) many += umlauts;
  const std::vector<std::string> cut = short_names({many, many + "ö" + many});
  EXPECT_NE(cut[0], cut[1]) << "characters of two bytes";
}

}  // namespace
}  // namespace bitloom::reports
