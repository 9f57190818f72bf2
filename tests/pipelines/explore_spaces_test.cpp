// Spaces of design-space exploration: what their files say.
#include <gtest/gtest.h>

#include <map>

#include <fmt/format.h>

#include "models/graph/zoo/zoo.h"
#include "pipelines/explore/store_report.h"
#include "tests/pipelines/explore_fixture.h"

namespace bitloom {
namespace {

class ExploreSpaces : public testing::ExploreTest {};

TEST_F(ExploreSpaces, TakesEachValueOfARangeOfRealNumbers) {
  const auto values_of = [&](const std::string& range) {
    std::string text = testing::small_space();
    text.replace(text.find("constraints:"), 12, "  clock_mhz: " + range + "\nconstraints:");
    return pipelines::load_space(space(text), testing::kExploreHost).knobs().back().values;
  };
  using Values = std::vector<std::string>;
  EXPECT_EQ(values_of("{from: 0.1, to: 0.3, step: 0.1}"), (Values{"0.1", "0.2", "0.3"}));
  EXPECT_EQ(values_of("{from: 0.1, to: 0.29, step: 0.1}"), (Values{"0.1", "0.2"}));
  EXPECT_EQ(values_of("{from: 0.1, to: 100, times: 10}"), (Values{"0.1", "1", "10", "100"}));
  EXPECT_EQ(values_of("{from: 1, to: 1.331, times: 1.1}"), (Values{"1", "1.1", "1.21", "1.331"}));
  EXPECT_EQ(values_of("{from: 5, to: 5, step: 1}"), (Values{"5"}));
  for (int first = 1; first <= 5; ++first)
    for (int steps = 1; steps <= 12; ++steps) {
      const auto tenths = [](int n) { return fmt::format("{}.{}", n / 10, n % 10); };
      const Values values = values_of(
          fmt::format("{{from: {}, to: {}, step: 0.1}}", tenths(first), tenths(first + steps)));
      ASSERT_EQ(values.size(), static_cast<std::size_t>(steps) + 1) << first;
      EXPECT_EQ(std::stod(values.back()), (first + steps) / 10.0);
    }
}

TEST_F(ExploreSpaces, TakesKnobsThatNeedEachOtherInASectionThatIsNotThere) {
  std::string text = testing::small_space();
  text.replace(text.find("constraints:"), 12,
               "  layout.convert: [all, none]\n  layout.port_bits: [0, 64]\nconstraints:\n"
               "  - layout.port_bits < 64 or array.dm < 12");
  const reports::Exploration result = run({.space = space(text), .store = "all.db"});
  std::map<std::string, std::int64_t> counts;
  for (const reports::Refusals& refusals : result.refusals)
    counts[refusals.reason] = refusals.count;
  EXPECT_EQ(counts.at("--set layout.convert=all: layout.convert: needs layout.port_bits of at "
                      "least 1, is 0"),
            33);
  EXPECT_EQ(counts.at("layout.port_bits < 64 or array.dm < 12"), 24);
  EXPECT_EQ(
      pipelines::show_store(file("all.db"), "layout.port_bits == 64").matching,
      result.feasible - pipelines::show_store(file("all.db"), "layout.port_bits == 0").matching);
  EXPECT_EQ(testing::complaint([&] {
              pipelines::show_store(file("all.db"), "layout.convert < 1");
            }).find("--where 'layout.convert < 1' at character 1: unknown name 'layout.convert'"),
            0u);
  EXPECT_EQ(wrong(text.replace(text.find("[0, 64]"), 7, "[0, -1]")),
            "space.yaml:7:25: knobs.layout.port_bits[1]: --set layout.port_bits=-1: "
            "layout.port_bits: must be in [0, 65536], got -1");
}

TEST_F(ExploreSpaces, RefusesPointsWithoutAFieldThatAConstraintNames) {
  std::string text = testing::small_space();
  text.replace(text.find("constraints:"), 12,
               "  dram: [ddr3-1050-x16]\nconstraints:\n  - energy.dram_bit_pj.value < 1000");
  text.replace(text.find("knobs:"), 6, "settings: {energy: \"{}\"}\nknobs:");
  EXPECT_EQ(complaint_of({.space = space(text), .store = "all.db"}),
            "space.yaml: none of 36 points is feasible: 33 are refused by energy.dram_bit_pj.value "
            "< 1000; 3 are refused by array.dm * array.dk <= 2048");
}

TEST_F(ExploreSpaces, TakesTablesOfLayers) {
  const std::string table =
      folder_.write("net.csv", "layer,kind,K,I,O,S,IC,OC\nconv1,conv,3,32,32,1,3,16\n");
  std::string text = testing::small_space();
  text.replace(text.find("resnet20"), 8, table);
  EXPECT_GT(run({.space = space(text), .store = "table.db"}).feasible, 0);
  const std::string entry = "{network: " + table + ", image_size: 32}";
  EXPECT_EQ(wrong(text.replace(text.find(table), table.size(), entry)).find("space.yaml:9:"), 0u);
  EXPECT_NE(wrong(text).find("image_size: goes with bitloom's own networks; leave it out"),
            std::string::npos);
  text.replace(text.find("image_size: 32"), 14, "input: {x: [1, 3, 8, 8]}");
  EXPECT_NE(wrong(text).find("input: goes with a file of ONNX; leave it out"), std::string::npos);
  folder_.write("net.csv", "layer,kind,K,I,O,S,IC,OC,batch\nc,conv,3,32,32,1,3,16,4\n");
  std::string of_batch = testing::small_space();
  EXPECT_NE(wrong(of_batch.replace(of_batch.find("resnet20"), 8, table))
                .find("its rows tell a batch, which in a space is the machine's"),
            std::string::npos);
}

TEST_F(ExploreSpaces, SaysWhoseEnergiesTheMachinesHave) {
  std::string text = testing::small_space();
  text.replace(text.find("knobs:"), 6, "settings: {energy: }\nknobs:");
  std::vector<std::string> warnings;
  pipelines::Host host = testing::kExploreHost;
  host.warning = [&](const std::string& line) { warnings.push_back(line); };
  run({.space = space(text), .store = "all.db"}, host);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_EQ(warnings[0].find("bismo-edge: gives no energies: takes those of a "), 0u);
  warnings.clear();
  run({.space = space(), .store = "own.db"}, host);
  EXPECT_TRUE(warnings.empty());
}

TEST_F(ExploreSpaces, TellsThePlaceOfWhatIsWrongInASpace) {
  const auto changed = [](const std::string& from, const std::string& to) {
    std::string text = testing::small_space();
    return text.replace(text.find(from), from.size(), to);
  };
  EXPECT_EQ(
      wrong(changed("array.dm: [4", "arry.dm: [4")),
      "space.yaml:3:12: knobs.arry.dm: unknown key: did you mean array.dm, array.dk, array.dn?");
  EXPECT_EQ(wrong(changed("array.dm: [4", "dm: [4")),
            "space.yaml:3:7: knobs.dm: unknown key: did you mean array.dm?");
  EXPECT_EQ(wrong(changed("[4, 8, 12]", "[4, 0]")),
            "space.yaml:3:17: knobs.array.dm[1]: must be in [1, 1024], got 0");
  EXPECT_EQ(wrong(changed("[4, 8, 12]", "[4, 4]")),
            "space.yaml:3:17: knobs.array.dm[1]: '4' is in the list twice");
  EXPECT_EQ(wrong(changed("[4, 8, 12]", "4")),
            "space.yaml:3:13: knobs.array.dm: must be a list, such as [8, 16], or a range: {from: "
            "8, to: 64, step: 8} or {from: 8, to: 64, times: 2}");
  EXPECT_EQ(wrong(changed("[4, 8, 12]", "[]")), "space.yaml:3:13: knobs.array.dm: has no values");
  EXPECT_EQ(wrong(changed("to: 256", "to: 16")),
            "space.yaml:4:20: knobs.array.dk.from: must be at most to, which is 16, got 32");
  EXPECT_EQ(
      wrong(changed("lut <= 60000", "luts <= 60000"))
          .find("space.yaml:8:5: constraints[1]: 'luts <= 60000' at character 1: unknown name "
                "'luts': did you mean lut? (known: "),
      0u);
  EXPECT_EQ(wrong(changed("resnet20", "resnet21")).find("space.yaml:9:12: networks[0]: unknown"),
            0u);
  EXPECT_EQ(wrong(changed("4/4", "4")).find("space.yaml:10:7: bits: bits '4': must be"), 0u);
  EXPECT_EQ(wrong(changed("energy, lut", "energy, lots"))
                .find("space.yaml:11:31: objectives[2]: unknown objective 'lots'"),
            0u);
  EXPECT_EQ(wrong(changed("hardware: bismo-edge", "hardware: bismo-egde"))
                .find("space.yaml:1:11: hardware: unknown hardware 'bismo-egde'"),
            0u);
}

/// Sensitivities that fall with the bits, other ones for each layer.
std::string drawn_sensitivity() {
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  std::string text = R"({"schema": 1, "network": "resnet20", "method": "trace",
 "quantizer": "min-max", "seed": 0, "layers": [)";
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto tensor = [&](double scale) {
      std::string omegas;
      for (int bits = 2; bits <= 8; ++bits)
        omegas += (bits > 2 ? ", \"" : "\"") + std::to_string(bits) +
                  "\": " + std::to_string(scale / static_cast<double>(1 << (2 * bits)));
      return "{\"omega\": {" + omegas + "}}";
    };
    text += (i > 0 ? ",\n" : "") + std::string("{\"name\": \"") + layers[i].name +
            "\", \"weights\": " + tensor(10 + static_cast<double>(i * 7 % 5) * 40) +
            ", \"activations\": " + tensor(5 + static_cast<double>(i * 3 % 7) * 20) + "}";
  }
  return text + "]}";
}

TEST_F(ExploreSpaces, ChoosesBitsOnEachMachine) {
  const std::string sensitivity = folder_.write("s.json", drawn_sensitivity());
  std::string text = testing::small_space();
  text.replace(
      text.find("bits: 4/4"), 9,
      "bits: {sensitivity: " + sensitivity + ", weight_bits: \"2,4,6,8\", most_omega: 4/4}");
  text.replace(text.find("energy, lut"), 11, "energy, omega");
  run({.space = space(text), .store = "chosen.db"});
  run({.space = space(), .store = "given.db"});
  const auto given = testing::points_of(file("given.db")),
             chosen = testing::points_of(file("chosen.db"));
  ASSERT_EQ(given.size(), chosen.size());
  int better = 0;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i].refusal.empty()) continue;
    EXPECT_EQ(chosen[i].refusal, "");
    EXPECT_LE(chosen[i].metrics[0], given[i].metrics[0]);
    better += chosen[i].metrics[0] < given[i].metrics[0];
  }
  EXPECT_GT(better, 0);
  const auto store = pipelines::explored_store(file("chosen.db"), testing::kExploreHost);
  EXPECT_EQ(store.networks[0].bits.find("chosen on each machine, Omega of at most "), 0u);
  for (const reports::OpenedPoint& opened : store.opened) {
    double latency = 0;
    for (const reports::ExploredLayer& layer : opened.layers) latency += layer.latency_ms;
    EXPECT_NEAR(latency, store.found.front[opened.at].metrics[0], 1e-9 * latency);
  }
  EXPECT_EQ(testing::complaint(
                [&] { run({.space = space(text), .store = "b.db", .strategy = "bottleneck"}); }),
            "--strategy bottleneck: goes with bits that are given; take nsga2 where they are "
            "chosen on each machine");
}

TEST_F(ExploreSpaces, TellsWhereNothingFits) {
  std::string text = testing::small_space();
  text.replace(text.find("lut <= 60000"), 12, "lut <= 6");
  const auto explore = [&] { run({.space = space(text), .store = "none.db"}); };
  EXPECT_EQ(
      testing::without(testing::complaint(explore), folder_.path().string() + "/"),
      "space.yaml: none of 36 points is feasible: 33 are refused by lut <= 6; 3 are refused by "
      "array.dm * array.dk <= 2048");
}

}  // namespace
}  // namespace bitloom
