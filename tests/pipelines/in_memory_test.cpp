// What a program has in memory prices as what it loads from files.
#include <gtest/gtest.h>

#include "base/json.h"
#include "pipelines/compare.h"
#include "pipelines/simulate.h"
#include "reports/hardware_json.h"
#include "search/problem/problem_file.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::pipelines {
namespace {

using testing::complaint;

constexpr const char* kFolder = BITLOOM_SOURCE_DIR "/configs/hardware";
constexpr const char* kTable = "layer,kind,K,I,P,S,IC,OC\na,conv,3,32,1,1,3,16\n";

Host in_source() { return {.hardware_folder = kFolder}; }

std::string one_line(const hardware::Hardware& machine) {
  return json_text(reports::hardware_json(machine));
}

TEST(InMemory, NetworksBitsAndMachinesPriceAsThoseLoadedOnTheWay) {
  const HardwareChoice choice{.name = "bismo-edge"};
  SimulateOptions options{.layers = NetworkLayers{.network = {"resnet20"},
                                                  .policy = {.bits = graph::Precision{3, 5}},
                                                  .layers = {"layer1.*"}},
                          .hardware = choice,
                          .explain = true};
  const Network network = load(NetworkChoice{"resnet20"});
  const graph::Policy bits = graph::uniform_policy(network.layers.size(), {3, 5});
  const reports::Simulation told =
      simulate(network, {bits}, load(choice, in_source()), options, in_source());
  EXPECT_EQ(reports::simulation_json(told),
            reports::simulation_json(simulate(options, in_source())));
}

TEST(InMemory, DescriptionsAreMachinesAsFilesAre) {
  const HardwareChoice file{.name = "bismo-edge", .settings = {"array.dm=4"}};
  HardwareChoice text = file;
  text.text = one_line(load(HardwareChoice{.name = "bismo-edge"}, in_source()));
  EXPECT_EQ(one_line(load(text, in_source())), one_line(load(file, in_source())));
  EXPECT_EQ(load(text, in_source()).name(), "bismo-edge array.dm=4");
  text.settings = {"array.dn=0"};
  EXPECT_EQ(complaint([&] { load(text, in_source()); }),
            "--set array.dn=0: array.dn: must be in [1, 1024], got 0");
  text.text = R"({"family": "bismo", "array": {"dm": 0}})";
  text.settings.clear();
  EXPECT_EQ(complaint([&] { load(text, in_source()); }),
            "bismo-edge: array.dm: must be in [1, 1024], got 0");
}

TEST(InMemory, TablesAreNetworksAsFilesAre) {
  const testing::TemporaryFolder folder;
  const Network file = load(NetworkChoice{.name = "t", .table = folder.write("t.csv", kTable)});
  NetworkChoice choice{.name = "t", .table = "t", .table_text = kTable};
  const Network text = load(choice);
  ASSERT_EQ(text.layers.size(), 1u);
  EXPECT_EQ(text.layers[0].macs(), file.layers[0].macs());
  EXPECT_EQ(text.graph.name(), "t");
  choice.table_text = std::string(kTable) + "b,conv,0,32,1,1,3,16\n";
  EXPECT_TRUE(complaint([&] { load(choice); }).starts_with("t:3: K: must be a whole number"));
}

TEST(InMemory, PoliciesHaveBitsForEachLayerAndSharedWeightsOnce) {
  const Network network = load(NetworkChoice{"retinanet_r50"});
  graph::Policy bits = graph::uniform_policy(network.layers.size(), {4, 4});
  const auto refusal = [&] {
    return complaint([&] { load(PolicyChoice{.listed = {{"mine", bits}}}, network); });
  };
  EXPECT_EQ(load(PolicyChoice{.listed = {{"mine", bits}}}, network), bits);
  bits.back().weight_bits = 2;
  EXPECT_NE(refusal().find("share their weights and must have the same weight bits, got 4 and 2"),
            std::string::npos);
  bits.back().weight_bits = 17;
  EXPECT_TRUE(refusal().ends_with("bits must be in [1, 16], got 17/4"));
  bits.pop_back();
  EXPECT_TRUE(refusal().starts_with("mine: has bits of "));
}

TEST(InMemory, MachinesWithSettingsOfTheirOwnAreCompared) {
  const HardwareChoice wide{.name = "bismo-edge", .settings = {"array.dm=16"}};
  const PolicyChoice mine{.listed = {{"mine", graph::uniform_policy(20, {4, 4})}}};
  CompareOptions options{
      .network = {"resnet20"}, .hardware = {"bismo-edge"}, .policies = {mine}, .machines = {wide}};
  const reports::Comparison told = compare(options, in_source());
  EXPECT_EQ(told.machines[0].name, "bismo-edge array.dm=16");
  EXPECT_EQ(told.machines[1].name, "bismo-edge");
  EXPECT_EQ(told.policies[0].name, "mine");
  EXPECT_LT(told.policies[0].on(0).cycles, told.policies[0].on(1).cycles);
  options.machines = {wide, wide};
  EXPECT_EQ(complaint([&] { compare(options, in_source()); }),
            "--hardware: 'bismo-edge' is named twice");
}

TEST(InMemory, ProblemsAreReadAsFilesAre) {
  const std::string text =
      R"({"layers": [{"name": "a", "choices": [{"label": "4", "omega": 1, "cost": {"ms": 2}}]}],)"
      R"( "budgets": [{"name": "b", "limits": {"ms": 3}}]})";
  const search::Problem problem = search::parse_problem("mine", text);
  EXPECT_EQ(problem.layers[0].choices[0].costs, std::vector<double>{2});
  EXPECT_TRUE(complaint([] { search::parse_problem("mine", "{}"); }).starts_with("mine: "));
}

}  // namespace
}  // namespace bitloom::pipelines
