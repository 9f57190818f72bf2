#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Json = nlohmann::json;
using Names = std::vector<std::string>;
using testing::expect_refused;

Names arguments(const Names& more) {
  Names all{"simulate", "--network", "resnet20", "--hardware", "bismo-edge", "--json", "-"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Json layers_with(const Names& more) {
  const testing::ProgramResult result = testing::run_bitloom(arguments(more));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.exit_code == 0 ? Json::parse(result.out)["layers"] : Json::array();
}

Names selected(const std::string& selection) {
  Names names;
  for (const Json& layer : layers_with({"--layers", selection})) names.push_back(layer["name"]);
  return names;
}

Names bits_of(const Json& layers) {
  Names bits;
  for (const Json& layer : layers)
    bits.push_back(layer["weight_bits"].dump() + "/" + layer["activation_bits"].dump());
  return bits;
}

TEST(LayerSelection, TakesIndicesRangesNamesAndPatterns) {
  EXPECT_EQ(selected("0"), Names{"conv1"});
  EXPECT_EQ(selected("1-2"), (Names{"layer1.0.conv1", "layer1.0.conv2"}));
  EXPECT_EQ(selected("linear"), Names{"linear"});
  EXPECT_EQ(selected("layer3.2.*"), (Names{"layer3.2.conv1", "layer3.2.conv2"}));
  EXPECT_EQ(selected("*").size(), 20u);
  EXPECT_EQ(selected("18-"), (Names{"layer3.2.conv2", "linear"}));
  EXPECT_EQ(selected("19-"), Names{"linear"});
  EXPECT_EQ(selected("-1"), (Names{"conv1", "layer1.0.conv1"}));
  EXPECT_EQ(selected("-0,19-"), (Names{"conv1", "linear"}));
}

TEST(LayerSelection, IsInExecutionOrderAndEachOnce) {
  EXPECT_EQ(selected("linear,1-2,2,conv1"),
            (Names{"conv1", "layer1.0.conv1", "layer1.0.conv2", "linear"}));
}

TEST(LayerSelection, DoesNotChangeWhatALayerCosts) {
  EXPECT_EQ(layers_with({"--layers", "7"})[0], layers_with({})[7]);
}

TEST(LayerSelection, IsRefusedWhereItNamesNothing) {
  expect_refused(arguments({"--layers", ""}), "--layers '': names no layer");
  for (const std::string part :
       {"5-2", "20", "20-", "-20", "1-2-3", "--3", "3--", "99999999999999999999"})
    expect_refused(arguments({"--layers", "0," + part}),
                   "--layers '" + part +
                       "': must be an index or a range such as 3-7, 3- or -7, ascending within 0 "
                       "to 19");
  for (const std::string part : {"layer9.*", "1.5", "-"}) {
    const auto result = testing::run_bitloom(arguments({"--layers", part}));
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.err.rfind("--layers: unknown layer '" + part + "'", 0), 0u) << result.err;
  }
}

TEST(EdgeLayers, AreTheFirstAndTheLastOfTheNetwork) {
  Names expected(20, "4/6");
  expected.front() = expected.back() = "8/7";
  EXPECT_EQ(bits_of(layers_with({"--bits", "4/6", "--edge-layers", "8/7"})), expected);
  EXPECT_EQ(bits_of(layers_with({"--bits", "4/6", "--edge-layers", "8/7", "--layers", "0-1"})),
            (Names{"8/7", "4/6"}))
      << "not of the selection";
}

TEST(PolicyFile, MayBeHaqsList) {
  const testing::TemporaryFolder folder;
  std::string list = "[[-1, -1]";
  for (int i = 1; i < 20; ++i) list += ", [" + std::to_string(i % 8 + 1) + ", 5]";
  const Names bits = bits_of(layers_with({"--policy", folder.write("haq.json", list + "]")}));
  EXPECT_EQ(bits[0], "8/8");
  EXPECT_EQ(bits[1], "2/5");
  EXPECT_EQ(bits[19], "4/5");
}

TEST(PolicyFile, MayNameItsLayersInAnyOrder) {
  const testing::TemporaryFolder folder;
  Json policy{{"network", "resnet20"}, {"layers", Json::array()}};
  const Json layers = layers_with({});
  for (std::size_t i = layers.size(); i-- > 0;)
    policy["layers"].push_back({{"name", layers[i]["name"]},
                                {"weight_bits", i % 16 + 1},
                                {"activation_bits", 16 - i % 16}});
  const std::string path = folder.write("p.json", policy.dump());
  const Names bits = bits_of(layers_with({"--policy", path, "--layers", "0-2"}));
  EXPECT_EQ(bits, (Names{"1/16", "2/15", "3/14"}));
  EXPECT_EQ(bits_of(layers_with({"--policy", path, "--edge-layers", "8/8"}))[0], "8/8");
}

TEST(PolicyFile, ThatIsWrongIsNamedWithLineAndColumn) {
  const testing::TemporaryFolder folder;
  folder.write("p.json", "{\"network\": \"resnet18\",\n \"layers\": []}");
  folder.write("short.json", "[[4, 4]]");
  folder.write("cut.json", "[[4, 4],");
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  expect_refused(arguments({"--policy", "p.json"}),
                 "p.json:1:13: network: is for network 'resnet18', not 'resnet20'", there);
  expect_refused(arguments({"--policy", "short.json"}),
                 "short.json:1:1: has 1 entries, resnet20 has 20 layers", there);
  expect_refused(arguments({"--policy", "cut.json"}),
                 "cut.json:1:1: cannot be parsed: end of sequence flow not found", there);
  expect_refused(arguments({"--policy", "none.json"}), "none.json: no such file", there);
  expect_refused(arguments({"--policy", ""}), "'': an empty text is no file name", there);
}

}  // namespace
}  // namespace bitloom
