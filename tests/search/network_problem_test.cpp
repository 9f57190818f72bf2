// From a network, hardware, sensitivities and budgets to a problem.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/error.h"
#include "search/solvers/exact.h"
#include "search/solvers/marginal.h"
#include "tests/search/tiny_network.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::search {
namespace {

using testing::complaint;
using testing::tiny_network;

std::vector<Limit> parsed(const std::vector<std::string>& texts,
                          const std::vector<double>& costs_at_8_bits) {
  std::vector<AskedBudget> budgets;
  for (const std::string& text : texts) {
    budgets.push_back(parse_budget("--budget", text));
    EXPECT_EQ(to_text(budgets.back()), text);
  }
  return limits_of("--budget", budgets, costs_at_8_bits);
}

TEST(Budgets, AreAbsoluteOrAFractionOfTheCostAt8Bits) {
  const std::vector<double> at_8{40, 12, 90, 2, 7};
  const auto limits =
      parsed({"latency=0.6x", "energy=500uJ", "dram=1GB", "size=1200kB", "bops=2.5T"}, at_8);
  ASSERT_EQ(limits.size(), 5u);
  const double expected[] = {24, 0.5, 1000, 1.2, 2500};
  for (std::size_t k = 0; k < 5; ++k) {
    EXPECT_EQ(limits[k].cost, k);
    EXPECT_DOUBLE_EQ(limits[k].value, expected[k]);
  }
}

TEST(Budgets, HaveTheUnitsThatTheyName) {
  const std::vector<std::pair<std::string, double>> units{
      {"latency=2s", 2000},   {"latency=2ms", 2},
      {"latency=2us", 0.002}, {"energy=2J", 2000},
      {"energy=2mJ", 2},      {"energy=2uJ", 0.002},
      {"dram=2GB", 2000},     {"dram=2MB", 2},
      {"dram=2kB", 0.002},    {"dram=2B", 2e-6},
      {"size=2GB", 2000},     {"size=2MB", 2},
      {"size=2kB", 0.002},    {"size=2B", 2e-6},
      {"bops=2T", 2000},      {"bops=2G", 2},
      {"bops=2M", 0.002},     {"latency=2ns", 2e-6},
      {"latency=2h", 7.2e6},  {"latency=2days", 1.728e8},
      {"energy=2nJ", 2e-6},   {"energy=2pJ", 2e-9},
      {"energy=2kJ", 2e6}};
  std::size_t named = 0;
  for (const CostKind& kind : cost_kinds()) named += kind.units.size();
  EXPECT_EQ(units.size(), named);
  for (const auto& [text, value] : units)
    EXPECT_DOUBLE_EQ(parsed({text}, {1, 1, 1, 1, 1}).front().value, value) << text;
}

TEST(Budgets, AreRefusedInOneLine) {
  const auto refusal = [](std::vector<std::string> texts) {
    return complaint([&] { parsed(texts, {1, 1, 1, 1, 1}); });
  };
  const std::string latency =
      ": must be a number above 0 with its unit (days, h, s, ms, us, ns), or a fraction of the "
      "latency at 8/8, such as latency=0.6x";
  for (const char* text : {"latency=", "latency=45", "latency=ms", "latency=45mJ", "latency=-1ms",
                           "latency=0ms", "latency=nanms", "latency=1e999ms", "latency=45 ms"})
    EXPECT_EQ(refusal({text}), "--budget '" + std::string(text) + "'" + latency);
  EXPECT_EQ(refusal({"latency"}),
            "--budget 'latency': must be COST=VALUE, such as latency=0.6x (costs: latency, energy, "
            "dram, size, bops)");
  EXPECT_EQ(
      refusal({"latancy=1ms"}),
      "--budget: unknown cost 'latancy': did you mean latency? (known: latency, energy, dram, "
      "size, bops)");
  EXPECT_EQ(refusal({"size=1MB", "size=0.5x"}), "--budget 'size=0.5x': size is limited twice");
  EXPECT_EQ(complaint([] {
              parsed({"size=0.5x"}, {1, 1, 1, 0, 1});
            }),
            "--budget 'size=0.5x': the size at 8/8 is 0, which has no fraction; a number with its "
            "unit would be right");
}

TEST(BitLists, AreRangesAndLists) {
  EXPECT_EQ(parse_bit_list("--weight-bits", "2-4"), (std::vector<int>{2, 3, 4}));
  EXPECT_EQ(parse_bit_list("--weight-bits", "8,2,4,2"), (std::vector<int>{2, 4, 8}));
  EXPECT_EQ(parse_bit_list("--weight-bits", "1-2,16"), (std::vector<int>{1, 2, 16}));
  for (const char* text : {"", "0", "17", "4-2", "2-", "-2", "2,,3", "2;3", "two", "2-17", "4 "})
    EXPECT_EQ(complaint([&] { parse_bit_list("--weight-bits", text); }),
              "--weight-bits '" + std::string(text) +
                  "': must be widths in [1, 16], such as 2-8 or 2,4,8");
}

class Constraints : public ::testing::Test {
 protected:
  BitSpace space(const std::string& text, std::optional<graph::Precision> edges = {}) const {
    return make_bit_space(layers_, {{2, 4, 8}, {4, 8}}, edges, folder_.write("c.json", text));
  }
  std::string refusal(const std::string& text, std::optional<graph::Precision> edges = {}) const {
    return testing::without(complaint([&] { space(text, edges); }), folder_.path().string() + "/");
  }
  std::vector<graph::LayerShape> layers_ = graph::layers_of(graph::make_network("resnet18"));
  testing::TemporaryFolder folder_;
};

TEST_F(Constraints, AreForSingleLayersAndTies) {
  const BitSpace bits = space(
      R"({"layers": [{"name": "layer2.0.conv1", "weight_bits": [8, 4]}],
          "ties": [["layer2.0.conv1", "layer2.0.downsample.0"]]})",
      graph::Precision{8, 8});
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const bool is_edge = i == 0 || i + 1 == layers_.size();
    const bool is_tied =
        layers_[i].name == "layer2.0.conv1" || layers_[i].name == "layer2.0.downsample.0";
    const auto weights = is_edge   ? std::vector<int>{8}
                         : is_tied ? std::vector<int>{4, 8}
                                   : std::vector<int>{2, 4, 8};
    EXPECT_EQ(bits.layers[i].weight_bits, weights) << layers_[i].name;
    EXPECT_EQ(bits.layers[i].activation_bits,
              is_edge ? std::vector<int>{8} : (std::vector<int>{4, 8}));
  }
  EXPECT_EQ(bits.ties.size(), 1u);
}

TEST_F(Constraints, AreRefusedWithTheirPlace) {
  EXPECT_EQ(refusal(R"({"layers": [{"name": "layer2.0.conv1", "weight_bits": []}]})"),
            "c.json:1:55: layers[0].weight_bits: must list one width at least");
  EXPECT_EQ(refusal(R"({"layers": [{"name": "layer2.0.conv1", "weight_bits": [17]}]})"),
            "c.json:1:56: layers[0].weight_bits[0]: must be in [1, 16], got 17");
  EXPECT_EQ(refusal(R"({"layers": [{"name": "conv1"}, {"name": "conv1"}]})"),
            "c.json:1:32: layers[1]: layer 'conv1' is given twice");
  EXPECT_EQ(refusal(R"({"layers": [{"name": "conv1"}]})", graph::Precision{8, 8}),
            "c.json:1:13: layers[0]: layer 'conv1' has the bits of --edge-layers; leave one out");
  EXPECT_EQ(
      refusal(R"({"layers": [{"name": "layer1.0.conv1", "weight_bits": [2]},
                                   {"name": "layer1.0.conv2", "weight_bits": [4]}],
                       "ties": [["layer1.0.conv1", "layer1.0.conv2"]]})"),
      "layers 'layer1.0.conv1' and 'layer1.0.conv2' must have the same bits, and may have none "
      "in common");
  EXPECT_EQ(refusal(R"({"ties": [[]]})"),
            "c.json:1:11: ties[0]: must list the names of the layers that choose alike");
}

TEST(BitSpaces, TieLayersThatShareWeights) {
  const auto layers = graph::layers_of(graph::make_network("retinanet_r50"));
  const BitSpace space = make_bit_space(layers, {{4, 8}, {8}}, std::nullopt, std::nullopt);
  EXPECT_FALSE(space.ties.empty());
  for (const auto& tie : space.ties)
    for (const std::size_t layer : tie)
      EXPECT_TRUE(layers[layer].weights_of.empty() ||
                  layers[layer].weights_of == layers[tie.front()].name);
}

TEST(NetworkProblems, CostWhatTheSimulatorSays) {
  const NetworkProblem network = tiny_network({2, 8}, {4, 8});
  const auto edge = testing::shipped_hardware("bismo-edge");
  const Choices choices(network.layers.size(), 1);  // 2/8
  const auto costs = sim::price(
      network.layers, graph::uniform_policy(network.layers.size(), {2, 8}), edge, edge.batch);
  double ms = 0, mj = 0, dram = 0, weights = 0, bops = 0;
  for (std::size_t i = 0; i < costs.size(); ++i) {
    ms += runtime(costs[i].timing.total, edge.clock()).count();
    mj += costs[i].energy.total().count() / 1e9;
    dram += static_cast<double>(costs[i].dram_bytes().count()) / 1e6;
    weights += static_cast<double>(network.layers[i].weights());
    bops += static_cast<double>(network.layers[i].macs().count()) * 16 / 1e9;
  }
  const double expected[] = {ms, mj, dram, weights * 2 / 8e6, bops};
  for (std::size_t k = 0; k < 5; ++k)
    EXPECT_NEAR(cost_of(network.problem, choices, k), expected[k], 1e-9 * expected[k]) << k;
  const auto& layer = network.sensitivity.layers[3];
  EXPECT_EQ(network.problem.layers[3].choices[1].label, "2/8");
  EXPECT_DOUBLE_EQ(network.problem.layers[3].choices[1].omega,
                   layer.weights.omega.at(2) + layer.activations.omega.at(8));
}

TEST(NetworkProblems, NeedOmegaWhereALayerMayBe) {
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  const auto edge = testing::shipped_hardware("bismo-edge");
  Sensitivity sensitivity = testing::drawn_sensitivity("resnet20", layers);
  sensitivity.layers[2].activations.omega.erase(3);
  const BitSpace space = make_bit_space(layers, {{4}, {3, 4}}, std::nullopt, std::nullopt);
  EXPECT_EQ(complaint([&] {
              make_network_problem(layers, space, sensitivity,
                                   sim::price(layers, pairs_of(space), edge, 1), edge.clock());
            }),
            "layer 'layer1.0.conv2': the sensitivity file has no omega of activations at 3 bits, "
            "which the layer may have");
}

TEST(NetworkProblems, PriceOnlyThePairsThatTheyAreAskedFor) {
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  hardware::Bismo edge = testing::shipped_hardware("bismo-edge");
  edge.accumulator_bits = 20;
  const BitSpace space = make_bit_space(layers, {{2, 3}, {4}}, std::nullopt, std::nullopt);
  const auto costs = sim::price(layers, pairs_of(space), edge, 1);
  const sim::CostTable table(layers, edge, 1, 4);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    ASSERT_EQ(costs[i].size(), 2u);
    EXPECT_EQ(costs[i][1].cost.timing.total, table.at(i, {3, 4}).timing.total);
  }
}

/// ResNet-20 on accumulators of 20 bits, which hold few of the sums of its wider layers.
class NarrowAccumulators : public ::testing::Test {
 protected:
  NarrowAccumulators() { edge_.accumulator_bits = 20; }

  NetworkProblem problem(const LayerBits& bits, const std::string& constraints = "{}") const {
    const BitSpace space =
        make_bit_space(layers_, bits, std::nullopt, folder_.write("c.json", constraints));
    return make_network_problem(layers_, space, testing::drawn_sensitivity("resnet20", layers_),
                                sim::price(layers_, pairs_of(space), edge_, 1), edge_.clock());
  }
  bool runs(std::size_t layer, graph::Precision bits) const {
    try {
      sim::price(layers_[layer], bits, edge_, 1);
      return true;
    } catch (const UserError&) {
      return false;
    }
  }

  testing::TemporaryFolder folder_;
  std::vector<graph::LayerShape> layers_ = graph::layers_of(graph::make_network("resnet20"));
  hardware::Bismo edge_ = testing::shipped_hardware("bismo-edge");
};

TEST_F(NarrowAccumulators, LeaveOutThePairsThatOverflowThem) {
  const NetworkProblem network = problem({{2, 4, 8}, {2, 4, 8}});
  const sim::CostTable table(layers_, edge_, 1, 8);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    std::vector<graph::Precision> expected;
    for (const int weight_bits : {2, 4, 8})
      for (const int activation_bits : {2, 4, 8}) {
        const graph::Precision pair{weight_bits, activation_bits};
        EXPECT_EQ(table.runs(i, pair), runs(i, pair));
        if (runs(i, pair)) expected.push_back(pair);
      }
    EXPECT_EQ(network.precisions[i], expected) << i;
    ASSERT_EQ(network.problem.layers[i].choices.size(), expected.size());
    EXPECT_EQ(network.problem.layers[i].choices.back().label, graph::to_text(expected.back()));
    kept += expected.size();
  }
  EXPECT_GT(kept, layers_.size());
  EXPECT_LT(kept, 9 * layers_.size());
  EXPECT_GT(table.refused(), 0);
}

TEST_F(NarrowAccumulators, LeaveThemOutOfTiedLayers) {
  ASSERT_TRUE(runs(0, {8, 6}));  // 27 products
  ASSERT_FALSE(runs(1, {8, 6}));
  const std::string tie =
      fmt::format(R"({{"ties": [["{}", "{}"]]}})", layers_[0].name, layers_[1].name);
  const NetworkProblem network = problem({{2, 8}, {6}}, tie);
  EXPECT_EQ(network.precisions[0], (std::vector<graph::Precision>{{2, 6}}));
  EXPECT_EQ(network.precisions[0], network.precisions[1]);
}

TEST_F(NarrowAccumulators, RefuseALayerThatHasNoPairLeft) {
  const std::string why = complaint([&] { problem({{8}, {8}}); });
  EXPECT_EQ(why, complaint([&] { sim::price(layers_[0], {8, 8}, edge_, 1); }));
}

TEST(SensitivityFiles, AreReadAsTheyAreWritten) {
  const testing::TemporaryFolder folder;
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  Sensitivity drawn = testing::drawn_sensitivity("resnet20", layers);
  drawn.layers[4].activations.change = {{2, -0.5}, {8, 0.25}};
  drawn.layers[4].activations.change_error = {{2, 0.125}};
  drawn.measured_on = {"w", "0123", "shapes32", 256, "4567", "crop", {"a: 1", "b: 2"}};
  const std::string text = sensitivity_json(drawn);
  const Sensitivity read = read_sensitivity(folder.write("s.json", text), "resnet20", layers);
  EXPECT_EQ(sensitivity_json(read), text);
  EXPECT_EQ(read.layers[4].weights.omega, drawn.layers[4].weights.omega);
  EXPECT_EQ(read.layers[4].weights.probes, 30);
  EXPECT_EQ(read.layers[4].activations.change, drawn.layers[4].activations.change);
  EXPECT_EQ(read.measured_on->augmentation, "crop");
  EXPECT_EQ(read.measured_on->image_list, (std::vector<std::string>{"a: 1", "b: 2"}));
}

TEST(SensitivityFiles, HaveFiltersThatAddUpToTheirLayer) {
  const testing::TemporaryFolder folder;
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  Sensitivity drawn = testing::drawn_sensitivity("resnet20", layers);
  TensorSensitivity& weights = drawn.layers[2].weights;
  const auto filters = static_cast<std::size_t>(layers[2].out_channels);
  weights.omega = {{4, 3.2}};
  weights.filters = FilterSensitivity{std::vector<double>(filters, 1.0), {}};
  weights.filters->omega[0] = std::vector<double>(filters, 9.0);  // left out: of no layer's width
  weights.filters->omega[4] = std::vector<double>(filters, 3.2 / static_cast<double>(filters));
  const auto read = [&] {
    return read_sensitivity(folder.write("s.json", sensitivity_json(drawn)), "resnet20", layers);
  };
  EXPECT_EQ(read().layers[2].weights.filters->omega.size(), 2u);
  weights.filters->omega[4].front() += 1e-4;
  EXPECT_NE(complaint(read).find(
                "layers[2].weights.filters: the omegas of the filters of layer '" + layers[2].name +
                "' at 4 bits add up to 3.2001, and the layer has 3.2: they must be the same"),
            std::string::npos)
      << complaint(read);
}

TEST(SensitivityFiles, AreRefusedWithTheirPlace) {
  const testing::TemporaryFolder folder;
  std::vector<graph::LayerShape> layers(2);
  layers[0].name = "a";
  layers[1].name = "b";
  const auto refusal = [&](const std::string& head, const std::string& list) {
    folder.write("s.json", "{\"schema\": 1, " + head + ",\n \"layers\": [" + list + "]}");
    return testing::without(
        complaint([&] { read_sensitivity(folder.file("s.json"), "net", layers); }),
        folder.path().string() + "/");
  };
  const std::string head = R"("network": "net", "method": "trace", "quantizer": "min-max")";
  const std::string tensors = R"("weights": {"omega": {}}, "activations": {"omega": {}}})";
  const std::string a = R"({"name": "a", )" + tensors, b = R"({"name": "b", )" + tensors;
  EXPECT_EQ(refusal(head, a + ", " + b), "no complaint");
  EXPECT_EQ(refusal(head, a), "s.json:2:12: layers: layer 'b' is missing");
  EXPECT_EQ(refusal(head, a + "," + a), "s.json:2:83: layers[1]: layer 'a' is given twice");
  EXPECT_EQ(refusal(R"("network": "other", "method": "trace", "quantizer": "q")", a),
            "s.json:1:26: network: is for network 'other', not 'net'");
  EXPECT_EQ(refusal(R"("network": "net", "method": "traces", "quantizer": "q")", a),
            "s.json:1:43: method: unknown method 'traces': did you mean trace? (known: trace, "
            "eigenvalue, fisher, mse, divergence, measured, sqnr, gradient)");
  const auto changed = [](const std::string& change) {
    return R"({"name": "a", "weights": {)" + change +
           R"(, "omega": {}}, "activations": {"omega": {}}})";
  };
  EXPECT_EQ(refusal(head, changed(R"("change": {"2": "x"})")),
            "s.json:2:55: layers[0].weights.change.2: must be a number, got the text \"x\"");
  EXPECT_EQ(refusal(head, changed(R"("change_error": {"2": -1})")),
            "s.json:2:61: layers[0].weights.change_error.2: must be in [0, 1e+30], got -1");
  EXPECT_EQ(
      refusal(head,
              R"({"name": "a", "weights": {"omega": {"0": 1}}, "activations": {"omega": {}}})"),
      "s.json:2:49: layers[0].weights.omega.0: unknown key '0': did you mean 1, 2, 3? (known: "
      "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)");
  EXPECT_EQ(refusal(head, R"({"name": "a", "weights": {}, "activations": {"omega": {}}})"),
            "s.json:2:38: layers[0].weights: key 'omega' is missing");
}

TEST(Marginals, AreWhatTheLastBitsSavedAndCost) {
  const NetworkProblem network = tiny_network({2, 4, 8}, {4, 8});
  const auto& choices = network.problem.layers[5].choices;
  const std::size_t chosen = 3;  // 4/8
  ASSERT_EQ(choices[chosen].label, "4/8");
  const LayerMarginals marginals = marginals_of(network, 5, chosen, 0);
  ASSERT_TRUE(marginals.weights && marginals.activations);
  EXPECT_EQ(marginals.weights->from, 2);
  EXPECT_DOUBLE_EQ(marginals.weights->omega_saved, choices[1].omega - choices[3].omega);
  EXPECT_DOUBLE_EQ(marginals.weights->cost, choices[3].costs[0] - choices[1].costs[0]);
  EXPECT_DOUBLE_EQ(*marginals.weights->exchange_rate(),
                   marginals.weights->omega_saved / marginals.weights->cost);
  EXPECT_EQ(marginals.activations->from, 4);
  EXPECT_FALSE(marginals_of(network, 5, 0, 0).weights);
  EXPECT_FALSE(marginals_of(network, 5, 0, 0).activations);
}

/// Costs of few, large steps, as batches of filters make them, bound badly by prices.
TEST(Solve, ProvesTwoBudgetsOnAnArrayOfLargeStepsWithFewLabels) {
  NetworkProblem network = testing::network_of_large_steps();
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 8; ++trial) {
    testing::draw_omegas(network, random);
    const Answer answer = solve(
        network.problem, {.limits = {{0, 0.5 * testing::cost_at_8_bits(network, 0)}, {3, 1.5}}},
        {.most_labels = 200'000});
    ASSERT_TRUE(answer.solution) << trial;
    EXPECT_TRUE(answer.solution->proved_optimal) << trial;
  }
}

}  // namespace
}  // namespace bitloom::search
