// BitFusion, and tables of layers, through the program.
#include <gtest/gtest.h>

#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/support/npy_file.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using Json = nlohmann::json;
using testing::expect_refused;
using testing::run_bitloom;

const std::string kNetworks = BITLOOM_SOURCE_DIR "/tests/golden/bitfusion_networks.csv";
const testing::ProgramSetting kFusionTerminal{
    .folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns};

Json run_json(Arguments arguments) {
  arguments.insert(arguments.end(), {"--json", "-"});
  const testing::ProgramResult result = run_bitloom(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return Json::parse(result.out);
}

TEST(BitFusion, TellsOfItsTrafficInJson) {
  const Json json = run_json(
      {"simulate", "--network", "mobilenet_v1", "--hardware", "bitfusion-haq", "--bits", "4/4"});
  for (const Json& layer : json["layers"]) {
    EXPECT_EQ(layer["cycles"].get<std::int64_t>() - layer["memory_wait_cycles"].get<std::int64_t>(),
              layer["compute_cycles"].get<std::int64_t>());
    const Json& bits = layer["traffic_bits"];
    EXPECT_EQ(bits.size(), 8U);
    EXPECT_EQ(bits["wbuf_write"].get<std::int64_t>() + bits["ibuf_write"].get<std::int64_t>() +
                  bits["dram_write"].get<std::int64_t>(),
              bits["dram_read"].get<std::int64_t>())
        << "outputs come as often as they go";
    EXPECT_EQ(
        (bits["dram_read"].get<std::int64_t>() + bits["dram_write"].get<std::int64_t>() + 7) / 8,
        layer["dram_bytes"].get<std::int64_t>());
    EXPECT_EQ(layer["mapping"]["order"].size(), 5U);
    for (const char* loop : {"batch", "x", "y", "in", "out"})
      EXPECT_GE(layer["mapping"]["tile"][loop], 1) << loop;
  }
}

TEST(BitFusion, ExplainsItsMappings) {
  const Arguments simulate{"simulate",   "--network",           "mobilenet_v1",
                           "--hardware", "bitfusion-edge-real", "--explain"};
  const auto result = run_bitloom(simulate, kFusionTerminal);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  for (const char* part : {"conv_pw_13 8/8", "  tile ", "  loops ", "  fetched ", "  why "})
    EXPECT_NE(result.out.find(part), std::string::npos) << part;
}

TEST(BitFusion, IsDescribedWithItsUnitsAsTheySynthesize) {
  const auto result = run_bitloom({"describe", "hardware", "bitfusion-haq"}, kFusionTerminal);
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
  EXPECT_NE(result.out.find("83648 LUT, 4096 FF (rtl/fusion_unit.sv"), std::string::npos)
      << result.out;
}

TEST(BitFusion, HasLookUpTables) {
  const testing::TemporaryFolder folder;
  const std::string file = folder.file("t.npy");
  ASSERT_EQ(
      run_bitloom({"lut", "--network", "resnet20", "--hardware", "bitfusion-16x32", "-o", file})
          .exit_code,
      0);
  const Json layers = run_json({"simulate", "--network", "resnet20", "--hardware",
                                "bitfusion-16x32", "--bits", "3/5"})["layers"];
  const testing::NpyFile<std::int64_t> table =
      testing::parse_npy<std::int64_t>(testing::contents(file));
  ASSERT_EQ(table.shape, (std::vector<std::size_t>{20, 8, 8}));
  for (std::size_t i = 0; i < 20; ++i)
    EXPECT_EQ(table.values[(i * 8 + 2) * 8 + 4], layers[i]["cycles"].get<std::int64_t>());
}

TEST(BitFusion, RunsOnBothEngines) {
  const auto run = [](const char* engine) {
    return run_json({"simulate", "--network", "resnet20", "--hardware", "bitfusion-edge-real",
                     "--bits", "4/4", "--engine", engine});
  };
  const Json analytic = run("analytic"), cycle = run("cycle");
  for (std::size_t i = 0; i < cycle["layers"].size(); ++i) {
    const Json& layer = cycle["layers"][i];
    const Json& array = layer["array"];
    std::int64_t cycles = 0;
    for (const char* part :
         {"busy", "first_wait", "weight_wait", "activation_wait", "output_wait", "tail"})
      cycles += array[std::string(part) + "_cycles"].get<std::int64_t>();
    EXPECT_EQ(layer["cycles"], cycles);
    EXPECT_EQ(layer["compute_cycles"], analytic["layers"][i]["compute_cycles"]);
    EXPECT_EQ(layer["traffic_bits"], analytic["layers"][i]["traffic_bits"]);
    EXPECT_GE(array["port_busy_cycles"], 1);
  }
  expect_refused({"simulate", "--network", "resnet20", "--hardware", "bitfusion-haq", "--engine",
                  "cycle", "--trace", "t.vcd"},
                 "--trace: bitfusion-haq: nothing is recorded of family bitfusion");
}

TEST(BitFusion, TabulatesTheCycleEngine) {
  const testing::TemporaryFolder folder;
  const std::string file = folder.file("t.npy");
  const Arguments lut{"lut",      "--network", "resnet20",   "--hardware", "bitfusion-haq",
                      "--engine", "cycle",     "--max-bits", "2",          "-o",
                      file};
  ASSERT_EQ(run_bitloom(lut).exit_code, 0);
  const Json layers = run_json({"simulate", "--network", "resnet20", "--hardware", "bitfusion-haq",
                                "--bits", "2/1", "--engine", "cycle"})["layers"];
  const auto table = testing::parse_npy<std::int64_t>(testing::contents(file));
  for (std::size_t i = 0; i < 20; ++i)
    EXPECT_EQ(table.values[(i * 2 + 1) * 2], layers[i]["cycles"].get<std::int64_t>());
}

TEST(BitFusion, RefusesScratchpadsThatHoldNoTile) {
  const testing::TemporaryFolder folder;
  std::string text =
      testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bitfusion-edge-real.yaml");
  const std::string shipped = "weight_bytes: 262144";
  folder.write("t.yaml", text.replace(text.find(shipped), shipped.size(), "weight_bytes: 64"));
  expect_refused({"simulate", "--network", "resnet20", "--hardware", "t.yaml", "--bits", "8/8",
                  "--layers", "layer1.0.conv1"},
                 "layer 'layer1.0.conv1' at 8/8 cannot be mapped onto t: its smallest tile takes "
                 "4608 bits of the weight scratchpad, half of which holds 256 "
                 "(scratchpads.weight_bytes)",
                 {.folder = folder.path().string(), .environment = {}});
}

TEST(BitFusion, RefusesWidthsThatItsBricksCannotCompose) {
  expect_refused(
      {"simulate", "--network", "resnet20", "--hardware", "bitfusion-haq", "--bits", "9/2"},
      "layer 'conv1' at 9/2 cannot be mapped onto bitfusion-haq: its bricks compose "
      "operands of at most 8 bits (array.operand_bits), not 9");
  EXPECT_EQ(run_bitloom({"simulate", "--network", "resnet20", "--hardware", "bitfusion-edge-real",
                         "--bits", "16/9"})
                .exit_code,
            0);
}

TEST(BitFusionFile, IsHeldToWhatGoesTogether) {
  const testing::TemporaryFolder folder;
  const std::string shipped =
      testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bitfusion-edge-real.yaml");
  const auto refused = [&](const std::string& what, const std::string& by, const std::string& why) {
    std::string text = shipped;
    ASSERT_NE(text.find(what), std::string::npos) << what;
    folder.write("t.yaml", text.replace(text.find(what), what.size(), by));
    expect_refused({"describe", "hardware", "t.yaml"}, why,
                   {.folder = folder.path().string(), .environment = {}});
  };
  refused("unit_bits: 8", "unit_bits: 6",
          "t.yaml:5:41: array.unit_bits: must be 1, 2, 4, ... times brick_bits (2), got 6");
  refused("operand_bits: 16", "operand_bits: 12",
          "t.yaml:5:73: array.operand_bits: must be 1, 2, 4, ... times unit_bits (8), got 12");
  refused("weight_bytes: 262144", "weight_bytes: 100",
          "t.yaml:6:29: scratchpads.weight_bytes: must be a multiple of its 64 banks, got 100");
  refused("rows: 8", "rows: 0", "t.yaml:5:15: array.rows: must be in [1, 4096], got 0");
  refused("energy:", "oddities: {depthwise_proxy: true, depthwise_dense_rows: 4}\nenergy:",
          "t.yaml:13:57: oddities.depthwise_dense_rows: must be 0 with depthwise_proxy, which runs "
          "depthwise layers in another way");
}

TEST(LayerTable, HasApqsFiguresOnItsMachine) {
  const testing::TemporaryFolder folder;
  // (64, 64, 112, 3, 2, 1, 64)-W4A6, (16, 64, 112, 1, 1, 0, 1)-W4A8, head and tail.
  const std::string file = folder.write(
      "t.csv",
      "network,layer,kind,K,I,O,S,IC,OC,batch,abits,wbits,im2col\n"
      "apq,dw,depthwise,3,112,56,2,64,64,1,6,4,0\n"
      "apq,pw,conv,1,112,112,1,16,64,1,8,4,0\n"
      "apq,head,conv,3,224,112,2,3,32,1,8,8,1\napq,tail,conv,1,7,7,1,320,1280,1,8,8,0\n");
  const Json json = run_json({"simulate", "--layers-csv", file, "--hardware", "bitfusion-apq"});
  const struct {
    double latency_ms, energy_mj;
  } published[] = {{0.226456, 0.414125876971584},
                   {0.55198, 0.931458820631968},
                   {0.295904, 0.5061844841862639},
                   {0.081608, 0.15180756309769594}};
  for (std::size_t i = 0; i < std::size(published); ++i) {
    const Json& layer = json["layers"][i];
    double energy_pj = 0;
    for (const Json& part : layer["energy_pj"]) energy_pj += part.get<double>();
    EXPECT_DOUBLE_EQ(layer["latency_ms"].get<double>(), published[i].latency_ms) << i;
    EXPECT_DOUBLE_EQ(energy_pj * 1e-9, published[i].energy_mj) << i;
  }
}

TEST(LayerTable, IsPricedRowByRowAtItsBitsAndBatch) {
  const Json json =
      run_json({"simulate", "--layers-csv", kNetworks, "--hardware", "bitfusion-16x32-bw192"});
  EXPECT_EQ(json["network"], "bitfusion_networks");
  EXPECT_EQ(json["batch"], 16);
  std::istringstream table(testing::contents(kNetworks));
  std::string line;
  std::getline(table, line);
  for (const Json& layer : json["layers"]) {
    ASSERT_TRUE(std::getline(table, line));
    EXPECT_EQ(
        line.rfind(
            layer["network"].get<std::string>() + "," + layer["name"].get<std::string>() + ",", 0),
        0U)
        << line;
    EXPECT_TRUE(line.find(",16," + layer["activation_bits"].dump() + "," +
                          layer["weight_bits"].dump() + ",") != std::string::npos)
        << line;
  }
  EXPECT_FALSE(std::getline(table, line));
}

TEST(LayerTable, MayMixBatchesAndRunOnBismo) {
  const testing::TemporaryFolder folder;
  const std::string file =
      folder.write("t.csv",
                   "network,layer,kind,K,I,O,S,IC,OC,batch,abits,wbits,im2col\n"
                   "N,a,conv,3,8,8,1,16,32,1,4,4,0\nN,b,conv,3,8,8,1,16,32,3,4,4,0\n");
  const Json json = run_json({"simulate", "--layers-csv", file, "--hardware", "bismo-edge"});
  EXPECT_TRUE(json["batch"].is_null());
  EXPECT_TRUE(json["input"].is_null());
  EXPECT_EQ(json["layers"][1]["batch"], 3);
  EXPECT_EQ(json["layers"][1]["cycles"], 3 * json["layers"][0]["cycles"].get<std::int64_t>());
  const auto text = run_bitloom({"simulate", "--layers-csv", file, "--hardware", "bismo-edge"});
  EXPECT_NE(text.out.find("batch by row"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("for all rows"), std::string::npos) << text.out;
}

TEST(LayerTable, AddsUpTheWorkOfItsBatches) {
  const testing::TemporaryFolder folder;
  const std::string file =
      folder.write("t.csv",
                   "network,layer,kind,K,I,O,S,IC,OC,batch,abits,wbits,im2col\n"
                   "N,a,conv,3,8,8,1,16,32,1,4,4,0\nM,b,conv,3,8,8,1,16,32,3,4,2,0\n");
  const Arguments simulate{"simulate", "--layers-csv", file, "--hardware", "bitfusion-edge-real"};
  constexpr std::int64_t kMacs = 9 * 8 * 8 * 16 * 32;  // a layer's, of an image
  const Json json = run_json(simulate);
  EXPECT_EQ(json["layers"][1]["macs"], kMacs);
  EXPECT_EQ(json["layers"][1]["batch"], 3);
  EXPECT_EQ(json["total"]["macs"], 4 * kMacs);
  EXPECT_EQ(json["total"]["bops"], (16 + 3 * 8) * kMacs);
  EXPECT_NE(run_bitloom(simulate).out.find("(MACs x W x A)\n"), std::string::npos);
  Arguments csv = simulate;
  csv.insert(csv.end(), {"--csv", "-"});
  const std::string rows = run_bitloom(csv).out;
  EXPECT_NE(rows.find(",power_mw,conversion_cycles,network,batch,"), std::string::npos) << rows;
  EXPECT_NE(rows.find(",M,3,"), std::string::npos) << rows;
}

TEST(BitFusion, FitsFiguresOfABatchInto80Columns) {
  const auto expect_narrow = [](const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  };
  const std::string network = run_bitloom({"simulate", "--network", "resnet50", "--hardware",
                                           "bitfusion-haq", "--batch", "16"})
                                  .out;
  expect_narrow(network);
  const std::string table =
      run_bitloom({"simulate", "--layers-csv", kNetworks, "--hardware", "bitfusion-haq"}).out;
  ASSERT_NE(table.find("\nlatency"), std::string::npos);
  expect_narrow(table.substr(table.find("\nlatency")));  // names above are as long as they are
}

TEST(LayerTable, IsNamedWithTheLineOfALayerThatCannotBeMapped) {
  const testing::TemporaryFolder folder;
  folder.write("t.csv",
               "network,layer,kind,K,I,O,S,IC,OC,batch,abits,wbits,im2col\n"
               "N,a,conv,3,8,8,1,16,32,1,4,4,0\nN,a,conv,3,8,8,1,16,32,3,4,9,0\n");
  expect_refused({"simulate", "--layers-csv", "t.csv", "--hardware", "bitfusion-haq"},
                 "layer 't.csv:3: a' at 9/4 cannot be mapped onto bitfusion-haq: its bricks "
                 "compose operands of at most 8 bits (array.operand_bits), not 9",
                 {.folder = folder.path().string(), .environment = {}});
}

TEST(LayerTable, SaysItselfWhatOptionsWould) {
  const auto refused = [](const std::string& option, const std::string& value,
                          const std::string& complaint) {
    expect_refused(
        {"simulate", "--layers-csv", kNetworks, "--hardware", "bismo-edge", option, value},
        complaint);
  };
  refused("--network", "resnet20",
          "--layers-csv and --network: a table goes without it; leave one out");
  refused("--bits", "4/4", kNetworks + ": abits, wbits: every row says its own: leave --bits out");
  refused("--batch", "2", kNetworks + ": batch: every row says its own: leave --batch out");
  expect_refused({"simulate", "--layers-csv", "none.csv", "--hardware", "bismo-edge"},
                 "none.csv: no such file");
}

}  // namespace
}  // namespace bitloom
