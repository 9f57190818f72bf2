#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <sstream>

#include "models/graph/zoo/zoo.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Json = nlohmann::json;
using Arguments = std::vector<std::string>;
using testing::run_bitloom;

Arguments simulate(const std::string& network, const std::string& hardware, const Arguments& more) {
  Arguments all{"simulate", "--network", network, "--hardware", hardware};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Json simulated(const std::string& network, const std::string& hardware, Arguments more = {}) {
  more.insert(more.end(), {"--json", "-"});
  const testing::ProgramResult result = run_bitloom(simulate(network, hardware, more));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  return Json::parse(result.out);
}

template <class Value>
Value sum(const Json& layers, const std::string& key) {
  Value total{};
  for (const Json& layer : layers) total += layer[key].get<Value>();
  return total;
}

void expect_schema_of_layer(const Json& layer) {
  EXPECT_TRUE(layer["name"].is_string());
  const std::string kind = layer["kind"];
  EXPECT_TRUE(kind == "conv" || kind == "depthwise" || kind == "linear") << kind;
  for (const char* key : {"weight_bits", "activation_bits", "cycles", "compute_cycles",
                          "fetch_stall_cycles", "result_stall_cycles", "dram_bytes"})
    EXPECT_TRUE(layer[key].is_number_integer()) << key;
  for (const char* key : {"latency_ms", "utilization"}) EXPECT_TRUE(layer[key].is_number()) << key;
  for (const char* key : {"compute", "buffer", "dram", "static"})
    EXPECT_GT(layer["energy_pj"][key].get<double>(), 0) << key;
  EXPECT_EQ(layer["cycles"].get<std::int64_t>(),
            layer["compute_cycles"].get<std::int64_t>() +
                layer["fetch_stall_cycles"].get<std::int64_t>() +
                layer["result_stall_cycles"].get<std::int64_t>());
  EXPECT_GT(layer["utilization"].get<double>(), 0);
  EXPECT_LE(layer["utilization"].get<double>(), 1);
}

TEST(SimulateJson, HasTheSchemaOfTheDesign) {
  const Json json = simulated("mobilenet_v2", "bismo-cloud", {"--bits", "4/6"});
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["network"], "mobilenet_v2");
  EXPECT_EQ(json["hardware"], "bismo-cloud");
  EXPECT_EQ(json["engine"], "analytic");
  EXPECT_EQ(json["batch"], 16);
  ASSERT_EQ(json["layers"].size(), 53u);
  for (const Json& layer : json["layers"]) {
    expect_schema_of_layer(layer);
    EXPECT_EQ(layer["weight_bits"], 4);
    EXPECT_EQ(layer["activation_bits"], 6);
  }
}

TEST(SimulateJson, TotalsAreSumsOverLayers) {
  for (const char* hardware : {"bismo-cloud", "bismo-edge"}) {
    const Json json = simulated("resnet18", hardware, {"--bits", "3/5"});
    const Json &total = json["total"], &layers = json["layers"];
    EXPECT_EQ(total["cycles"], sum<std::int64_t>(layers, "cycles"));
    EXPECT_EQ(total["dram_bytes"], sum<std::int64_t>(layers, "dram_bytes"));
    EXPECT_EQ(total["macs"], sum<std::int64_t>(layers, "macs"));
    EXPECT_EQ(total["bops"], 15 * total["macs"].get<std::int64_t>());
    EXPECT_NEAR(total["latency_ms"].get<double>(), sum<double>(layers, "latency_ms"), 1e-9);
    EXPECT_NEAR(total["latency_ms"].get<double>(), total["cycles"].get<double>() / 200e3, 1e-9);
    double picojoules = 0;
    for (const Json& layer : layers)
      for (const Json& part : layer["energy_pj"]) picojoules += part.get<double>();
    EXPECT_NEAR(total["energy_mj"].get<double>(), picojoules * 1e-9, picojoules * 1e-18);
  }
}

TEST(SimulateJson, InAFileIsWhatStandardOutputWouldHold) {
  const testing::TemporaryFolder folder;
  const auto with_file =
      run_bitloom(simulate("resnet20", "bismo-edge", {"--json", folder.file("r.json")}));
  EXPECT_EQ(with_file.exit_code, 0) << with_file.err;
  EXPECT_NE(with_file.out.find("total"), std::string::npos) << "the table is printed too";
  EXPECT_EQ(testing::contents(folder.file("r.json")),
            run_bitloom(simulate("resnet20", "bismo-edge", {"--json", "-"})).out);
}

TEST(SimulateCsv, HasTheFiguresOfTheJson) {
  const Json layers = simulated("resnet20", "bismo-edge")["layers"];
  const auto result = run_bitloom(simulate("resnet20", "bismo-edge", {"--csv", "-"}));
  std::istringstream csv(result.out);
  std::string line;
  ASSERT_TRUE(std::getline(csv, line));
  EXPECT_EQ(line,
            "name,kind,weight_bits,activation_bits,cycles,latency_ms,compute_cycles,"
            "fetch_stall_cycles,result_stall_cycles,utilization,energy_compute_pj,"
            "energy_buffer_pj,energy_dram_pj,energy_static_pj,dram_bytes,macs,bops,power_mw,"
            "conversion_cycles");
  for (const Json& layer : layers) {
    ASSERT_TRUE(std::getline(csv, line));
    std::istringstream row(line);
    std::vector<std::string> cells;
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    ASSERT_EQ(cells.size(), 19u);
    EXPECT_EQ(cells[0], layer["name"]);
    EXPECT_EQ(cells[1], layer["kind"]);
    EXPECT_EQ(std::stoll(cells[4]), layer["cycles"]);
    EXPECT_DOUBLE_EQ(std::stod(cells[9]), layer["utilization"].get<double>());
    EXPECT_DOUBLE_EQ(std::stod(cells[13]), layer["energy_pj"]["static"].get<double>());
    EXPECT_EQ(std::stoll(cells[14]), layer["dram_bytes"]);
    EXPECT_EQ(std::stoll(cells[16]), layer["bops"]);
    EXPECT_DOUBLE_EQ(std::stod(cells[17]), layer["power_mw"].get<double>());
    EXPECT_EQ(std::stoll(cells[18]), layer["conversion_cycles"]);
  }
  EXPECT_FALSE(std::getline(csv, line));
}

TEST(SimulateTable, FitsEightyColumnsForEveryNetworkAndHardware) {
  for (const graph::ZooEntry& entry : graph::zoo())
    for (const char* hardware : {"bismo-cloud", "bismo-edge"}) {
      const auto result = run_bitloom(
          simulate(std::string(entry.name), hardware, {"--bits", "16/16", "--batch", "1"}),
          {.folder = ".",
           .environment = {},
           .output = testing::StandardOutput::kTerminalOf80Columns});
      EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{}) << entry.name;
    }
}

TEST(SimulateTable, NamesWhatIsNotPriced) {
  const auto result = run_bitloom(simulate("resnet20", "bismo-edge", {}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("Not priced: pooling"), std::string::npos);
  EXPECT_NE(result.out.find("\nconv1 "), std::string::npos);
  EXPECT_NE(result.out.find("\ntotal "), std::string::npos);
}

TEST(SimulateBatch, DefaultsToTheHardwaresAndScalesWork) {
  EXPECT_EQ(simulated("resnet20", "bismo-edge")["batch"], 1);
  const Json one = simulated("resnet20", "bismo-cloud", {"--batch", "1"});
  const Json four = simulated("resnet20", "bismo-cloud", {"--batch", "4"});
  EXPECT_EQ(one["total"]["macs"], four["total"]["macs"]) << "macs are for one image";
  EXPECT_EQ(4 * one["layers"][0]["cycles"].get<std::int64_t>(), four["layers"][0]["cycles"])
      << "a convolution's images follow one another";
}

// The first layer of conv2_x of ResNet-20 at 4/4, all in bursts of 16 bytes without a rest. 32 x 32
// x 16 bytes become 4 bit-planes; of each of 1024 windows of 144 bits 16 are new, in 2 bytes and 4
// planes; 16 channels of weights are 18 bytes in 4 planes; results are bytes.
TEST(Simulate, CountsDramInWholeBursts) {
  constexpr int kConvertedIn = 16384, kConvertedOut = 8192, kWindows = 1024 * 4 * 2,
                kWeights = 16 * 4 * 18, kResults = 16384;
  const auto result =
      run_bitloom({"simulate", "--network", "resnet20", "--hardware", "bismo-edge-real", "--bits",
                   "4/4", "--layers", "1", "--json", "-"});
  const Json total = Json::parse(result.out)["total"];
  EXPECT_EQ(total["dram_bytes"], kConvertedIn + kConvertedOut + kWindows + kWeights + kResults);
  EXPECT_EQ(total["dram"]["read_bursts"], (kConvertedIn + kWindows + kWeights) / 16);
  EXPECT_EQ(total["dram"]["write_bursts"], (kConvertedOut + kResults) / 16);
  EXPECT_GT(total["dram"]["activates"], 0);
}

// conv1 of ResNet-20 at 8/3 reads the image, 3 x 32 x 32 bytes in windows of 27, and writes 1024 x
// 16 sums; what follows reads 32 bits for each of 1024 x 144 elements.
TEST(Simulate, ConvertsActivationsToBitPlanes) {
  const testing::TemporaryFolder folder;
  const std::string machine = folder.write(
      "converting.yaml",
      "family: bismo\narray: {dm: 8, dk: 256, dn: 8}\n"
      "buffers: {activation_words: 1024, weight_words: 1024}\n"
      "ports: {activation_bits: 64, weight_bits: 64, result_bits: 64, write_back: accumulators}\n"
      "clock_mhz: 200\nlayout: {convert: differing, port_bits: 64}\n");
  const auto run = [&](const std::string& engine) {
    return run_bitloom({"simulate", "--network", "resnet20", "--hardware", machine, "--bits", "8/3",
                        "--engine", engine, "--json", "-"});
  };
  for (const char* engine : {"analytic", "cycle"}) {
    const auto result = run(engine);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const Json layers = Json::parse(result.out)["layers"];
    EXPECT_EQ(layers[0]["conversion_cycles"], 1024 * 27 * (8 + 3) / 64);
    EXPECT_EQ(layers[1]["conversion_cycles"], 1024 * 144 * (32 + 3) / 64);
    EXPECT_EQ(layers[19]["conversion_cycles"], 64 * (32 + 3) / 64);
  }
  const auto text = run_bitloom({"simulate", "--network", "resnet20", "--hardware", machine});
  EXPECT_NE(text.out.find(" % converting activations"), std::string::npos) << text.out;
}

TEST(Simulate, SaysWhoseEnergiesAMachineHasThatGivesNone) {
  const testing::TemporaryFolder folder;
  folder.write("mine.yaml",
               "family: bismo\narray: {dm: 8, dk: 64, dn: 8}\n"
               "buffers: {activation_words: 1024, weight_words: 1024}\n"
               "ports: {activation_bits: 64, weight_bits: 64}\nclock_mhz: 200\n");
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  const auto none = run_bitloom(simulate("resnet20", "mine.yaml", {"--explain"}), there);
  EXPECT_EQ(none.err,
            "mine.yaml: gives no energies: takes those of a 28 nm FPGA (Zynq-7020), "
            "scaled to its size\n")
      << "once, though --explain reads the file again and again";
  EXPECT_NE(none.out.find("constants of a 28 nm FPGA (Zynq-7020)\n"), std::string::npos);
  const auto some = run_bitloom(
      simulate("resnet20", "mine.yaml", {"--set", "energy.static_mw={value: 1, source: mine}"}),
      there);
  EXPECT_NE(some.err.find("mine.yaml: gives no energy.popcount_bit_pj, energy.accumulate_pj, "),
            std::string::npos)
      << some.err;
}

TEST(Simulate, NamesTheTechnologyOfEnergiesInItsJson) {
  EXPECT_EQ(simulated("resnet20", "bitfusion-haq")["energy_technology"], "45 nm ASIC");
}

TEST(Simulate, TellsWhatAnEnergyMayBeByTheBoundsOfConstants) {
  const auto total = [](const std::string& hardware, const std::vector<std::string>& settings) {
    std::vector<std::string> more{"--json", "-"};
    for (const std::string& setting : settings) more.insert(more.end(), {"--set", setting});
    return Json::parse(run_bitloom(simulate("resnet20", hardware, more)).out)["total"];
  };
  const Json told = total("bismo-edge", {});
  const auto at = [&](const char* value) {
    return total("bismo-edge",
                 {std::string("energy.popcount_bit_pj={value: ") + value + ", source: a bound}"});
  };
  EXPECT_EQ(told["energy_least_mj"], at("0.037")["energy_mj"]);
  EXPECT_EQ(told["energy_most_mj"], at("1.36")["energy_mj"]);
  EXPECT_LT(told["energy_least_mj"], told["energy_mj"]);
  EXPECT_FALSE(at("0.5").contains("energy_least_mj")) << "a constant without bounds";
  EXPECT_FALSE(total("bitfusion-haq", {}).contains("energy_least_mj"));
}

}  // namespace
}  // namespace bitloom
