// The report of the small run in tests/reports/run: its text, its figures' data, its forms.
#include "reports/html/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>

#include "base/error.h"
#include "base/files.h"
#include "reports/html/figures.h"
#include "reports/html/theme.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::reports {
namespace {

using testing::TemporaryFolder;

const std::string kRun = BITLOOM_SOURCE_DIR "/tests/reports/run";

std::string csv_of(const std::optional<Figure>& figure) {
  return figure ? figure->data.csv() : "none";
}

/// A folder that holds `manifest` and nothing else.
void write_run(const TemporaryFolder& folder, const std::string& manifest) {
  folder.write("manifest.json", manifest);
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t times = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size())
    ++times;
  return times;
}

TEST(SummaryLines, SayWhatWasAskedAndFound) {
  const std::vector<std::string> expected{
      "Asked: bits for the 3 layers of tiny on bismo-edge (batch of 2), by haq, with latency of at "
      "most 2 ms (latency=0.5x).",
      "Found: weights of 3 to 8 bits (mean 6.3), activations of 5 to 8 bits (mean 7.0), after 3 "
      "episodes.",
      "Cost of the batch: latency 1.8 ms (90.0 % of its limit, 0.60x of 8/8); energy 0.36 mJ "
      "(0.60x of 8/8).",
      "Accuracy (top-1): 90.00 ± 0.50 %, 93.50 ± 0.50 % fine-tuned; uniform 4/4: 85.00 ± 0.50 %; "
      "single precision: 94.50 ± 0.50 % (on 1000 images of shapes32, test set).",
      "Against uniform 4/4: +5.00 ± 0.75 points of top-1 before fine-tuning, a gain; latency "
      "0.95x, energy 0.90x.",
      "RTL: 1 of 2 layers pass, the others FAIL; 300 values compared in 120 cycles."};
  EXPECT_EQ(summary_lines(read_run(kRun)), expected);
}

TEST(SummaryLines, SayWhatARunHasNot) {
  const TemporaryFolder folder;
  write_run(folder, "{}");
  const std::vector<std::string> expected{
      "Asked: bits for the layers of a network on unnamed hardware, by an unnamed method.",
      "Found: no policy yet.", "Cost: not priced by this run.",
      "Accuracy: not measured by this run.", "RTL: not checked by this run."};
  EXPECT_EQ(summary_lines(read_run(folder.path().string())), expected);
}

TEST(Figures, HaveTheRunsFigures) {
  const reports::Run run = read_run(kRun);
  EXPECT_EQ(csv_of(latency_figure(run)),
            "index,layer,weight_bits,activation_bits,compute_ms,fetch_stall_ms,result_stall_ms,"
            "total_ms,reference_compute_ms,reference_fetch_stall_ms,reference_result_stall_ms,"
            "reference_total_ms\n"
            "1,conv1,8,8,0.15,0.145,0.005,0.3,0.25,0.245,0.005,0.5\n"
            "2,block.conv,3,5,0.3,0.295,0.005,0.6,0.5,0.495,0.005,1.0\n"
            "3,fc,8,8,0.45,0.445,0.005,0.9,0.75,0.745,0.005,1.5\n");
  EXPECT_EQ(csv_of(sensitivity_figure(run)),
            "index,layer,weights,weights_stderr,activations,activations_stderr\n"
            "1,conv1,0.1,0.025,0.02,0.005\n2,block.conv,0.2,0.05,-0.001,0.00025\n"
            "3,fc,0.30000000000000004,0.07500000000000001,0.5,0.125\n");
  EXPECT_EQ(csv_of(history_figure(run)),
            "episode,reward,best_reward,top1_pct,noise\n0,-2.5,-2.5,60.0,0.5\n"
            "1,-1.0,-1.0,80.0,0.4\n2,-1.2,-1.0,78.5,\n");
  EXPECT_EQ(csv_of(cost_ratio_figure(run)),
            "episode,latency_ms_over_limit\n0,1.1\n1,0.95\n2,0.85\n");
  const Json first = energy_figure(run)->data.records().front();
  EXPECT_DOUBLE_EQ(first["compute_mj"], 0.06);
  EXPECT_DOUBLE_EQ(first["total_mj"], 0.12);
  EXPECT_DOUBLE_EQ(first["reference_total_mj"], 0.2);
}

TEST(Figures, OfTheHistoryCountTheBestWithinTheBudgets) {
  const TemporaryFolder folder;
  write_run(folder, "{}");
  folder.write("episodes.csv", "episode,reward,within_budget\n1,-1,0\n2,-3,1\n3,-4,1\n4,-2,1\n");
  EXPECT_EQ(csv_of(history_figure(read_run(folder.path().string()))),
            "episode,reward,best_reward,top1_pct,noise\n1,-1.0,,,\n2,-3.0,-3.0,,\n3,-4.0,-3.0,,\n"
            "4,-2.0,-2.0,,\n");
}

TEST(Figures, OfTheRooflineFollowFromWorkTimeAndTraffic) {
  const auto figure = roofline_figure(read_run(kRun));
  ASSERT_TRUE(figure);
  const Json conv = figure->data.records()[1];  // 2 images of 1e6 MACs x 3 x 5, 100 kB, 0.6 ms
  EXPECT_DOUBLE_EQ(conv["bops_per_dram_byte"], 300);
  EXPECT_DOUBLE_EQ(conv["bops_per_s"], 5e10);
  // 128 bits at 200 MHz are 3.2 GB/s; 300 BOPs each of them, under a peak of 3.2768e12
  EXPECT_NEAR(conv["share_of_roof_pct"].get<double>(), 100 * 5e10 / (300 * 3.2e9), 1e-9);
  EXPECT_EQ(figure->data.rows.size(), 6u) << "the reference's layers too";
}

TEST(Figures, OfAccuracyHaveEveryCandidateBeforeAndAfterFineTuning) {
  EXPECT_EQ(csv_of(front_figure({read_run(kRun)})),
            "run,label,role,stage,latency_ms,top1_pct,top1_stderr_pct,images,hardware,batch\n"
            "run,HAQ,found,before fine-tuning,1.8,90.0,0.5,\"1000 images of shapes32, test "
            "set\",bismo-edge,2\n"
            "run,HAQ,found,after fine-tuning,1.8,93.5,0.5,\"1000 images of shapes32, test "
            "set\",bismo-edge,2\n"
            "run,uniform 4/4,policy,before fine-tuning,1.9,85.0,0.5,\"1000 images of shapes32, "
            "test set\",bismo-edge,2\n"
            "run,8/8,policy,before fine-tuning,3.0,94.0,0.5,\"1000 images of shapes32, test "
            "set\",bismo-edge,2\n"
            "run,single precision,reference,before fine-tuning,,94.5,0.5,\"1000 images of "
            "shapes32, test set\",bismo-edge,2\n"
            "run,episode 0,episode,episode,2.2,60.0,,\"500 images of shapes32, training "
            "set\",bismo-edge,2\n"
            "run,episode 1,episode,episode,1.9,80.0,,\"500 images of shapes32, training "
            "set\",bismo-edge,2\n"
            "run,episode 2,episode,episode,1.7,78.5,,\"500 images of shapes32, training "
            "set\",bismo-edge,2\n");
}

TEST(Figures, OfAccuracySpanWhatLiesNearAndTellTheRestAtTheEdge) {
  reports::Run run = read_run(kRun);
  const auto domain = [&] { return front_figure({run})->spec["scales"][0]["domain"]; };
  EXPECT_EQ(domain(), (Json{1.8, 2.0})) << "found, uniform 4/4 and the budget";
  EXPECT_NE(front_figure({run})->caption.find(" Beyond the axis, dashed too: 8/8 at 3."),
            std::string::npos)
      << front_figure({run})->caption;
  const auto eight = std::find_if(run.candidates.begin(), run.candidates.end(),
                                  [](const Candidate& each) { return each.label == "8/8"; });
  eight->costs["analytic"]["latency_ms"] = 2.2;
  EXPECT_EQ(domain(), (Json{1.8, 2.2}));
  EXPECT_EQ(front_figure({run})->caption.find("Beyond"), std::string::npos);
  eight->costs["analytic"]["latency_ms"] = 1.9;
  run.limits["latency_ms"] = 1.85;
  EXPECT_EQ(domain()[0], 1.8 - (0.1 * 1.9 - (1.9 - 1.8)) / 2) << "no narrower than a tenth";
  run.limits["latency_ms"] = 4;
  EXPECT_EQ(domain()[1], 4) << "a budget is always there";
}

TEST(Figures, OfSeveralRunsHaveWhatTheyAreComparedWithOnce) {
  std::vector<reports::Run> runs{read_run(kRun), read_run(kRun)};
  runs[1].name = "other";
  runs[1].candidates[0].post_training->top1_pct = 91;
  const std::string csv = csv_of(front_figure(runs));
  EXPECT_EQ(count(csv, "run: HAQ,found"), 2u) << csv;
  EXPECT_EQ(count(csv, "other: HAQ,found"), 2u) << csv;
  EXPECT_EQ(count(csv, "uniform 4/4"), 1u) << csv;
  EXPECT_EQ(count(csv, "single precision"), 1u) << csv;
  runs[1].candidates[1].costs["analytic"]["latency_ms"] = 1;
  EXPECT_EQ(count(csv_of(front_figure(runs)), "other: uniform 4/4"), 1u);
}

TEST(Figures, SayWhyEachLayerHasItsBits) {
  reports::Run run = read_run(kRun);
  EXPECT_FALSE(why_figure(run));
  SearchedLayer layer;
  layer.bits = {"conv1", 4, 5};
  layer.omega = 0.25;
  layer.costs = {{"latency_ms", 3}};
  layer.last_weight_bit = LastBit{3, 0.5, 2, 0.25};
  run.solved = SearchFile();
  run.solved->omega = 1;
  run.solved->costs = {{"latency_ms", 12}};
  run.solved->marginal_cost = "latency_ms";
  run.solved->layers = {layer};
  const auto figure = why_figure(run);
  ASSERT_TRUE(figure);
  EXPECT_EQ(figure->data.csv(),
            "layer,weight_bits,activation_bits,latency_ms,share_of_it_pct,omega,"
            "share_of_omega_pct,weights_saved,weights_cost,weights_rate,activations_saved,"
            "activations_cost,activations_rate\nconv1,4,5,3.0,25.0,0.25,25.0,0.5,2.0,0.25,,,\n");
}

TEST(Figures, AreLeftOutWhereARunHasNothingForThem) {
  const TemporaryFolder folder;
  write_run(folder, R"({"network": "n", "hardware": "h"})");
  const std::vector<reports::Run> runs{read_run(folder.path().string())};
  const Report report = make_report(runs, "1.0");
  EXPECT_TRUE(report.sections.front().figures.empty());
  EXPECT_EQ(report.sections.front().absent.size(), 6u);
  EXPECT_NE(report_html(report).find("simulation.json: latency and energy"), std::string::npos);
}

TEST(Reports, SayWhereRunsDoNotCompare) {
  std::vector<reports::Run> runs(2, read_run(kRun));
  runs[0].name = "a", runs[1].name = "b";
  const auto said = [&](const std::string& text) {
    const Report report = make_report(runs, "1.0");
    const std::vector<std::string>& lines = report.sections.front().lines;
    return std::find(lines.begin(), lines.end(), text) != lines.end();
  };
  for (reports::Run& run : runs) run.final_data = "100 images of x", run.quantizer = "uniform";
  EXPECT_EQ(make_report(runs, "1.0").sections.front().lines.size(), 2U);
  runs[1].final_data = "100 images of y";
  EXPECT_TRUE(
      said("Accuracies are of different images and do not compare: a: 100 images of x; b: 100 "
           "images of y."));
  EXPECT_NE(make_report(runs, "1.0").title.find(", scored on different images"), std::string::npos);
  runs[1].quantizer = "haq";
  EXPECT_TRUE(said("Quantizers differ: a: uniform; b: haq."));
}

TEST(Reports, SayWhereOmegasDoNotCompare) {
  std::vector<reports::Run> runs(2, read_run(kRun));
  runs[0].name = "a", runs[1].name = "b";
  const auto said = [&] {
    const Report report = make_report(runs, "1.0");
    for (const std::string& line : report.sections.front().lines)
      if (line.starts_with("Omegas")) return line;
    return std::string();
  };
  for (reports::Run& run : runs) {
    run.solved = reports::SearchFile{};
    run.solved->sensitivity = "fisher";
  }
  EXPECT_EQ(said(), "");
  ASSERT_TRUE(runs[0].sensitivity);
  runs[0].sensitivity->layers.front().weight_omega[2] += 1;
  EXPECT_EQ(said(),
            "Omegas rest on different measurements and do not compare: a (fisher) and b (fisher).");
  runs[1].sensitivity.reset();  // may be the same
  EXPECT_EQ(said(), "");
  runs[1].solved->sensitivity = "divergence";
  runs[1].solved->quantizer = "good";
  EXPECT_EQ(said(),
            "Omegas rest on different measurements and do not compare: a (fisher) and b "
            "(divergence, levels of good).");
  runs[1].network = "another";
  EXPECT_EQ(said(), "") << "networks are told apart by their own line";
}

TEST(Pages, FetchNothingAndAreSmall) {
  const std::vector<reports::Run> runs{read_run(kRun)};
  const std::string page = report_html(make_report(runs, "1.0"));
  EXPECT_LT(page.size(), 3'000'000u);
  const std::regex fetch(R"re((src|href|action|data)\s*=\s*["']?\s*(https?:|//)|@import|url\()re",
                         std::regex::icase);
  const std::string markup = page.substr(0, page.find("<script>"));
  EXPECT_FALSE(std::regex_search(markup, fetch));
  EXPECT_NE(page.find("Content-Security-Policy\" content=\"default-src 'none';"), std::string::npos)
      << "a browser is told to fetch nothing";
  EXPECT_EQ(count(page, "<script src"), 0u);
  EXPECT_EQ(count(page, "<link"), 0u);
}

TEST(Pages, HaveTheCommandVersionAndManifest) {
  const std::vector<reports::Run> runs{read_run(kRun)};
  const std::string page = report_html(make_report(runs, "1.0"));
  EXPECT_NE(page.find("<code>bitloom search --method haq -o &#39;a run&#39;</code>"),
            std::string::npos);
  EXPECT_NE(page.find("bitloom 0.1.0"), std::string::npos);
  EXPECT_NE(page.find("&quot;budgets&quot;"), std::string::npos);
}

TEST(Pages, HaveTheFindingAsTheirTitleAndThePolicyToSave) {
  const std::vector<reports::Run> runs{read_run(kRun)};
  const Report report = make_report(runs, "1.0");
  EXPECT_EQ(report.title,
            "tiny on bismo-edge: 93.50 % top-1 at latency 1.8 ms, +5.00 ± 0.75 points against "
            "uniform 4/4");
  const std::string page = report_html(report);
  EXPECT_NE(page.find("data-file=\"policy.json\""), std::string::npos);
  EXPECT_NE(page.find("&quot;weight_bits&quot;: 3"), std::string::npos);
}

TEST(Pages, TakeNamesAsText) {
  const std::string evil = "</script><script>alert(1)</script>&\"'<!--{{STYLE}}";
  const TemporaryFolder folder;
  write_run(folder, Json{{"network", evil}, {"hardware", evil}, {"method", evil}}.dump());
  folder.write(
      "policy.json",
      Json{{"layers", {{{"name", evil}, {"weight_bits", 4}, {"activation_bits", 4}}}}}.dump());
  const std::vector<reports::Run> runs{read_run(folder.path().string())};
  const Report report = make_report(runs, "1.0");
  const std::string page = report_html(report);
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(count(page, "</script>"), 3u);
  EXPECT_NE(page.find("&lt;/script&gt;&lt;script&gt;alert(1)"), std::string::npos);
  EXPECT_NE(page.find("{{STYLE}}"), std::string::npos) << "a name is no place to fill";
  const std::string markdown = report_markdown(report);
  EXPECT_EQ(markdown.find("<script"), std::string::npos);
}

TEST(Reports, OfSeveralRunsCompareThem) {
  std::vector<reports::Run> runs{read_run(kRun), read_run(kRun)};
  runs[1].method = "random";
  runs[1].policy.back().weight_bits += 1;
  const Report report = make_report(runs, "1.0");
  ASSERT_EQ(report.sections.size(), 3u);
  const Figure& table = report.sections.front().figures.front();
  EXPECT_EQ(table.data.csv(),
            "run,method,budget,top1_pct,top1_stderr_pct,finetuned_top1_pct,"
            "finetuned_top1_stderr_pct,latency_ms,energy_mj,weight_bits_mean,activation_bits_mean,"
            "omega,rtl,network,hardware,batch\n"
            "run,haq,latency=0.5x,90.0,0.5,93.5,0.5,1.8,0.36,6.333333333333333,7.0,,1 of 2 pass,"
            "tiny,bismo-edge,2\n"
            "run,random,latency=0.5x,90.0,0.5,93.5,0.5,1.8,0.36,6.666666666666667,7.0,,"
            "1 of 2 pass,tiny,bismo-edge,2\n");
  EXPECT_EQ(table.shown_columns().size(), 9u);
  EXPECT_EQ(
      report.title,
      "tiny on bismo-edge: both runs found 93.50 ± 0.50 % top-1 after fine-tuning at latency 1.8 "
      "ms");
  EXPECT_EQ(report.sections.front().figures.size(), 3u) << "accuracy and histories in one plot";
  EXPECT_EQ(report.sections[1].id, "run");
  EXPECT_EQ(report.sections[2].id, "run_2") << "files of both can be beside each other";
}

TEST(Figures, ShowTheFirstColumnsThatHaveAValue) {
  const Figure figure{
      "f", "F", "", {{"a", "b", "c", "d"}, {{1, Json(), 2, 3}, {4, Json(), Json(), 5}}}, {}, 3};
  EXPECT_EQ(figure.shown_columns(), (std::vector<std::size_t>{0, 2}));
  const Figure empty{"f", "F", "", {{"a", "b"}, {}}, {}};
  EXPECT_EQ(empty.shown_columns(), (std::vector<std::size_t>{0, 1}));
}

TEST(Reports, OfOtherNetworksShareNoPlot) {
  std::vector<reports::Run> runs{read_run(kRun), read_run(kRun)};
  runs[1].network = "other";
  const Report report = make_report(runs, "1.0");
  ASSERT_EQ(report.sections.front().figures.size(), 1u);
  EXPECT_EQ(report.sections.front().figures.front().id, "runs");
}

TEST(Runs, HaveTheirCommandAsAShellTakesItWhateverItsWords) {
  const TemporaryFolder folder;
  write_run(folder, R"({"arguments": ["bitloom", "a b", "it's", "", "x\ty'z\\\n"]})");
  EXPECT_EQ(read_run(folder.path().string()).command,
            R"(bitloom 'a b' 'it'\''s' '' $'x\x09y\'z\\\x0a')");
}

TEST(Runs, ThatAreBrokenAreRefusedWithFileAndPlace) {
  const auto complaint = [](const std::string& file, const std::string& text) -> std::string {
    const TemporaryFolder folder;
    write_run(folder, "{}");
    folder.write(file, text);
    try {
      read_run(folder.path().string());
    } catch (const UserError& error) {
      return std::string(error.what()).substr(folder.path().string().size() + 1);
    }
    return "none";
  };
  EXPECT_EQ(complaint("search.json", "{\"omega\": 1,}"), "search.json:1:13: is no JSON");
  EXPECT_EQ(complaint("search.json", "[]"), "search.json: must be an object, got []");
  EXPECT_EQ(complaint("policy.json", R"({"layers": [{"name": "a", "weight_bits": "x"}]})"),
            "policy.json: layers[0].weight_bits: must be a whole number, got \"x\"");
  EXPECT_EQ(complaint("result.json", "{}"), "result.json: has no 'candidates'");
  EXPECT_EQ(complaint("episodes.csv", "episode,top1\n"),
            "episodes.csv:1: must have the column 'reward' once");
  EXPECT_EQ(complaint("episodes.csv", "episode,reward\n1\n"),
            "episodes.csv:2: must have 2 cells, one for each column, got 1");
  EXPECT_EQ(complaint("episodes.csv", "episode,reward\n1,x\n"),
            "episodes.csv:2: reward: must be a number, got 'x'");
  EXPECT_EQ(complaint("episodes.csv", ""),
            "episodes.csv: is empty; a line that names the columns would be right");
}

TEST(Runs, WhoseFilesAreOfDifferentPoliciesAreRefused) {
  const TemporaryFolder folder;
  write_run(folder, "{}");
  folder.write("policy.json", read_file(kRun + "/policy.json"));
  folder.write("simulation.json", read_file(kRun + "/simulation-8-8.json"));
  try {
    read_run(folder.path().string());
    FAIL() << "mixed files are taken";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what())
                  .find(": policy.json and simulation.json are of different policies: '"),
              std::string::npos)
        << error.what();
  }
}

TEST(Drawings, HaveTheColoursOfPaper) {
  EXPECT_EQ(with_light_colors("a var(--c1) b var(--c1)"), "a #0072b2 b #0072b2");
}

}  // namespace
}  // namespace bitloom::reports
