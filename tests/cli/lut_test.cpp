#include <gtest/gtest.h>

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
    Arguments all{"lut",        "--network", "resnet20",          "--hardware",
                  "bismo-edge", "-o",        folder_.file(output)};
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

TEST_F(Lut, TellsWhatItWrote) {
  const auto result = run_bitloom(arguments("t.npy", {"--max-bits", "2"}));
  EXPECT_EQ(result.out,
            folder_.file("t.npy") +
                ": cycles of resnet20 on bismo-edge, batch 1: 20 layers x 2 weight bits x 2 "
                "activation bits\n" +
                folder_.file("t.json") + ": names of the layers, hardware\n");
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

}  // namespace
}  // namespace bitloom
