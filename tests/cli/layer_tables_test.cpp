// Tables of layers in every command that prices.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using Json = nlohmann::json;
using testing::expect_refused;
using testing::run_bitloom;

/// Two layers in each kind of table that is read.
struct TableKind {
  const char* file;
  std::string text;
};

std::vector<TableKind> table_kinds() {
  const std::string convolution =
      "  equation: O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]\n"
      "  dimension_relations: [ix=1*ox+1*fx, iy=1*oy+1*fy]\n"
      "  loop_dims: [B, K, C, OY, OX, FY, FX]\n";
  return {{"net.csv", "layer,kind,K,I,P,S,IC,OC\na,conv,3,10,0,1,4,8\nb,conv,1,8,0,1,8,16\n"},
          {"net.csv",
           "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num "
           "Filter, Strides,\na, 10, 10, 3, 3, 4, 8, 1,\nb, 8, 8, 1, 1, 8, 16, 1,\n"},
          {"net.csv", "Layer, M, N, K,\na, 64, 8, 36,\nb, 64, 16, 8,\n"},
          {"net.yaml", "- name: a\n" + convolution + "  loop_sizes: [1, 8, 4, 8, 8, 3, 3]\n" +
                           "- name: b\n" + convolution + "  loop_sizes: [1, 16, 8, 8, 8, 1, 1]\n"}};
}

constexpr std::int64_t kTableMacs = 64 * 36 * 8 + 64 * 8 * 16;  // of both layers

class LayerTables : public ::testing::Test {
 protected:
  Json json(const Arguments& arguments) const {
    const auto result = run_bitloom(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return Json::parse(result.out);
  }
  /// Omegas of layers a and b, in a file.
  std::string sensitivities() const {
    Json layers = Json::array();
    for (const char* name : {"a", "b"}) {
      Json omega;
      for (int bits = 2; bits <= 8; ++bits) omega[std::to_string(bits)] = 1.0 / (1 << bits);
      layers.push_back(
          {{"name", name}, {"weights", {{"omega", omega}}}, {"activations", {{"omega", omega}}}});
    }
    return folder_.write("omega.json", Json{{"schema", 1},
                                            {"network", "net"},
                                            {"method", "trace"},
                                            {"quantizer", "min-max"},
                                            {"seed", 0},
                                            {"layers", layers}}
                                           .dump());
  }
  testing::TemporaryFolder folder_;
};

TEST_F(LayerTables, ThatPass64BitsAreRefusedAlikeByEveryCommand) {
  const std::string columns = "layer,kind,K,I,P,S,groups,IC,OC\n";
  std::string sum = columns;
  for (int i = 0; i < 40; ++i) sum += "w" + std::to_string(i) + ",conv,1,32768,0,1,1,4096,4096\n";
  const std::pair<std::string, int> tables[] = {
      {sum, 9},
      {columns + "a,conv,1,65536,0,1,1,16384,16384\n", 2},
      {columns + "a,conv,1,1,0,1,1,16777216,16777216\nb,conv,1,65536,0,1,1,16777216,16777216\n",
       3}};
  for (const auto& [text, line] : tables) {
    const std::string file = folder_.write("t.csv", text);
    const std::string complaint =
        file + ":" + std::to_string(line) +
        ": with this layer MACs, bits of weights or BOPs pass 2^63 - 1, the most that is counted; "
        "fewer or smaller layers would be right";
    expect_refused({"describe", "network", "--layers-csv", file}, complaint);
    expect_refused({"simulate", "--layers-csv", file, "--hardware", "bismo-edge"}, complaint);
    expect_refused({"compare", "--layers-csv", file, "--hardware", "bismo-edge,bismo-edge-rtl",
                    "--policies", "8/8"},
                   complaint);
  }
  const std::string file = folder_.write("t.csv", columns + "a,conv,1,65536,0,1,1,16384,16384\n");
  EXPECT_EQ(
      json({"describe", "network", "--layers-csv", file, "--bits", "1/1", "--json", "-"})["bops"],
      std::int64_t{1} << 60);
  for (const char* explain : {"--explain", "--bits=1/1"})
    EXPECT_EQ(
        json({"simulate", "--layers-csv", file, "--hardware", "bismo-edge", "--bits=1/1", "--json",
              "-", explain == std::string("--explain") ? explain : "--batch=1"})["total"]["bops"],
        std::int64_t{1} << 60);
}

TEST_F(LayerTables, WhoseRowsSayTheirBatchRefuseAnother) {
  const std::string file =
      folder_.write("t.csv", "layer,kind,K,I,P,S,IC,OC,batch\na,conv,3,8,1,1,4,8,3\n");
  for (const auto& [option, value, told] :
       {std::tuple{"--batch", "2", "--batch"}, {"--set", "batch=2", "--set batch=2"}})
    expect_refused({"simulate", "--layers-csv", file, "--hardware", "bismo-edge", option, value},
                   file + ": batch: every row says its own: leave " + told + " out");
}

TEST_F(LayerTables, OfEveryKindCostTheSameInEveryCommand) {
  for (const auto& [name, text] : table_kinds()) {
    const std::string file = folder_.write(name, text);
    const Json simulated = json({"simulate", "--layers-csv", file, "--hardware", "bismo-edge",
                                 "--bits", "4/6", "--json", "-"});
    EXPECT_EQ(simulated["total"]["macs"], kTableMacs) << text;
    const Json compared =
        json({"compare", "--layers-csv", file, "--hardware", "bismo-edge,bismo-cloud", "--policies",
              "4/6", "--batch", "1", "--json", "-"});
    EXPECT_EQ(compared["network"], "net");
    EXPECT_TRUE(compared["input"].is_null());
    EXPECT_EQ(compared["policies"][0]["costs"][0]["cycles"], simulated["total"]["cycles"]) << text;
    const Json described = json({"describe", "network", "--layers-csv", file, "--json", "-"});
    EXPECT_EQ(described["macs"], kTableMacs);
    EXPECT_EQ(described["parameters"], 36 * 8 + 8 * 16);
    EXPECT_TRUE(described["input"].is_null());
    const std::string table = folder_.file("t.npy");
    const auto made = run_bitloom(
        {"lut", "--layers-csv", file, "--hardware", "bismo-edge", "--max-bits", "2", "-o", table});
    EXPECT_EQ(made.exit_code, 0) << made.err;
    const Json names = Json::parse(testing::contents(folder_.file("t.json")));
    EXPECT_EQ(names["layers"], Json({"a", "b"}));
    EXPECT_TRUE(names["input"].is_null());
  }
}

TEST_F(LayerTables, GetAPolicyThatOtherCommandsRead) {
  const std::string sensitivity = sensitivities(), run = folder_.file("run");
  for (const auto& [name, text] : table_kinds()) {
    const std::string file = folder_.write(name, text);
    const auto searched =
        run_bitloom({"search", "--layers-csv", file, "--hardware", "bismo-edge", "--sensitivity",
                     sensitivity, "--budget", "latency=0.6x", "-o", run});
    ASSERT_EQ(searched.exit_code, 0) << searched.err;
    const Json manifest = Json::parse(testing::contents(run + "/manifest.json"));
    EXPECT_EQ(manifest["network"], "net");
    EXPECT_TRUE(manifest.contains("layers_csv_hash"));
    const Json found = Json::parse(testing::contents(run + "/simulation.json"));
    const Json simulated = json({"simulate", "--layers-csv", file, "--hardware", "bismo-edge",
                                 "--policy", run + "/policy.json", "--json", "-"});
    EXPECT_EQ(simulated["total"]["cycles"], found["total"]["cycles"]) << text;
    std::filesystem::remove_all(run);
  }
}

TEST_F(LayerTables, AreDescribedAtTheBitsThatTheySay) {
  const std::string file =
      folder_.write("net.csv", "layer,kind,K,I,P,S,IC,OC,abits,wbits\na,conv,3,10,0,1,4,8,6,5\n");
  const Json own = json({"describe", "network", "--layers-csv", file, "--json", "-"});
  EXPECT_EQ(own["layers"][0]["weight_bits"], 5);
  EXPECT_EQ(own["layers"][0]["activation_bits"], 6);
  const Json asked =
      json({"describe", "network", "--layers-csv", file, "--bits", "2/3", "--json", "-"});
  EXPECT_EQ(asked["layers"][0]["weight_bits"], 2);
}

TEST_F(LayerTables, TakeFromOptionsWhatACellLeavesEmpty) {
  const std::string file = folder_.write("net.csv",
                                         "Layer,Kind,k,i,p,s,ic,oc,Batch,abits,wbits\n"
                                         "a,conv,3,10,0,1,4,8,2,6,5\nb,conv,1,8,0,1,8,16,,,\n");
  const std::string policy = folder_.write("policy.json", R"({"network": "net", "layers": [
      {"name": "a", "weight_bits": 2, "activation_bits": 2},
      {"name": "b", "weight_bits": 3, "activation_bits": 4}]})");
  const auto second = [&](const Arguments& more) {
    Arguments all{"simulate", "--layers-csv", file, "--hardware", "bismo-edge", "--json", "-"};
    all.insert(all.end(), more.begin(), more.end());
    const Json layers = json(all)["layers"];
    EXPECT_EQ(layers[0]["weight_bits"], 5);
    EXPECT_EQ(layers[0]["batch"], 2);
    return Json{layers[1]["weight_bits"], layers[1]["activation_bits"], layers[1]["batch"]};
  };
  EXPECT_EQ(second({}), Json({8, 8, 1}));
  EXPECT_EQ(second({"--bits", "4/4", "--batch", "3"}), Json({4, 4, 3}));
  EXPECT_EQ(second({"--policy", policy}), Json({3, 4, 1}));
  EXPECT_EQ(second({"--edge-layers", "6/7"}), Json({6, 7, 1}));
  const Json compared =
      json({"compare", "--layers-csv", file, "--hardware", "bismo-edge", "--policies", "4/4",
            "--batch", "2", "--sweep", "array.dk=64,128", "--json", "-"});
  EXPECT_EQ(compared["hardware"][0]["batch"], 2);
  const Json described = json({"describe", "network", "--layers-csv", file, "--json", "-"});
  EXPECT_EQ(described["layers"][0]["weight_bits"], 5);
  EXPECT_EQ(described["layers"][1]["weight_bits"], 8);
}

TEST_F(LayerTables, AreOfferedAnotherBatchUnlessTheySayIt) {
  const auto offers_batch = [&](const std::string& batch) {
    const std::string file = folder_.write(
        "net.csv", "layer,kind,K,I,P,S,IC,OC,batch\na,fc,1,1,0,1,256,256," + batch + "\n");
    const auto result =
        run_bitloom({"simulate", "--layers-csv", file, "--hardware", "bismo-edge", "--explain"});
    return result.out.find("\nbatch=") != std::string::npos;
  };
  EXPECT_TRUE(offers_batch(""));
  EXPECT_FALSE(offers_batch("1"));
}

TEST_F(LayerTables, MayEndInCapitals) {
  const std::string text = table_kinds().back().text;
  for (const char* name : {"net.YAML", "net.YML"})
    EXPECT_EQ(json({"simulate", "--layers-csv", folder_.write(name, text), "--hardware",
                    "bismo-edge", "--json", "-"})["total"]["macs"],
              kTableMacs);
}

TEST_F(LayerTables, ArePricedAtTheBatchThatTheySay) {
  const std::string head = "layer,kind,K,I,P,S,IC,OC,batch\na,conv,3,10,0,1,4,8,4\n";
  folder_.write("net.csv", head);
  const testing::ProgramSetting here{.folder = folder_.path().string(), .environment = {}};
  const Arguments compare{"compare",    "--layers-csv",           "net.csv",
                          "--hardware", "bismo-edge,bismo-cloud", "--policies",
                          "4/4"};
  expect_refused(compare, "net: its rows say batch 4, and 1 is priced; --batch 4 would be right",
                 here);
  Arguments at_4 = compare;
  at_4.insert(at_4.end(), {"--batch", "4"});
  EXPECT_EQ(run_bitloom(at_4, here).exit_code, 0);
  folder_.write("net.csv", head + "b,conv,3,10,0,1,4,8,2\n");
  expect_refused(at_4,
                 "net.csv:3: has another batch than the rows before it; one for all would be right",
                 here);
}

TEST_F(LayerTables, MayBePricedInPart) {
  for (const auto& [name, text] : table_kinds()) {
    const std::string file = folder_.write(name, text);
    const auto simulated = [&](const Arguments& more) {
      Arguments all{"simulate", "--layers-csv", file, "--hardware", "bismo-edge", "--json", "-"};
      all.insert(all.end(), more.begin(), more.end());
      return json(all);
    };
    const Json all = simulated({}), second = simulated({"--layers", "1"});
    ASSERT_EQ(second["layers"].size(), 1U);
    EXPECT_EQ(second["layers"][0], all["layers"][1]);
    EXPECT_EQ(simulated({"--layers", "b"})["layers"], second["layers"]);
    EXPECT_EQ(simulated({"--layers", "*"})["layers"], all["layers"]);
    expect_refused({"simulate", "--layers-csv", file, "--hardware", "bismo-edge", "--layers", "c"},
                   "--layers: unknown layer 'c': did you mean a, b? (known: a, b)");
  }
}

TEST_F(LayerTables, AreDescribedWhateverTheirBatches) {
  const std::string file = folder_.write("net.csv",
                                         "layer,kind,K,I,P,S,IC,OC,batch\n"
                                         "a,conv,3,10,0,1,4,8,4\nb,conv,3,10,0,1,4,8,2\n");
  const Json described = json({"describe", "network", "--layers-csv", file, "--json", "-"});
  EXPECT_EQ(described["layers"].size(), 2U);
}

TEST_F(LayerTables, AreRefusedWithTheirPlace) {
  folder_.write("net.csv", "layer,kind,K,I,P,S,IC,OC\na,conv,3,10,0,1,4,8\na,conv,1,8,0,1,8,16\n");
  folder_.write("own.csv", "layer,kind,K,I,P,S,IC,OC,abits,wbits\na,conv,3,10,0,1,4,8,8,8\n");
  const testing::ProgramSetting here{.folder = folder_.path().string(), .environment = {}};
  const std::string twice =
      "net.csv:3: layer 'a' has the name of line 2's; a name for each would be right";
  expect_refused({"compare", "--layers-csv", "net.csv", "--hardware", "bismo-edge,bismo-cloud",
                  "--policies", "4/4"},
                 twice, here);
  expect_refused({"describe", "network", "--layers-csv", "net.csv"}, twice, here);
  expect_refused({"lut", "--layers-csv", "net.csv", "--hardware", "bismo-edge", "-o", "t.npy"},
                 twice, here);
  expect_refused(
      {"simulate", "--layers-csv", "own.csv", "--hardware", "bismo-edge", "--edge-layers", "8/8"},
      "own.csv: abits, wbits: every row says its own: leave --edge-layers out", here);
  for (const std::string command : {"compare", "lut", "describe network"}) {
    Arguments arguments{command, "--hardware", "bismo-edge", "-o", "t.npy"};
    if (command == "compare") arguments = {command, "--hardware", "bismo-edge,bismo-cloud"};
    if (command == "describe network") arguments = {"describe", "network"};
    const std::string option = command == "describe network" ? "name" : "--network";
    expect_refused(arguments,
                   "bitloom " + command + ": " + option +
                       " or --layers-csv is required (see bitloom " + command + " --help)",
                   here);
  }
  expect_refused({"describe", "network", "resnet20", "--layers-csv", "net.csv"},
                 "--layers-csv and name: a table goes without it; leave one out", here);
  expect_refused({"describe", "network", "--image-size", "32", "--layers-csv", "net.csv"},
                 "--layers-csv and --image-size: a table goes without it; leave one out", here);
}

TEST(RowsOfTables, TellWhereTheirResultsTakeMoreBitsThanANetworks) {
  const testing::TemporaryFolder folder;
  const std::string table = folder.write(
      "t.csv", "layer,kind,K,I,O,S,IC,OC\na,conv,1,16,16,1,16,256\nb,conv,1,16,16,1,256,16\n");
  const auto simulated = [&](const std::string& hardware, const std::string& bits) {
    return run_bitloom(
        {"simulate", "--layers-csv", table, "--hardware", hardware, "--bits", bits, "--json", "-"});
  };
  const auto few = simulated("bismo-edge-real", "4/4"), most = simulated("bismo-edge-real", "4/16");
  ASSERT_EQ(few.exit_code, 0) << few.err;
  const std::string warning = "rows do not say who reads them, so results are written with 16 bits";
  EXPECT_NE(few.err.find(warning), std::string::npos) << few.err;
  EXPECT_EQ(most.err.find(warning), std::string::npos) << "they have as many: " << most.err;
  EXPECT_EQ(simulated("bismo-edge", "4/4").err, "") << "results are always as wide there";
  const auto told = [&](std::vector<std::string> arguments) {
    const bool compares = arguments.front() == "compare";
    arguments.insert(arguments.end(),
                     {"--layers-csv", table, "--hardware",
                      compares ? "bismo-edge,bismo-edge-real" : "bismo-edge-real"});
    const auto result = run_bitloom(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.err;
  };
  const std::string at_8 = warning + ": at 8/8 ";
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"lut", "-o", folder.file("t.npy")},
        {"lut", "--layout", "apq", "-o", folder.file("t.dict")},
        {"compare", "--random", "1"}})
    EXPECT_NE(told(command).find(at_8), std::string::npos) << command.front();
  EXPECT_EQ(told({"lut", "--max-bits", "16", "-o", folder.file("t.npy")}).find(warning),
            std::string::npos)
      << "they have as many";
}

}  // namespace
}  // namespace bitloom
