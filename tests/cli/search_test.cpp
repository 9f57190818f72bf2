// `bitloom search` of a network.
#include <gtest/gtest.h>

#include <filesystem>

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
  EXPECT_NE(
      text.out.find(fmt::format("\n           {:.6g} mJ to {:.6g} mJ, {:.4f} to {:.4f} of 8/8, "
                                "by what bounds\n           popcount_bit_pj\n",
                                least, most, most / most_at_8, least / least_at_8)),
      std::string::npos)
      << text.out;
}

TEST_F(SearchOfANetwork, TellsCostsInUnitsThatSuitThem) {
  const auto text = run_bitloom(
      arguments({"--budget", "latency=0.5x", "--batch", "4096", "--set", "clock_mhz=1"}), there_);
  const std::string& out = text.out;
  EXPECT_NE(out.find(" W/A latency s "), std::string::npos) << out;
  EXPECT_NE(out.find("per s of latency it cost"), std::string::npos) << out;
  EXPECT_NE(out.find("\nlatency    "), std::string::npos) << out;
  EXPECT_NE(out.find(" s, 0.5000 of 8/8; limit "), std::string::npos) << out;
  EXPECT_NE(out.find("\nsize       "), std::string::npos) << out;
  for (const char* raw : {"latency_ms", "energy_mj", "size_mb", "bops_g"})
    EXPECT_EQ(out.find(raw), std::string::npos) << out;
}

TEST_F(SearchOfANetwork, NamesTheTechnologyOfItsEnergies) {
  const auto text = run_bitloom(arguments({"--budget", "energy=0.5x"}), there_);
  EXPECT_NE(text.out.find("\n           constants of a 28 nm FPGA (Zynq-7020)\n"),
            std::string::npos)
      << text.out;
  EXPECT_EQ(found({"--budget", "energy=0.5x"})["energy_technology"], "28 nm FPGA (Zynq-7020)");
}

TEST_F(SearchOfANetwork, HasNoExponentsOfLargeCosts) {
  const auto slow = run_bitloom(
      arguments({"--budget", "latency=0.5x", "--set", "clock_mhz=0.001", "--batch", "4096"}),
      there_);
  EXPECT_EQ(slow.exit_code, 0) << slow.err;
  EXPECT_EQ(slow.out.find("e+"), std::string::npos) << slow.out;
  const auto refused = run_bitloom(
      arguments({"--budget", "latency=1ms", "--set", "clock_mhz=0.001", "--batch", "4096"}),
      there_);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.err.find("e+"), std::string::npos) << refused.err;
}

TEST_F(SearchOfANetwork, SweepsFromTheLeastThatHawqV2Keeps) {
  const auto result = run_bitloom(
      arguments({"--method", "hawq-v2", "--budget", "latency=0.5x", "--pareto", "5", "-o", "v2"}),
      there_);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err.find("frontier: "), std::string::npos) << result.err;
}

TEST_F(SearchOfANetwork, ComparesWithTheMostBitsWhere8BitsCannotBeMapped) {
  const std::vector<std::string> few{"--set",
                                     "timing.accumulator_bits=20",
                                     "--weight-bits",
                                     "2,4",
                                     "--activation-bits",
                                     "2,4",
                                     "--budget",
                                     "latency=0.5x"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), few.begin(), few.end());
    return more;
  };
  const auto text = run_bitloom(arguments(with({"-o", "few"})), there_);
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_NE(text.err.find("costs are compared with those at 4/4"), std::string::npos) << text.err;
  EXPECT_NE(text.out.find(" of 4/4; limit "), std::string::npos) << text.out;
  EXPECT_EQ(text.out.find("8/8"), std::string::npos) << text.out;
  const Json search = Json::parse(testing::contents(folder_.file("few/search.json")));
  EXPECT_EQ(search["reference"]["bits"], "4/4");
  EXPECT_TRUE(search["cost_at_8_bits"].empty());
  EXPECT_NEAR(search["limits"]["latency_ms"].get<double>(),
              search["reference"]["cost"]["latency_ms"].get<double>() / 2, 1e-9);
  const auto report = run_bitloom({"report", "few", "--markdown", "-"}, there_);
  EXPECT_NE(report.out.find("x of 4/4"), std::string::npos) << report.out;
  EXPECT_EQ(report.out.find("x of 8/8"), std::string::npos) << report.out;
  const Json eight = found({"--budget", "latency=0.5x"});
  EXPECT_FALSE(eight.contains("reference"));
  EXPECT_FALSE(eight["cost_at_8_bits"].empty());
}

TEST_F(SearchOfANetwork, RunsOnFusionUnitsOfFewBits) {
  std::vector<std::string> asked{"search",          "--network",     "resnet20", "--hardware",
                                 "bitfusion-16x32", "--sensitivity", "s.json"};
  for (const char* more :
       {"--set", "array.unit_bits=4", "--set", "array.operand_bits=4", "--weight-bits", "2,4",
        "--activation-bits", "2,4", "--budget", "latency=0.9x"})
    asked.emplace_back(more);
  const auto result = run_bitloom(asked, there_);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find(" of 4/4; limit "), std::string::npos) << result.out;
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

TEST_F(SearchOfANetwork, KeepsLimitsAsAWholeWhereLayersReadEachOthersBits) {
  const std::string machine =
      testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml");
  folder_.write("forks.yaml", machine + "layout: {convert: differing, port_bits: 8}\n");
  const std::string remark = "Layers read each other's bits here.";
  for (const char* hardware : {"bismo-edge", "bismo-edge-real", "forks.yaml"}) {
    const std::string run = std::string("run-") + hardware;
    const auto result =
        run_bitloom({"search", "--network", "resnet20", "--hardware", hardware, "--sensitivity",
                     "s.json", "--budget", "latency=0.5x", "-o", run},
                    there_);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out.find(remark) != std::string::npos, hardware == std::string("forks.yaml"))
        << result.out;
    const Json search = Json::parse(testing::contents(folder_.file(run + "/search.json")));
    const Json simulated = Json::parse(testing::contents(folder_.file(run + "/simulation.json")));
    const auto latency = search["cost"]["latency_ms"].get<double>();
    EXPECT_NEAR(latency, simulated["total"]["latency_ms"].get<double>(), 1e-9 * latency);
    EXPECT_LE(latency, search["limits"]["latency_ms"].get<double>());
    EXPECT_GE(latency, 0.98 * search["limits"]["latency_ms"].get<double>());
  }
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
    const std::string skipped =
        "search: skips latency=0.001x: no policy keeps latency 1.72914 us: the least latency is "
        "0.318345 ms";
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
  EXPECT_NE(none.err.find("no policy keeps size 1 kB: the least size is 67.084 kB"),
            std::string::npos)
      << none.err;
  EXPECT_FALSE(std::filesystem::exists(folder_.file("none")));
}

TEST_F(SearchOfANetwork, RefusesWhatMakesNoSense) {
  refused({}, "--budget: give one at least, such as latency=0.6x, or --minimize");
  refused({"--budget", "latency=0.6"},
          "--budget 'latency=0.6': must be a number above 0 with its unit (days, h, s, ms, us, "
          "ns), or a fraction of the latency at 8/8, such as latency=0.6x");
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
  refused({"--budget", "latency=0.5x", "--weight-bits", "2-9"},
          "s.json:8: layer 'conv1': the sensitivity file has no omega of weights at 9 bits, which "
          "the layer may have");
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
    EXPECT_EQ(
        result.err.rfind("no policy keeps latency 1 us and size 1 kB: the least latency is ", 0),
        0u)
        << result.err;
  }
  EXPECT_EQ(folder_.names(), std::vector<std::string>{"s.json"});
}

}  // namespace
}  // namespace bitloom
