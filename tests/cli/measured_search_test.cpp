// A search by measured accuracy as a user meets it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <regex>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using nlohmann::json;

constexpr const char* kTrainedWeights =
    BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors";

std::vector<std::string> search(const std::string& method, const std::string& folder,
                                const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"search",
                                     "--method",
                                     method,
                                     "--network",
                                     "resnet20",
                                     "--hardware",
                                     "bismo-edge",
                                     "--weights",
                                     kTrainedWeights,
                                     "--data",
                                     "shapes32",
                                     "--budget",
                                     "latency=0.5x",
                                     "--edge-layers",
                                     "8/8",
                                     "--reward-images",
                                     "20",
                                     "--final-images",
                                     "40",
                                     "-o",
                                     folder};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(SlowMeasuredSearch, KilledTwentyTimesEndsWithTheSamePolicy) {
  const TemporaryFolder folder;
  const std::vector<std::string> length{"--episodes", "80", "--warmup", "5"};
  ASSERT_EQ(run_bitloom(search("haq", folder.file("whole"), length)).exit_code, 0);
  std::mt19937 random(1);
  constexpr int kKills = 20;
  int kills = 0;
  // Attempts behind those wanted get more and more time, so that the run ends at last however slow
  // the machine is.
  for (int attempt = 0; kills < 200; ++attempt) {
    if (ends_within(search("haq", folder.file("killed"), length),
                    std::chrono::milliseconds(300 + random() % 1000 + 10 * attempt +
                                              200 * std::max(0, kills - kKills))))
      break;
    ++kills;
  }
  EXPECT_GE(kills, kKills) << "the run ended too soon to be killed often: make it longer";
  for (const char* file : {"policy.json", "result.json", "simulation.json"}) {
    const std::string whole = contents(folder.path() / "whole" / file);
    EXPECT_FALSE(whole.empty());
    EXPECT_EQ(whole, contents(folder.path() / "killed" / file)) << file << " differs";
  }
}

TEST(SlowMeasuredSearch, ThreeBudgetsFitATerminal) {
  const TemporaryFolder folder;
  const ProgramResult run =
      run_bitloom(search("random", folder.file("run"),
                         {"--episodes", "2", "--budget", "energy=0.9x", "--budget", "size=0.9x"}));
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(lines_beyond(80, run.out), std::vector<std::string>{});
  EXPECT_NE(run.out.find("latency"), std::string::npos) << run.out;
}

TEST(SlowMeasuredSearch, ListsItsImagesAndWarnsOfSensitivitiesOfOtherWeights) {
  const TemporaryFolder folder;
  const ProgramResult measured =
      run_bitloom({"sensitivity", "--network", "resnet20", "--weights", kTrainedWeights, "--data",
                   "shapes32", "--images", "64", "-o", folder.file("s.json")});
  ASSERT_EQ(measured.exit_code, 0) << measured.err;
  json sensitivity = json::parse(contents(folder.path() / "s.json"));
  EXPECT_EQ(sensitivity["measured_on"]["weights"], kTrainedWeights);
  EXPECT_EQ(sensitivity["measured_on"]["images"], 64);
  const auto found = [&](const std::string& name) {
    return run_bitloom(
        search("hawq-v3", folder.file(name), {"--sensitivity", folder.file("s.json")}));
  };
  const ProgramResult same = found("same");
  ASSERT_EQ(same.exit_code, 0) << same.err;
  EXPECT_EQ(same.err.find("was measured on"), std::string::npos) << same.err;
  const std::string images = contents(folder.path() / "same/images.csv");
  const auto count = [&](const std::string& use) {
    int rows = 0;
    for (std::size_t at = images.find("\n" + use + ","); at != std::string::npos;
         at = images.find("\n" + use + ",", at + 1))
      ++rows;
    return rows;
  };
  EXPECT_EQ(count("reward"), 20);
  EXPECT_EQ(count("final"), 40);
  const json manifest = json::parse(contents(folder.path() / "same/manifest.json"));
  EXPECT_EQ(manifest["final_images"], 40);
  EXPECT_NE(manifest["final_images_hash"], manifest["reward_images_hash"]);

  sensitivity["measured_on"]["weights_hash"] = "0123456789abcdef";
  folder.write("s.json", sensitivity.dump());
  const ProgramResult other = found("other");
  EXPECT_EQ(other.exit_code, 0) << other.err;
  EXPECT_NE(other.err.find("was measured on"), std::string::npos) << other.err;
}

TEST(SlowMeasuredSearch, EveryMethodAnswersWithinTheBudgetOfItsFolder) {
  const TemporaryFolder folder;
  for (const char* method : {"random", "evolve", "anneal", "haq"}) {
    const ProgramResult run = run_bitloom(search(method, folder.file(method), {"--episodes", "6"}));
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const json result = json::parse(contents(folder.path() / method / "result.json"));
    const double limit = result["limits"]["latency_ms"];
    for (const json& candidate : result["candidates"]) {
      if (candidate["name"] == "float") continue;
      if (candidate["name"] != "8/8") {
        EXPECT_LE(candidate["costs"]["analytic"]["latency_ms"], limit * (1 + 1e-12));
      }
      EXPECT_EQ(candidate["costs"]["analytic"], candidate["costs"]["cycle"]);
      EXPECT_EQ(candidate["layers"].front()["weight_bits"], 8);
      EXPECT_EQ(candidate["post_training"]["images"], 40);
    }
    EXPECT_EQ(lines_beyond(80, run.out), std::vector<std::string>{});
    const ProgramResult again =
        run_bitloom({"simulate", "--network", "resnet20", "--hardware", "bismo-edge", "--policy",
                     folder.file(std::string(method) + "/policy.json"), "--json", "-"});
    const json total = json::parse(again.out)["total"];
    EXPECT_EQ(total, json::parse(contents(folder.path() / method / "simulation.json"))["total"]);
    for (const json& candidate : result["candidates"])
      if (candidate["name"] == "found") {
        EXPECT_EQ(candidate["energy_least_mj"], total["energy_least_mj"]);
        EXPECT_EQ(candidate["energy_most_mj"], total["energy_most_mj"]);
      }
    std::string words = run.out;
    std::replace(words.begin(), words.end(), '\n', ' ');
    EXPECT_NE(words.find("x by the bounds of its constants)"), std::string::npos) << run.out;
  }
}

TEST(SlowMeasuredSearch, FinetunesWhatItFoundAndTheUniformPolicyBesideIt) {
  const TemporaryFolder folder;
  const auto arguments = search("random", folder.file("run"),
                                {"--episodes", "2", "--finetune-epochs", "1", "--train-data",
                                 "shapes32", "--train-images", "256"});
  const ProgramResult run = run_bitloom(arguments);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(contents(folder.path() / "run/result.json"));
  for (const json& candidate : result["candidates"]) {
    const bool is_reference = candidate["name"] == "float" || candidate["name"] == "8/8";
    EXPECT_EQ(candidate.contains("finetuned"), !is_reference);
    if (candidate["name"] == "found") {
      EXPECT_GT(candidate["finetuned"]["top1_pct"], 50);
    }
  }
}

TEST(SlowMeasuredSearch, TrainsEachPolicyBeforeItIsMeasuredWhereAsked) {
  const TemporaryFolder folder;
  const auto loss_of_two_bits = [&](const char* name, const char* batches) {
    const ProgramResult run =
        run_bitloom(search("random", folder.file(name),
                           {"--episodes", "1", "--weight-bits", "2", "--activation-bits", "2-3",
                            "--episode-finetune", batches}));
    EXPECT_EQ(run.exit_code, 0) << run.err;
    const std::string log = contents(folder.path() / name / "episodes.csv");
    std::string row = log.substr(log.find('\n') + 1);
    for (int comma = 0; comma < 3; ++comma) row = row.substr(row.find(',') + 1);
    return std::stod(row);
  };
  EXPECT_LT(loss_of_two_bits("trained", "10"), 0.8 * loss_of_two_bits("calibrated", "0"));
}

TEST(SlowMeasuredSearch, OfFiltersKilledEndsWithTheSamePolicyAndIsReported) {
  const TemporaryFolder folder;
  const std::vector<std::string> length{"--episodes", "12"};
  const ProgramResult whole = run_bitloom(search("autoq", folder.file("whole"), length));
  ASSERT_EQ(whole.exit_code, 0) << whole.err;
  EXPECT_NE(whole.out.find("12 episodes: "), std::string::npos) << whole.out;
  EXPECT_EQ(lines_beyond(80, whole.out), std::vector<std::string>{});
  std::chrono::milliseconds given(1500);  // half as much again with each attempt, to end at last
  int kills = 0;
  for (; !ends_within(search("autoq", folder.file("killed"), length), given); ++kills)
    given += given / 2;
  EXPECT_GE(kills, 1);
  for (const char* file : {"policy.json", "result.json", "simulation.json"})
    EXPECT_EQ(contents(folder.path() / "whole" / file), contents(folder.path() / "killed" / file))
        << file;
  // Whether the best of a few episodes has bits by filter is luck; that episodes have them is not.
  const std::regex by_filter("[0-9]+[.][0-9]+[.][0-9]+[.0-9]*/[0-9]+");
  EXPECT_TRUE(std::regex_search(contents(folder.path() / "whole/episodes.csv"), by_filter));
  const json policy = json::parse(contents(folder.path() / "whole/policy.json"));
  const auto& layers = policy["layers"];
  const json result = json::parse(contents(folder.path() / "whole/result.json"));
  const double limit = result["limits"]["latency_ms"];
  const json& found = result["candidates"][1];
  EXPECT_LE(found["costs"]["analytic"]["latency_ms"], limit * (1 + 1e-12));
  EXPECT_EQ(found["layers"], layers);
  const ProgramResult priced =
      run_bitloom({"simulate", "--network", "resnet20", "--hardware", "bismo-edge", "--policy",
                   folder.file("whole/policy.json"), "--json", "-"});
  EXPECT_NEAR(json::parse(priced.out)["total"]["latency_ms"],
              found["costs"]["analytic"]["latency_ms"], 1e-9);
  const ProgramResult told =
      run_bitloom({"report", folder.file("whole"), "-o", folder.file("report.html")});
  EXPECT_EQ(told.exit_code, 0) << told.err;
}

TEST(SlowMeasuredSearch, OfTheWholeNetworkIsUniform) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = search(
      "autoq", folder.file("run"),
      {"--episodes", "8", "--bits-by", "network", "--minimize", "latency", "--max-loss", "30"});
  const ProgramResult run = run_bitloom(arguments);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json policy = json::parse(contents(folder.path() / "run/policy.json"));
  const auto& layers = policy["layers"];
  for (std::size_t i = 1; i + 1 < layers.size(); ++i) {
    EXPECT_EQ(layers[i]["weight_bits"], layers[1]["weight_bits"]);
    EXPECT_EQ(layers[i]["activation_bits"], layers[1]["activation_bits"]);
  }
}

TEST(SlowMeasuredSearch, FindsTheLeastLatencyForAnAllowedLoss) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments =
      search("greedy", folder.file("run"),
             {"--episodes", "30", "--minimize", "latency", "--max-loss", "20"});
  arguments.erase(arguments.begin() + 11, arguments.begin() + 13);  // the budget
  const ProgramResult run = run_bitloom(arguments);
  ASSERT_EQ(run.exit_code, 0) << run.err;
  const json result = json::parse(contents(folder.path() / "run/result.json"));
  const json& found = result["candidates"][1];
  EXPECT_LT(found["costs"]["analytic"]["latency_ms"], result["costs_at_8_bits"]["latency_ms"]);
}

}  // namespace
}  // namespace bitloom::testing
