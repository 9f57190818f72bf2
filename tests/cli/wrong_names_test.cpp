// Names that nothing has, and hardware files that are wrong, as the program tells of them.
#include <gtest/gtest.h>

#include "tests/support/run_program.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::expect_refused;

/// `(known: ...)` with the names of the shipped hardware.
std::string known_hardware() {
  std::string names;
  for (const std::string& name : hardware::hardware_names(testing::kHardwareFolder))
    names += (names.empty() ? "" : ", ") + name;
  return "(known: " + names + ")";
}

TEST(Names, OfNetworksAreOfferedWhereOneIsMisspelt) {
  const testing::ProgramResult result =
      testing::run_bitloom({"simulate", "--network", "resnet19", "--hardware", "bismo-edge"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err.rfind("--network: unknown network 'resnet19': did you mean resnet18", 0), 0u)
      << result.err;
  const testing::ProgramResult unnamed =
      testing::run_bitloom({"simulate", "--network", "", "--hardware", "bismo-edge"});
  EXPECT_EQ(unnamed.err.rfind("--network: unknown network '' (known: mobilenet_v1, ", 0), 0u)
      << unnamed.err;
}

TEST(Names, OfHardwareEnginesMetricsAndListsAreOfferedWhereOneIsMisspelt) {
  expect_refused(
      {"simulate", "--network", "resnet20", "--hardware", "bismo-egde"},
      "--hardware: unknown hardware 'bismo-egde': did you mean bismo-edge? " + known_hardware());
  expect_refused({"lut", "--network", "resnet20", "--hardware", "bismo-edge", "-o", "t.npy",
                  "--metric", "cycle"},
                 "--metric: unknown metric 'cycle': did you mean cycles? "
                 "(known: cycles, energy_pj, dram_bytes)");
  expect_refused({"list", "nets"},
                 "unknown list 'nets' (known: networks, hardware, dram, memories, data, recipes, "
                 "searches, quantizers)");
  const testing::ProgramResult engine = testing::run_bitloom(
      {"simulate", "--network", "resnet20", "--hardware", "bismo-edge", "--engine", "analytical"});
  EXPECT_EQ(engine.exit_code, 2);
  EXPECT_EQ(engine.err.rfind("--engine: unknown engine 'analytical': did you mean analytic?", 0),
            0u)
      << engine.err;
  expect_refused({"simulate", "--network", "sc.csv", "--hardware", "bismo-edge"},
                 "--network: unknown network 'sc.csv': a table of layers goes by --layers-csv");
}

TEST(HardwareFiles, AreRefusedWithFileLineAndColumn) {
  const testing::TemporaryFolder folder;
  folder.write("mine.yaml", "family: bismo\narray: {dm: 8, dk: 0, dn: 8}\n");
  expect_refused({"describe", "hardware", "mine.yaml"},
                 "mine.yaml:2:20: array.dk: must be in [1, 4096], got 0",
                 {.folder = folder.path().string(), .environment = {}});
}

TEST(HardwareFiles, AreNamedByASlashOrTheirEnding) {
  const testing::TemporaryFolder folder;
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  expect_refused({"describe", "hardware", "mine.yaml"}, "mine.yaml: no such file", there);
  expect_refused({"describe", "hardware", "mine.yml"}, "mine.yml: no such file", there);
  expect_refused({"describe", "hardware", "./mine"}, "./mine: no such file", there);
  expect_refused({"describe", "hardware", "./"}, "./: is a folder, not a file", there);
  expect_refused({"describe", "hardware", "mine"}, "unknown hardware 'mine' " + known_hardware(),
                 there);
}

TEST(HardwareFiles, HaveAReadableName) {
  const testing::TemporaryFolder folder;
  const std::string yaml =
      testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml");
  folder.write("\xff.yaml", yaml);
  folder.write("a\nb.yaml", yaml);
  const std::string why =
      ": its name names the hardware: must be UTF-8 text without control characters";
  const testing::ProgramSetting there{.folder = folder.path().string(), .environment = {}};
  for (const std::string name : {"\xff", "a\nb"}) {
    const testing::ProgramResult result = testing::run_bitloom(
        {"simulate", "--network", "resnet20", "--hardware", name + ".yaml", "--json", "-"}, there);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_NE(result.err.find(why), std::string::npos) << result.err;
  }
}

TEST(Configs, AreFoundFromAnyWorkingDirectory) {
  for (const std::string folder : {"/", "/tmp", BITLOOM_SOURCE_DIR}) {
    const auto result =
        testing::run_bitloom({"list", "hardware"}, {.folder = folder, .environment = {}});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("bismo-edge"), std::string::npos);
  }
}

TEST(Configs, ComeFromTheFolderThatTheEnvironmentNames) {
  const testing::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "hardware");
  folder.write("hardware/mine.yaml",
               testing::contents(BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"));
  const testing::ProgramSetting setting{
      .folder = ".", .environment = {{"BITLOOM_CONFIGS", folder.path().string()}}};
  EXPECT_NE(testing::run_bitloom({"list", "hardware"}, setting).out.find("\nmine "),
            std::string::npos);
  expect_refused({"describe", "hardware", "bismo-edge"},
                 "unknown hardware 'bismo-edge' (known: mine)", setting);
}

TEST(Configs, MayBeMissing) {
  expect_refused({"list", "hardware"},
                 "/none/hardware: cannot be listed: No such file or directory",
                 {.folder = ".", .environment = {{"BITLOOM_CONFIGS", "/none"}}});
  const auto unset = testing::run_bitloom(
      {"list", "hardware"}, {.folder = ".", .environment = {{"BITLOOM_CONFIGS", ""}}});
  EXPECT_EQ(unset.exit_code, 0) << "an empty variable is none";
}

}  // namespace
}  // namespace bitloom
