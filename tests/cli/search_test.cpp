// `bitloom search`, by a problem's file and of a network.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/search/tiny_network.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::expect_refused;
using testing::run_bitloom;
using Json = nlohmann::json;

const std::string kResNet18 = BITLOOM_SOURCE_DIR "/tests/golden/hawqv3_problem_resnet18.json";

TEST(SearchOfAProblem, PrintsTheNineOptimaAsJson) {
  const auto result = run_bitloom({"search", "--problem", kResNet18, "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json printed = Json::parse(result.out);
  const Json golden = Json::parse(std::ifstream(kResNet18));
  ASSERT_EQ(printed.size(), 1u);
  ASSERT_EQ(printed["solutions"].size(), 9u);
  for (const Json& solution : printed["solutions"]) {
    const Json& optimum = golden["optima"][solution["budget"].get<std::string>()];
    EXPECT_EQ(solution.size(), 6u);
    EXPECT_EQ(solution["choices"], optimum["choices"]);
    EXPECT_NEAR(solution["omega"].get<double>(), optimum["omega"].get<double>(), 1e-12);
    EXPECT_EQ(solution["bound"], solution["omega"]);
    EXPECT_EQ(solution["proved_optimal"], true);
    EXPECT_EQ(solution["cost"].size(), 3u);
  }
}

TEST(SearchOfAProblem, PrintsATable) {
  const auto result = run_bitloom({"search", "--problem", kResNet18});
  EXPECT_NE(result.out.find("\nbops_0.5        0.215689  0.215689    yes"), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("\nmodelsize_0.25\n  8 8 8 8 8 8 8 8 8 8 8 8 8 8 4 4 4 4 4\n"),
            std::string::npos)
      << result.out;
}

TEST(SearchOfAProblem, SweepsEachBudgetsFirstLimit) {
  const auto result =
      run_bitloom({"search", "--problem", kResNet18, "--pareto", "4", "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json printed = Json::parse(result.out);
  const Json& solutions = printed["solutions"];
  ASSERT_EQ(solutions.size(), 9u * 5u);
  for (std::size_t i = 0; i < solutions.size(); i += 5) {
    EXPECT_FALSE(solutions[i].contains("limit"));
    for (std::size_t point = i + 1; point < i + 5; ++point) {
      EXPECT_EQ(solutions[point]["budget"], solutions[i]["budget"]);
      EXPECT_EQ(solutions[point]["proved_optimal"], true);
      if (point == i + 1) continue;
      EXPECT_LT(solutions[point]["omega"].get<double>(),
                solutions[point - 1]["omega"].get<double>());
    }
  }
}

TEST(SearchOfAProblem, AnswersWhatIsInfeasible) {
  const testing::TemporaryFolder folder;
  folder.write("p.json", R"({"layers": [{"name": "a", "choices": [
      {"label": "4", "omega": 2, "cost": {"ms": 3}},
      {"label": "8", "omega": 1, "cost": {"ms": 5}}]}],
      "budgets": [{"name": "tight", "limits": {"ms": 2.5}},
                  {"name": "tighter", "limits": {"ms": 2}}]})");
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  expect_refused({"search", "--problem", "p.json", "--json", "out.json"},
                 "p.json: budget 'tight': no policy keeps ms 2.5: the least ms is 3; "
                 "budget 'tighter': no policy keeps ms 2: the least ms is 3",
                 there);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"p.json"});
  expect_refused({"search", "--problem", "p.json", "--method", "hawq"},
                 "--method and --problem: a problem's file says it all; leave one out", there);
  expect_refused({"search", "--problem", "q.json"}, "q.json: no such file", there);
  expect_refused({"search", "--problem", "p.json", "--json", "p.json"},
                 "p.json: --json would replace what --problem reads", there);
}

TEST(SearchOfAProblem, AnswersEachBudgetWhereSomeAreInfeasible) {
  const testing::TemporaryFolder folder;
  folder.write("p.json", R"({"layers": [{"name": "a", "choices": [
      {"label": "4", "omega": 2, "cost": {"ms": 3}},
      {"label": "8", "omega": 1, "cost": {"ms": 5}}]}],
      "budgets": [{"name": "tight", "limits": {"ms": 2.5}},
                  {"name": "fits", "limits": {"ms": 3}}]})");
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  const auto text = run_bitloom({"search", "--problem", "p.json", "--pareto", "2"}, there);
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_EQ(text.err, "");
  EXPECT_EQ(text.out,
            "budget    omega bound proved ms\n"
            "-------------------------------\n"
            "fits          2     2    yes  3\n"
            "fits at 3     2     2    yes  3\n"
            "fits at 5     1     1    yes  5\n"
            "\n"
            "budget 'tight': no policy keeps ms 2.5: the least ms is 3\n"
            "\n"
            "choices of the 1 layers in order:\n"
            "\n"
            "fits\n"
            "  4\n"
            "\n"
            "fits at 3\n"
            "  4\n"
            "\n"
            "fits at 5\n"
            "  8\n");
  const auto json = run_bitloom({"search", "--problem", "p.json", "--json", "-"}, there);
  EXPECT_EQ(json.exit_code, 0);
  const Json printed = Json::parse(json.out);
  ASSERT_EQ(printed["solutions"].size(), 1u);
  EXPECT_EQ(printed["solutions"][0]["budget"], "fits");
  EXPECT_FALSE(printed["solutions"][0].contains("gap"));
  EXPECT_EQ(printed["unsolved"],
            (Json{{{"budget", "tight"}, {"reason", "no policy keeps ms 2.5: the least ms is 3"}}}));
}

class SearchOfANetwork : public ::testing::Test {
 protected:
  SearchOfANetwork() {
    const auto layers = graph::layers_of(graph::make_network("resnet20"));
    search::Sensitivity sensitivity = testing::drawn_sensitivity("resnet20", layers);
    for (search::LayerSensitivity& layer : sensitivity.layers)
      for (search::TensorSensitivity* tensor : {&layer.weights, &layer.activations})
        std::erase_if(tensor->omega, [](const auto& at) { return at.first > 8; });
    folder_.write("s.json", search::sensitivity_json(sensitivity));
  }
  std::vector<std::string> arguments(std::vector<std::string> more) const {
    std::vector<std::string> all{"search",     "--network",     "resnet20", "--hardware",
                                 "bismo-edge", "--sensitivity", "s.json"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Json found(const std::vector<std::string>& more) const {
    auto all = arguments(more);
    all.insert(all.end(), {"--json", "-"});
    const auto result = run_bitloom(all, there_);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return Json::parse(result.out, nullptr, false);
  }
  void refused(const std::vector<std::string>& more, const std::string& complaint) const {
    expect_refused(arguments(more), complaint, there_);
  }
  testing::TemporaryFolder folder_;
  testing::ProgramSetting there_{.folder = folder_.path().string(), .environment = {}};
};

TEST_F(SearchOfANetwork, WritesAPolicyThatCostsWhatSimulateSays) {
  const Json search = found(
      {"--budget", "latency=0.5x", "--budget", "energy=0.6x", "--edge-layers", "8/8", "-o", "run"});
  EXPECT_EQ(search["proved_optimal"], true);
  EXPECT_LE(search["cost"]["latency_ms"].get<double>(),
            search["limits"]["latency_ms"].get<double>());
  EXPECT_NEAR(search["limits"]["latency_ms"].get<double>(),
              search["cost_at_8_bits"]["latency_ms"].get<double>() / 2, 1e-9);
  EXPECT_EQ(search["layers"][0]["weight_bits"], 8);
  const auto simulated = run_bitloom({"simulate", "--network", "resnet20", "--hardware",
                                      "bismo-edge", "--policy", "run/policy.json", "--json", "-"},
                                     there_);
  const Json total = Json::parse(simulated.out)["total"];
  EXPECT_NEAR(total["latency_ms"].get<double>(), search["cost"]["latency_ms"].get<double>(), 1e-9);
  EXPECT_NEAR(total["energy_mj"].get<double>(), search["cost"]["energy_mj"].get<double>(), 1e-9);
  const Json manifest = Json::parse(testing::contents(folder_.file("run/manifest.json")));
  EXPECT_EQ(manifest["budgets"], (Json{"latency=0.5x", "energy=0.6x"}));
}

TEST_F(SearchOfANetwork, TellsWhatTheEnergyAndItsRatioMayBe) {
  const std::vector<std::string> asked{"--budget", "latency=0.5x", "-o", "run"};
  const Json search = found(asked);
  const auto energies = [&](const std::vector<std::string>& bits) {
    std::vector<std::string> all{"simulate",   "--network", "resnet20", "--hardware",
                                 "bismo-edge", "--json",    "-"};
    all.insert(all.end(), bits.begin(), bits.end());
    const Json total = Json::parse(run_bitloom(all, there_).out)["total"];
    return std::pair<double, double>(total["energy_least_mj"], total["energy_most_mj"]);
  };
  const auto [least, most] = energies({"--policy", "run/policy.json"});
  const auto [least_at_8, most_at_8] = energies({"--bits", "8/8"});
  EXPECT_NEAR(search["energy_least_mj"], least, 1e-12);
  EXPECT_NEAR(search["energy_most_mj"], most, 1e-12);
  EXPECT_NEAR(search["energy_ratio_least"], most / most_at_8, 1e-12);
  EXPECT_NEAR(search["energy_ratio_most"], least / least_at_8, 1e-12);
  const auto text = run_bitloom(arguments({"--budget", "latency=0.5x"}), there_);
  EXPECT_NE(text.out.find(fmt::format("\n           {:.6g} to {:.6g}, {:.4f} to {:.4f} of 8/8, by "
                                      "what bounds\n           popcount_bit_pj\n",
                                      least, most, most / most_at_8, least / least_at_8)),
            std::string::npos)
      << text.out;
}

TEST_F(SearchOfANetwork, NamesTheTechnologyOfItsEnergies) {
  const auto text = run_bitloom(arguments({"--budget", "energy=0.5x"}), there_);
  EXPECT_NE(text.out.find("\n           constants of a 28 nm FPGA (Zynq-7020)\n"),
            std::string::npos)
      << text.out;
  EXPECT_EQ(found({"--budget", "energy=0.5x"})["energy_technology"], "28 nm FPGA (Zynq-7020)");
}

TEST_F(SearchOfANetwork, TakesBudgetsWithCommas) {
  const Json one = found({"--budget", "latency=0.5x,energy=0.4x"});
  EXPECT_EQ(one["limits"].size(), 2u);
  EXPECT_EQ(one, found({"--budget", "latency=0.5x", "--budget", "energy=0.4x"}));
}

TEST_F(SearchOfANetwork, NamesTheOtherKindOfSearchWhereAnOptionIsItsOwn) {
  refused({"--budget", "latency=0.5x", "--episodes", "4"},
          "bitloom search: --episodes is of searches that measure accuracy: give --weights and "
          "--data, and --method haq, random, evolve, anneal, greedy or autoq (see bitloom search "
          "--help)");
}

TEST_F(SearchOfANetwork, RefusesAnOmegaBelowZero) {
  Json file = Json::parse(testing::contents(folder_.file("s.json")));
  file["layers"][3]["weights"]["omega"]["4"] = -0.5;
  folder_.write("s.json", file.dump());
  const auto result = run_bitloom(arguments({"--budget", "latency=0.5x"}), there_);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("layers[3].weights.omega.4: must be "), std::string::npos)
      << result.err;
}

TEST_F(SearchOfANetwork, WarnsWhereLayersTogetherBreakALimitThatEachByItselfKeeps) {
  const auto searched_on = [&](const std::string& hardware) {
    return run_bitloom({"search", "--network", "resnet20", "--hardware", hardware, "--sensitivity",
                        "s.json", "--budget", "latency=0.5x"},
                       there_)
        .out;
  };
  const std::string warning = "the limit: the search took each layer by itself";
  EXPECT_EQ(searched_on("bismo-edge").find(warning), std::string::npos);
  EXPECT_EQ(searched_on("bismo-edge-real").find(warning), std::string::npos);
  std::string machine = testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml");
  folder_.write("forks.yaml", machine + "layout: {convert: differing, port_bits: 8}\n");
  const std::string out = searched_on("forks.yaml");
  EXPECT_NE(out.find(warning), std::string::npos) << out;
  EXPECT_NE(out.find("\nwarning: latency_ms is "), std::string::npos) << out;
}

TEST_F(SearchOfANetwork, WarnsOfALatencyThatTheAnalyticEngineLeavesOut) {
  const auto result = run_bitloom(
      arguments({"--budget", "latency=0.5x", "--set", "timing.memory_latency_cycles=9"}), there_);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err,
            "the analytic engine leaves timing.memory_latency_cycles out; --engine cycle counts "
            "them\n");
}

TEST_F(SearchOfANetwork, GivesAProblemThatHasTheSameSolution) {
  const Json search = found({"--budget", "latency=0.4x", "-o", "run"});
  const auto again =
      run_bitloom({"search", "--problem", "run/problem.json", "--json", "-"}, there_);
  const Json solution = Json::parse(again.out)["solutions"][0];
  EXPECT_EQ(solution["omega"], search["omega"]);
  EXPECT_EQ(solution["cost"], search["cost"]);
}

TEST_F(SearchOfANetwork, TellsWhatTheLastBitsSavedAndCost) {
  const Json search = found({"--budget", "latency=0.4x"});
  EXPECT_EQ(search["marginal_cost"], "latency_ms");
  int told = 0;
  for (const Json& layer : search["layers"])
    if (const Json& last = layer["last_weight_bit"]; !last.is_null()) {
      ++told;
      EXPECT_EQ(last["from_bits"], layer["weight_bits"].get<int>() - 1);
      EXPECT_GT(last["omega_saved"].get<double>(), 0);
    }
  EXPECT_GT(told, 5);
  const auto text = run_bitloom(arguments({"--budget", "latency=0.4x"}), there_);
  EXPECT_NE(text.out.find("the least, proved"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("W saved"), std::string::npos) << text.out;
}

TEST_F(SearchOfANetwork, TheMethodsDoNoBetterThanTheProgram) {
  const double v3 = found({"--method", "hawq-v3", "--budget", "latency=0.4x"})["omega"];
  for (const char* method : {"hawq", "hawq-v2"})
    EXPECT_GE(found({"--method", method, "--budget", "latency=0.4x"})["omega"].get<double>(), v3);
}

TEST_F(SearchOfANetwork, TellsTheGapOfWhatIsNotProved) {
  const Json hawq = found({"--method", "hawq", "--budget", "latency=0.4x"});
  EXPECT_EQ(hawq["proved_optimal"], false);
  const double omega = hawq["omega"], bound = hawq["bound"];
  EXPECT_DOUBLE_EQ(hawq["gap"], (omega - bound) / omega);
  EXPECT_FALSE(found({"--budget", "latency=0.4x"}).contains("gap"));
  const auto text =
      run_bitloom(arguments({"--method", "hawq", "--budget", "latency=0.4x"}), there_);
  EXPECT_NE(text.out.find(fmt::format("bound {:.6g}, gap {:.2g} %: not proved to be the least\n",
                                      bound, 100 * (omega - bound) / omega)),
            std::string::npos)
      << text.out;
}

TEST_F(SearchOfANetwork, MinimizesACostUnderAnAllowedOmega) {
  const Json search = found({"--budget", "latency=0.4x"});
  const Json reverse = found({"--minimize", "latency", "--max-omega", search["omega"].dump()});
  EXPECT_NEAR(reverse["cost"]["latency_ms"].get<double>(),
              search["cost"]["latency_ms"].get<double>(), 1e-9);
  EXPECT_EQ(reverse["minimized"], "latency_ms");
}

TEST_F(SearchOfANetwork, SweepsABudget) {
  found({"--budget", "latency=0.4x", "--pareto", "8", "-o", "run"});
  const Json frontier = Json::parse(testing::contents(folder_.file("run/frontier.json")));
  ASSERT_GE(frontier["points"].size(), 5u);
  double before = 1e300;
  for (const Json& point : frontier["points"]) {
    EXPECT_LT(point["omega"].get<double>(), before);
    before = point["omega"];
    EXPECT_EQ(point["policy"].size(), 20u);
  }
  const std::string csv = testing::contents(folder_.file("run/frontier.csv"));
  EXPECT_EQ(static_cast<std::size_t>(std::count(csv.begin(), csv.end(), '\n')),
            frontier["points"].size() + 1);
}

TEST_F(SearchOfANetwork, SkipsAFirstBudgetThatNoPolicyKeepsWhereItIsSwept) {
  for (const char* method : {"hawq-v3", "hawq-v2"}) {
    const std::string run = std::string("run-") + method;
    const auto result =
        run_bitloom(arguments({"--method", method, "--budget", "latency=0.001x,size=0.9x",
                               "--pareto", "4", "-o", run, "--json", "-"}),
                    there_);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::string skipped = "search: skips latency=0.001x: no policy keeps latency_ms 0.00172";
    EXPECT_NE(result.err.find(skipped), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("; the policy is that of latency="), std::string::npos) << result.err;
    const Json first =
        Json::parse(testing::contents(folder_.file(run + "/frontier.json")))["points"][0];
    const Json search = Json::parse(result.out);
    EXPECT_EQ(search["omega"], first["omega"]);
    EXPECT_EQ(search["limits"]["latency_ms"], first["limit"]);
    const Json manifest = Json::parse(testing::contents(folder_.file(run + "/manifest.json")));
    EXPECT_EQ(manifest["limits"], search["limits"]);
    EXPECT_EQ(manifest["budgets"], (Json{"latency=" + first["limit"].dump() + "ms", "size=0.9x"}));
    EXPECT_TRUE(std::filesystem::exists(folder_.file(run + "/policy.json")));
  }
  const auto none = run_bitloom(
      arguments({"--budget", "latency=0.5x,size=1kB", "--pareto", "4", "-o", "none"}), there_);
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_NE(none.err.find("no policy keeps size_mb 0.001: the least size_mb is "),
            std::string::npos)
      << none.err;
  EXPECT_FALSE(std::filesystem::exists(folder_.file("none")));
}

TEST_F(SearchOfANetwork, RefusesWhatMakesNoSense) {
  refused({}, "--budget: give one at least, such as latency=0.6x, or --minimize");
  refused(
      {"--budget", "latency=0.6"},
      "--budget 'latency=0.6': must be a number above 0 with its unit (s, ms, us), or a fraction "
      "of the latency at 8/8, such as latency=0.6x");
  refused({"--budget", "latency=0.5x", "--method", "hawk"},
          "--method: unknown method 'hawk': did you mean hawq? (known: hawq, hawq-v2, hawq-v3, "
          "kernel-wise, haq, random, "
          "evolve, anneal, greedy, autoq)");
  refused({"--minimize", "latency"}, "--minimize and --max-omega: each needs the other");
  refused({"--minimize", "latency", "--max-omega", "much"}, "--max-omega 'much': must be a number");
  refused({"--budget", "latency=0.5x", "--pareto", "8"},
          "--pareto: the frontier goes into a run's folder; add -o FOLDER");
  refused({"--budget", "latency=0.5x", "--pareto", "1", "-o", "run"},
          "--pareto '1': must be a whole number in [2, 10000]");
  refused(
      {"--budget", "latency=0.5x", "--weight-bits", "2-9"},
      "layer 'conv1': the sensitivity file has no omega of weights at 9 bits, which the layer may "
      "have");
  expect_refused(
      {"search", "--network", "resnet20"},
      "bitloom search: --hardware is required, or --problem (see bitloom search --help)");
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"s.json"});
}

TEST_F(SearchOfANetwork, AnswersAnInfeasibleBudgetWithTheNearest) {
  for (const char* method : {"hawq", "hawq-v2", "hawq-v3"}) {
    const auto result = run_bitloom(arguments({"--method", method, "--budget", "latency=1us",
                                               "--budget", "size=1kB", "-o", "run"}),
                                    there_);
    EXPECT_EQ(result.exit_code, 2) << method;
    EXPECT_EQ(result.err.rfind("no policy keeps latency_ms 0.001 and size_mb 0.001: the least "
                               "latency_ms is ",
                               0),
              0u)
        << result.err;
  }
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"s.json"});
}

}  // namespace
}  // namespace bitloom
