#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "rtl/verify/core_builder.h"
#include "rtl/verify/cycle_check.h"
#include "sim/families/bismo/analytic.h"
#include "tests/rtl/layer_check.h"
#include "tests/rtl/test_cores.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::verify {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = BITLOOM_SOURCE_DIR;
const fs::path kCache = BITLOOM_MUTATED_CORES;

const std::string kMutations = "mutations", kScaledMutations = "scaled_mutations";

std::vector<std::string> patches(const std::string& folder = kMutations) {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(kSource / "tests/rtl" / folder))
    if (entry.path().extension() == ".patch") found.push_back(entry.path().stem().string());
  std::sort(found.begin(), found.end());
  return found;
}

/// A folder whose `rtl` is a copy of the RTL with one patch.
class MutatedRtl {
 public:
  explicit MutatedRtl(const std::string& name, const std::string& patches = kMutations) {
    fs::copy(kSource / "rtl", rtl());
    const fs::path patch = kSource / "tests/rtl" / patches / (name + ".patch");
    const std::string command =
        "patch -s -p1 -d '" + folder_.path().string() + "' < '" + patch.string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << patch << " does not apply";
  }
  fs::path rtl() const { return folder_.path() / "rtl"; }

 private:
  bitloom::testing::TemporaryFolder folder_;
};

class Mutation : public ::testing::TestWithParam<std::string> {};

// The checks are equality_test.cpp's, on one of its arrays: 2x8x3 with ports of 3, 5 and 7 bits.
TEST_P(Mutation, IsCaughtByTheDefaultTests) {
  const MutatedRtl mutated(GetParam());
  const CoreTools tools{.rtl = mutated.rtl(), .headers = kSource, .cache = kCache};
  const auto core = build_core(test_cores().back().parameters, tools);
  std::string caught = check_random_layers(*core, 200, 1, 12000, 0);
  if (caught.empty()) caught = check_random_layers(*core, 100, 2, 6000, 1);
  EXPECT_NE(caught, "");
  std::cout << GetParam() << ": " << caught << "\n";
}

class ScaledMutation : public ::testing::TestWithParam<std::string> {};

// The checks are scaled_planes_test.cpp's, on its first array.
TEST_P(ScaledMutation, IsCaughtByTheDefaultTests) {
  const MutatedRtl mutated(GetParam(), kScaledMutations);
  const CoreTools tools{.rtl = mutated.rtl(), .headers = kSource, .cache = kCache};
  const auto core = build_core(scaled_cores().front().parameters, tools);
  std::string caught = check_random_layers(*core, 200, 11, 6000, 0);
  if (caught.empty()) caught = check_random_layers(*core, 150, 12, 4000, 1);
  EXPECT_NE(caught, "");
  std::cout << GetParam() << ": " << caught << "\n";
}

TEST(Mutations, AreManyAndTheirTablesNameEach) {
  EXPECT_GE(patches().size(), 20U);
  EXPECT_GE(patches(kScaledMutations).size(), 12U);
  for (const std::string& folder : {kMutations, kScaledMutations}) {
    const std::string table =
        bitloom::testing::contents(kSource / "tests/rtl" / folder / "README.md");
    for (const std::string& name : patches(folder))
      EXPECT_NE(table.find("| " + name + " |"), std::string::npos) << name;
  }
}

TEST(Mismatch, NamesTheBitPlanesThatACoreGetsWrong) {
  const MutatedRtl mutated("shift_ors_the_bits");
  const CoreTools tools{.rtl = mutated.rtl(), .headers = kSource, .cache = kCache};
  const auto core = build_core(test_cores().back().parameters, tools);
  graph::LayerShape layer;
  layer.name = "fc";
  layer.kind = graph::LayerKind::kLinear;
  layer.in_channels = 20;
  layer.out_channels = 5;
  const auto schedule = analytic::schedule(mapping::map_layer(layer, {3, 3}, hardware_of(*core), 2),
                                           hardware_of(*core));
  const Workload workload =
      random_workload(layer, {3, 3}, 2, false, WeightCoding::kSigned, Draw::kUniform, 1);
  const LayerRun run = run_layer(*core, workload, schedule, reference_outputs(workload));
  ASSERT_TRUE(run.first_wrong);
  const auto planes = find_wrong_planes(*core, workload, schedule);
  ASSERT_TRUE(planes);
  EXPECT_EQ(planes->weight_bit, 1);  // 0 | n = 0 + n: the first pair that is wrong is 1, 1
  EXPECT_EQ(planes->activation_bit, 1);
  const std::string text = to_text(*run.first_wrong, "fc", planes);
  EXPECT_NE(text.find("fc: wrong value at pixel "), std::string::npos) << text;
  EXPECT_NE(text.find("; weight bit 1 with activation bit 1; in cycle "), std::string::npos)
      << text;
  EXPECT_NE(text.find(" of the layer, waveform time "), std::string::npos) << text;
}

INSTANTIATE_TEST_SUITE_P(Rtl, ScaledMutation, ::testing::ValuesIn(patches(kScaledMutations)),
                         [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Rtl, Mutation, ::testing::ValuesIn(patches()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace bitloom::verify
