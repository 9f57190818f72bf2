#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"
#include "rtl/verify/core_builder.h"
#include "tests/rtl/layer_check.h"
#include "tests/support/complaint.h"
#include "tests/support/shipped_hardware.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::verify {
namespace {

namespace fs = std::filesystem;

const fs::path kSourceTree = BITLOOM_SOURCE_DIR;

class BuiltCore : public ::testing::Test {
 protected:
  void SetUp() override { fs::remove_all(folder_); }
  void TearDown() override { fs::remove_all(folder_); }

  CoreTools tools() const {
    return {.rtl = kSourceTree / "rtl", .headers = kSourceTree, .cache = folder_ / "cache"};
  }
  std::ptrdiff_t cached() const {
    return std::distance(fs::directory_iterator(folder_ / "cache"), fs::directory_iterator());
  }

  const fs::path folder_ =
      fs::temp_directory_path() / ("bitloom-cores-" + std::to_string(getpid()));
  const CoreParameters small_{.dm = 3,
                              .dk = 16,
                              .dn = 2,
                              .accumulator_bits = 32,
                              .activation_words = 32,
                              .weight_words = 32,
                              .activation_port_bits = 16,
                              .weight_port_bits = 16,
                              .result_port_bits = 192};
};

TEST_F(BuiltCore, IsBuiltOnFirstUseAndThenTakenFromTheCache) {
  const auto core = core_for(small_, tools());
  EXPECT_EQ(core->parameters(), small_);
  EXPECT_EQ(check_random_layers(*core, 50, 3, 5000, 0), "");
  EXPECT_EQ(cached(), 2);  // the core and Verilator's runtime
  EXPECT_EQ(check_random_layers(*core_for(small_, tools()), 5, 4, 5000, 0), "");
  EXPECT_EQ(cached(), 2);
}

TEST_F(BuiltCore, IsBuiltAgainWhereTheCacheIsDamaged) {
  const auto damage = [&](const auto& change) {
    for (const auto& entry : fs::directory_iterator(folder_ / "cache")) {  // core and runtime
      std::string bytes = bitloom::testing::contents(entry.path());
      change(bytes);
      fs::remove(entry.path());  // a loaded core keeps its file
      std::ofstream(entry.path(), std::ios::binary) << bytes;
    }
  };
  core_for(small_, tools());
  damage([](std::string& bytes) { bytes.resize(bytes.size() / 2); });
  EXPECT_EQ(check_random_layers(*core_for(small_, tools()), 5, 4, 5000, 0), "");
  EXPECT_EQ(cached(), 2);
  damage([](std::string& bytes) { bytes[bytes.size() / 2] ^= 1; });
  EXPECT_EQ(check_random_layers(*core_for(small_, tools()), 5, 4, 5000, 0), "");
  EXPECT_EQ(cached(), 2);
}

TEST_F(BuiltCore, RemovesWhatKilledBuildsLeft) {
  core_for(small_, tools());
  const pid_t gone = fork();
  if (gone == 0) _exit(0);
  ASSERT_EQ(waitpid(gone, nullptr, 0), gone);
  char host[256] = {};
  gethostname(host, sizeof host - 1);
  const auto scratch = [&](const std::string& of, pid_t process) {
    return folder_ / "cache" / ("core-x." + of + "." + std::to_string(process) + ".build");
  };
  fs::create_directories(scratch(host, gone) / "below");
  fs::create_directories(scratch(host, getppid()));
  fs::create_directories(scratch("elsewhere", gone));
  core_for(small_, tools());
  EXPECT_FALSE(fs::exists(scratch(host, gone)));
  EXPECT_TRUE(fs::exists(scratch(host, getppid())));    // still at work
  EXPECT_TRUE(fs::exists(scratch("elsewhere", gone)));  // not ours to judge
}

TEST_F(BuiltCore, OfTheEdgesArrayIsLinkedIn) {
  for (const char* name : {"bismo-edge", "bismo-edge-rtl"}) {
    const auto hw = testing::shipped_hardware(name);
    EXPECT_EQ(core_for(parameters_of(hw), tools())->parameters(), parameters_of(hw)) << name;
  }
  EXPECT_FALSE(fs::exists(folder_ / "cache"));
}

TEST_F(BuiltCore, ExportsThePipelineCyclesOfItsDescription) {
  const auto hw = testing::shipped_hardware("bismo-edge-rtl");
  EXPECT_EQ(core_for(parameters_of(hw), tools())->pipeline_cycles(), hw.pipeline_cycles);
}

TEST_F(BuiltCore, WritesAWaveformWhenBuiltForTracing) {
  CoreTools tracing = tools();
  tracing.trace = true;
  const auto core = core_for(small_, tracing);
  const fs::path waveform = folder_ / "wave.fst";
  ASSERT_TRUE(core->trace(waveform.string()));
  EXPECT_EQ(check_random_layers(*core, 2, 3, 5000, 0), "");
  core->close_trace();
  EXPECT_GT(fs::file_size(waveform), 1000U);
}

TEST_F(BuiltCore, NamesTheToolThatFailed) {
  CoreTools broken = tools();
  broken.verilator = "/nowhere/verilator";
  try {
    core_for(small_, broken);
    FAIL() << "built without a Verilator";
  } catch (const UserError& error) {
    EXPECT_NE(
        std::string(error.what()).find("building a core of 3x16x2: /nowhere/verilator failed: "),
        std::string::npos)
        << error.what();
  }
}

/// A build that fails names its log by the core's key.
TEST_F(BuiltCore, HasAnotherKeyWhereAToolHasAnotherVersion) {
  fs::create_directories(folder_);
  const auto complaint_of = [&](const std::string& version) {
    CoreTools own = tools();
    own.verilator = folder_ / "verilator";
    std::ofstream(own.verilator) << "#!/bin/sh\ntest \"$1\" = --version && echo " << version
                                 << "\n";
    fs::permissions(own.verilator, fs::perms::owner_all);
    return testing::complaint([&] { core_for(small_, own); });
  };
  const std::string first = complaint_of("5.006"), other = complaint_of("5.020");
  EXPECT_NE(first.find(" failed: "), std::string::npos) << first;
  EXPECT_EQ(complaint_of("5.006"), first);
  EXPECT_NE(other, first);
}

TEST_F(BuiltCore, FailsAtElaborationOnBadParameters) {
  CoreParameters bad = small_;
  bad.accumulator_bits = 7;
  try {
    core_for(bad, tools());
    FAIL() << "built a core with accumulators of 7 bits";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("bismo_core: AccumulatorWidth must be in 8..64"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace bitloom::verify
