#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "tests/support/npy_file.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Json = nlohmann::json;
using Arguments = std::vector<std::string>;
using Shape = std::vector<std::size_t>;
using testing::contents;
using testing::expect_refused;
using testing::run_bitloom;

class Lut : public ::testing::Test {
 protected:
  Arguments arguments(const std::string& output, const Arguments& more = {}) const {
    Arguments all{"lut", "--network", "resnet20"};
    if (std::find(more.begin(), more.end(), "--hardware") == more.end())
      all.insert(all.end(), {"--hardware", "bismo-edge"});
    all.insert(all.end(), {"-o", folder_.file(output)});
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  void make(const std::string& output, const Arguments& more = {}) const {
    const auto result = run_bitloom(arguments(output, more));
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  Json simulated_at(const std::string& bits) const {
    return Json::parse(run_bitloom({"simulate", "--network", "resnet20", "--hardware", "bismo-edge",
                                    "--bits", bits, "--json", "-"})
                           .out)["layers"];
  }
  testing::TemporaryFolder folder_;
};

TEST_F(Lut, OfCyclesIsInt64InHaqsLayout) {
  make("t.npy");
  const auto table = testing::parse_npy<std::int64_t>(contents(folder_.file("t.npy")));
  EXPECT_EQ(table.type, "<i8");
  EXPECT_EQ(table.shape, (Shape{20, 8, 8}));
  const Json layers = simulated_at("3/7");
  for (std::size_t i = 0; i < layers.size(); ++i)
    EXPECT_EQ(table.values[(i * 8 + 3 - 1) * 8 + 7 - 1], layers[i]["cycles"]) << i;
}

TEST_F(Lut, OfEnergyIsFloat64) {
  make("t.npy", {"--metric", "energy_pj", "--max-bits", "4"});
  const auto table = testing::parse_npy<double>(contents(folder_.file("t.npy")));
  EXPECT_EQ(table.type, "<f8");
  EXPECT_EQ(table.shape, (Shape{20, 4, 4}));
  const Json layers = simulated_at("4/2");
  for (std::size_t i = 0; i < layers.size(); ++i) {
    double energy = 0;
    for (const Json& part : layers[i]["energy_pj"]) energy += part.get<double>();
    EXPECT_NEAR(table.values[(i * 4 + 4 - 1) * 4 + 2 - 1], energy, energy * 1e-12);
  }
}

TEST_F(Lut, OfBytesIsInt64) {
  make("t.npy", {"--metric", "dram_bytes", "--max-bits", "2"});
  const auto table = testing::parse_npy<std::int64_t>(contents(folder_.file("t.npy")));
  const Json layers = simulated_at("2/1");
  for (std::size_t i = 0; i < layers.size(); ++i)
    EXPECT_EQ(table.values[(i * 2 + 2 - 1) * 2 + 1 - 1], layers[i]["dram_bytes"]);
}

TEST_F(Lut, HasAJsonOfNamesBesideIt) {
  make("t.npy", {"--batch", "2", "--max-bits", "1"});
  const Json names = Json::parse(contents(folder_.file("t.json")));
  EXPECT_EQ(names["schema"], 1);
  EXPECT_EQ(names["network"], "resnet20");
  EXPECT_EQ(names["hardware"], "bismo-edge");
  EXPECT_EQ(names["batch"], 2);
  EXPECT_EQ(names["metric"], "cycles");
  EXPECT_EQ(names["shape"], Json({20, 1, 1}));
  EXPECT_EQ(names["layers"].size(), 20u);
  EXPECT_EQ(names["layers"][0], "conv1");
  EXPECT_EQ(names["hardware_description"]["array"]["dm"], 8);
}

TEST_F(Lut, IsInfiniteWhereALayerCannotBeMapped) {
  const auto result = run_bitloom(arguments("t.npy", {"--max-bits", "16"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto table = testing::parse_npy<double>(contents(folder_.file("t.npy")));
  EXPECT_EQ(table.type, "<f8");
  EXPECT_EQ(table.shape, (Shape{20, 16, 16}));
  const auto infinite = std::count_if(table.values.begin(), table.values.end(),
                                      [](double cycles) { return std::isinf(cycles); });
  EXPECT_NE(result.out.find(std::to_string(infinite) +
                            " entries are inf: at these bits a layer cannot be mapped\n"),
            std::string::npos)
      << result.out;
  const Json layers = simulated_at("3/7");
  for (std::size_t i = 0; i < layers.size(); ++i)
    EXPECT_EQ(table.values[(i * 16 + 3 - 1) * 16 + 7 - 1], layers[i]["cycles"]) << i;
  EXPECT_TRUE(std::isinf(table.values.back()));
}

TEST_F(Lut, RefusesALayerThatCannotBeMappedAtAll) {
  expect_refused(arguments("t.npy", {"--set", "timing.accumulator_bits=8"}),
                 "layer 'layer1.0.conv1' at 1/1 cannot be mapped onto bismo-edge "
                 "timing.accumulator_bits=8: a sum of 144 products needs 9 accumulator bits, "
                 "timing.accumulator_bits is 8");
}

TEST_F(Lut, TellsWhatItWrote) {
  const auto result = run_bitloom(arguments("t.npy", {"--max-bits", "2"}));
  std::string told = result.out;  // a long line is broken
  std::replace(told.begin(), told.end(), '\n', ' ');
  EXPECT_EQ(told, folder_.file("t.npy") +
                      ": cycles of resnet20 on bismo-edge, batch 1: 20 layers x 2 weight bits x 2 "
                      "activation bits " +
                      folder_.file("t.json") + ": names of the layers, hardware ");
}

TEST_F(Lut, SaysWhereItsEntriesDoNotAddUpToTheNetwork) {
  const auto said = [&](const Arguments& more) {
    const auto result = run_bitloom(arguments("t.npy", more));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  };
  EXPECT_EQ(said({}).find("do not add up"), std::string::npos);
  const std::string told =
      said({"--hardware", "bismo-edge-real", "--set", "layout.convert=differing"});
  const std::string before = "At 2 bits and 8 by turns the whole takes ";
  const std::size_t place = told.find(before);
  ASSERT_NE(place, std::string::npos) << told;
  Json layers = Json::array();
  for (int i = 0; i < 20; ++i) layers.push_back(i % 2 == 0 ? Json{2, 2} : Json{8, 8});
  const std::string policy = folder_.write("p.json", layers.dump());
  const Json whole = Json::parse(
      run_bitloom({"simulate", "--network", "resnet20", "--hardware", "bismo-edge-real", "--set",
                   "layout.convert=differing", "--policy", policy, "--json", "-"})
          .out);
  const auto table = testing::parse_npy<std::int64_t>(contents(folder_.file("t.npy")));
  double entries = 0;
  for (std::size_t i = 0; i < 20; ++i)
    entries += static_cast<double>(table.values[(i * 8 + (i % 2 ? 7 : 1)) * 8 + (i % 2 ? 7 : 1)]);
  const double over = 100 * (whole["total"]["cycles"].get<double>() / entries - 1);
  EXPECT_NEAR(std::stod(told.substr(place + before.size())), over, 0.05);
  const std::string apq =
      said({"--hardware", "bismo-edge-real", "--set", "layout.convert=differing", "--layout", "apq",
            "--weight-bits", "2,8", "--activation-bits", "2,8"});
  EXPECT_NE(apq.find(before), std::string::npos) << apq;
}

TEST_F(Lut, GoesToAFileThatEndsInNpy) {
  for (const std::string name : {"t.txt", ".npy", "npy", "t.npy.gz", ""}) {
    Arguments all = arguments("");
    all.back() = name;
    expect_refused(
        all, "-o '" + name + "': must be a name ending in .npy; the names go beside it in .json");
  }
  EXPECT_EQ(folder_.names(), Arguments{});
}

TEST_F(Lut, LeavesNothingWhereOneOfItsFilesCannotBeWritten) {
  std::filesystem::create_directory(folder_.path() / "t.json");
  expect_refused(arguments("t.npy"),
                 folder_.file("t.json") + ": cannot be written: Is a directory");
  EXPECT_EQ(folder_.names(), Arguments{"t.json"});
}

TEST_F(Lut, FindsADeviceFull) {
  std::filesystem::create_symlink("/dev/full", folder_.path() / "t.npy");
  expect_refused(arguments("t.npy"),
                 folder_.file("t.npy") + ": cannot be written: No space left on device");
  EXPECT_EQ(folder_.names(), Arguments{"t.npy"});
}

TEST_F(Lut, OffersItsLayouts) {
  expect_refused(arguments("t.npy", {"--layout", "ofa"}),
                 "--layout: unknown layout 'ofa' (known: haq, apq)");
}

TEST_F(Lut, ReplacesTheNamesOfAnEarlierTableAndNoOtherFile) {
  const std::string policy = folder_.write("policy.json", R"({"layers": []})");
  expect_refused(arguments("policy.npy"), policy +
                                              ": -o would replace it, though bitloom did not write "
                                              "it: move it or choose another name");
  EXPECT_EQ(contents(policy), R"({"layers": []})");
  for (int run = 0; run < 2; ++run) EXPECT_EQ(run_bitloom(arguments("t.npy")).exit_code, 0);
}

/// Rows of a table of layers, priced in APQ's layout on the machine of its table.
class ApqLut : public ::testing::Test {
 protected:
  const std::string head_ = "apq,first,conv,3,224,112,2,3,32,1,8,8,1\n";
  const std::string tail_ = "apq,last,conv,1,7,7,1,320,1280,1,8,8,0\n";

  Arguments arguments(const std::string& rows, const Arguments& more = {}) const {
    const std::string csv = folder_.write(
        "t.csv", "network,layer,kind,K,I,O,S,IC,OC,batch,abits,wbits,im2col\n" + rows);
    Arguments all{"lut",      "--layers-csv", csv,  "--hardware",          "bitfusion-apq",
                  "--layout", "apq",          "-o", folder_.file("t.dict")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Json made(const std::string& rows) const {
    const auto result = run_bitloom(arguments(rows));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return Json::parse(contents(folder_.file("t.dict")));
  }
  testing::TemporaryFolder folder_;
};

TEST_F(ApqLut, IsToldInATerminal) {
  const auto result = run_bitloom(
      arguments(head_ + tail_),
      {.folder = ".", .environment = {}, .output = testing::StandardOutput::kTerminalOf80Columns});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(testing::lines_beyond(80, result.out), Arguments{});
}

TEST_F(ApqLut, HoldsWhatApqPublished) {
  const Json table = made(head_ +
                          "apq,pw,conv,1,112,112,1,16,64,1,8,8,0\n"
                          "apq,dw,depthwise,3,112,56,2,64,64,1,8,8,0\n"
                          "apq,again,depthwise,3,112,56,2,64,64,1,4,4,0\n" +
                          tail_);
  EXPECT_EQ(table.size(), 2 * 9 + 2U) << "head, tail, and each shape once";
  const struct {
    const char* key;
    double latency, energy;
  } published[] = {{"(16, 64, 112, 1, 1, 0, 1)-W4A8", 0.55198, 0.931458820631968},
                   {"(64, 64, 112, 3, 2, 1, 64)-W4A6", 0.226456, 0.414125876971584},
                   {"(64, 64, 112, 3, 2, 1, 64)-W8A8", 0.453104, 0.5263239208902398},
                   {"head", 0.295904, 0.5061844841862639},
                   {"tail", 0.081608, 0.15180756309769594}};
  for (const auto& entry : published) {
    ASSERT_TRUE(table.contains(entry.key)) << entry.key;
    EXPECT_DOUBLE_EQ(table[entry.key]["latency"].get<double>(), entry.latency) << entry.key;
    EXPECT_DOUBLE_EQ(table[entry.key]["energy"].get<double>(), entry.energy) << entry.key;
  }
}

TEST_F(ApqLut, TakesANetworkAndOtherBits) {
  const std::string file = folder_.file("n.dict");
  const auto result =
      run_bitloom({"lut", "--network", "resnet20", "--hardware", "bismo-edge", "--layout", "apq",
                   "--weight-bits", "2-3", "--activation-bits", "4", "-o", "n.dict"},
                  {.folder = folder_.path().string(), .environment = {}});
  EXPECT_EQ(result.out,
            "n.dict: latency and energy of resnet20 on bismo-edge, batch 1: 12 entries as in\n"
            "APQ's table, head and tail among them; energy by constants of a 28 nm FPGA\n"
            "(Zynq-7020)\n");
  const Json table = Json::parse(contents(file));
  EXPECT_TRUE(table.contains("(16, 32, 32, 3, 2, 1, 1)-W2A4"));
  EXPECT_FALSE(table.contains("(3, 16, 32, 3, 1, 1, 1)-W2A4")) << "the head";
}

TEST_F(ApqLut, LeavesOutWhatCannotBeMappedAsApqDoes) {
  const std::string wide = "apq,dw,depthwise,7,14,14,1,480,480,1,8,8,0\n";
  const Json table = made(head_ + wide + tail_);
  for (const char* bits : {"W4A4", "W6A4", "W8A4"})
    EXPECT_FALSE(table.contains(std::string("(480, 480, 14, 7, 1, 3, 480)-") + bits)) << bits;
  EXPECT_EQ(table.size(), 6 + 2U);
  const std::string told = run_bitloom(arguments(head_ + wide + tail_)).out;
  EXPECT_NE(told.find("\n3 are left out, at whose bits a layer cannot be mapped; the first: layer\n"
                      "'"),
            std::string::npos)
      << told;
}

TEST_F(ApqLut, RefusesWhatDoesNotGoWithIt) {
  const std::string rows = head_ + tail_;
  expect_refused(arguments(rows, {"--metric", "cycles"}),
                 "--metric: goes with --layout haq; leave one out");
  expect_refused(arguments(rows, {"--network", "resnet20"}),
                 "--layers-csv and --network: a table goes without it; leave one out");
  expect_refused(arguments(rows, {"--batch", "2"}),
                 folder_.file("t.csv") + ":2: batch 1 in a table that is priced for 2 (--batch)");
  expect_refused(arguments(head_),
                 "APQ's layout has a head and a tail: at least two layers are needed");
  expect_refused({"lut", "--network", "resnet20", "--hardware", "bismo-edge", "-o", "t.npy",
                  "--weight-bits", "4"},
                 "--weight-bits: goes with --layout apq; leave one out");
  expect_refused({"lut", "--hardware", "bismo-edge", "-o", "t.npy"},
                 "bitloom lut: --network or --layers-csv is required (see bitloom lut --help)");
  expect_refused(arguments(head_ + "apq,odd,conv,2,8,8,1,4,4,1,8,8,0\n" + tail_),
                 "layer '" + folder_.file("t.csv") +
                     ":3: odd' has no key in APQ's layout, (in, out, size, kernel, stride, "
                     "padding, groups): no padding that is equal on both sides gives 8 rows of "
                     "output");
}

}  // namespace
}  // namespace bitloom
