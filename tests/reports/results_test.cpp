// Result files are read and written by the same declarations.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/json_value.h"
#include "reports/results/comparison_file.h"
#include "reports/results/measured_search_file.h"
#include "reports/results/search_file.h"
#include "reports/results/simulation_file.h"
#include "reports/results/verification_file.h"

namespace bitloom::reports {
namespace {

using Json = nlohmann::ordered_json;

Json file_of_run(const std::string& name) {
  return read_json_file(BITLOOM_SOURCE_DIR "/tests/reports/run/" + name);
}

/// Whether every member of `part` is in `whole` with the same value.
bool holds(const Json& whole, const Json& part) {
  if (part.is_object()) {
    for (const auto& [key, value] : part.items())
      if (!whole.contains(key) || !holds(whole[key], value)) return false;
    return true;
  }
  if (!part.is_array()) return whole == part;
  if (!whole.is_array() || whole.size() != part.size()) return false;
  for (std::size_t i = 0; i < part.size(); ++i)
    if (!holds(whole[i], part[i])) return false;
  return true;
}

TEST(Results, AreWrittenAsTheyWereRead) {
  const Json simulation = file_of_run("simulation.json");
  EXPECT_TRUE(holds(to_json(read_simulation({simulation, ""})), simulation));
  const Json policy = file_of_run("policy.json");
  EXPECT_TRUE(holds(Json::parse(json_text(read_policy({policy, ""}))), policy));
  const Json result = file_of_run("result.json");
  EXPECT_TRUE(holds(Json::parse(json_text(read_measured_search({result, ""}))), result));
  const Json verification = file_of_run("verify.json");
  EXPECT_TRUE(holds(Json::parse(json_text(read_verification({verification, ""}))), verification));
}

TEST(Results, TellCostsByTheEngineThatWasAskedFor) {
  const auto latency_by = [](const std::string& engine) {
    const Json json = Json::parse(
        R"({"engine": ")" + engine +
        R"(", "candidates": [{"name": "found", "costs": {"analytic": {"latency_ms": 1}, )"
        R"("cycle": {"latency_ms": 2}}}]})");
    const MeasuredSearchFile search = read_measured_search({json, ""});
    EXPECT_EQ(Json::parse(json_text(search))["engine"], engine);
    return search.candidates.front().cost().at("latency_ms");
  };
  EXPECT_EQ(latency_by("analytic"), 1);
  EXPECT_EQ(latency_by("cycle"), 2);
}

SearchFile search() {
  SearchFile search{.network = "net",
                    .hardware = "machine",
                    .engine = "analytic",
                    .batch = 16,
                    .method = "hawq-v3",
                    .sensitivity = "trace",
                    .quantizer = "uniform",
                    .minimized = "omega",
                    .limits = {{"latency_ms", 2.5}, {"energy_mj", 0.5}},
                    .costs_at_8_bits = {{"latency_ms", 5}},
                    .omega = 0.25,
                    .costs = {{"latency_ms", 2.25}},
                    .bound = 0.25,
                    .proved_optimal = true,
                    .marginal_cost = "latency_ms",
                    .layers = {}};
  search.layers.push_back({.bits = {"conv", 4, 6},
                           .omega = 0.25,
                           .costs = {{"latency_ms", 2.25}},
                           .last_weight_bit = LastBit{3, 0.5, 0.125, {}},
                           .last_activation_bit = {}});
  return search;
}

TEST(Results, OfASearchAreWrittenInOrder) {
  EXPECT_EQ(Json::parse(json_text(search())).dump(),
            R"({"schema":1,"network":"net","hardware":"machine","engine":"analytic","batch":16,)"
            R"("method":"hawq-v3","sensitivity":"trace","quantizer":"uniform",)"
            R"("minimized":"omega","limits":{"latency_ms":2.5,"energy_mj":0.5},)"
            R"("cost_at_8_bits":{"latency_ms":5.0},"omega":0.25,"cost":{"latency_ms":2.25},)"
            R"("bound":0.25,"proved_optimal":true,"marginal_cost":"latency_ms","layers":[{)"
            R"("name":"conv","weight_bits":4,"activation_bits":6,"omega":0.25,)"
            R"("cost":{"latency_ms":2.25},"last_weight_bit":{"from_bits":3,"omega_saved":0.5,)"
            R"("cost":0.125,"omega_per_cost":null},"last_activation_bit":null}]})");
}

TEST(Results, ComeBackWhole) {
  const Json written = Json::parse(json_text(search()));
  EXPECT_EQ(Json::parse(json_text(read_search({written, ""}))), written);
}

TEST(Results, HaveARangeOrAnErrorOfAnAccuracy) {
  Candidate found{.name = "found",
                  .label = "found",
                  .layers = {},
                  .costs = {},
                  .post_training = {},
                  .finetuned = {}};
  Accuracy& accuracy = found.post_training.emplace();
  accuracy.images = 50;
  accuracy.top1_pct = 100;
  accuracy.top1_range_pct = {94.2, 100};
  accuracy.loss = 0.5;
  MeasuredSearchFile search;
  search.candidates = {found};
  search.differences = {{"found", "uniform", "post_training", 0, {}, {-5.8, 5.8}}};
  const std::string text = json_text(search);
  const Json json = Json::parse(text);
  EXPECT_TRUE(json["candidates"][0]["post_training"]["top1_stderr_pct"].is_null());
  EXPECT_TRUE(json["candidates"][0]["post_training"]["loss_stderr"].is_null());
  EXPECT_TRUE(json["differences"][0]["stderr_points"].is_null());
  const MeasuredSearchFile read = read_measured_search({json, ""});
  EXPECT_EQ(json_text(read), text);
  EXPECT_FALSE(read.differences[0].stderr_points);
}

TEST(Results, OfAComparisonComeBackWhole) {
  const ComparisonFile comparison{
      .network = "net",
      .input = std::vector<std::int64_t>{3, 32, 32},
      .engine = "analytic",
      .hardware = {{"a", 1, 200}, {"b", 16, 300}},
      .seed = 7,
      .policies = {{"4/6",
                    "given",
                    {{4, 6}},
                    {PlacedCost{1, 0.5, 0.25, 9, 1, 1}, std::nullopt},
                    {{{4, 2}}}}},
      .agreements = {{"energy", {"a", "b"}, "given", 2, -1, {}, 1, 1, {{"x", "y", 5, 6}}, {}}},
      .gain_percent = 5,
      .sweeps = {{"latency",
                  "a",
                  "both",
                  {8, 7},
                  {},
                  std::vector<double>{12.5},
                  7,
                  Named<int>{{"z", 7}, {"c", 8}}},
                 {"latency", "b", "both", {}, "no", {}, {}, {}}},
      .refused = {{"b", "4/6", "why"}}};
  const std::string text = json_text(comparison);
  EXPECT_EQ(json_text(read_comparison(JsonValue::parse(text, ""))), text);
  EXPECT_NE(text.find("\"kendall\": null"), std::string::npos);
  EXPECT_LT(text.find("\"z\": 7"), text.find("\"c\": 8")) << "layers stay in their order";
}

TEST(Results, ReplaceWhatIsNoUtf8) {
  const PolicyFile policy{.network = "a\xFF", .layers = {}};
  EXPECT_EQ(Json::parse(json_text(policy))["network"], "a\uFFFD");
}

}  // namespace
}  // namespace bitloom::reports
