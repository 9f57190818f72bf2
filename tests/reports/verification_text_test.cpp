#include "reports/text/verification.h"

#include <gtest/gtest.h>

#include "reports/html/figures.h"
#include "reports/results/verification_notes.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

TEST(VerificationText, TellsWhatIsWrongOfThoseThatFail) {
  const reports::VerificationFile edge{.hardware = "edge",
                                       .array = "8x256x8",
                                       .pipeline_cycles = 4,
                                       .seed = 7,
                                       .layers = {{.bits = {"conv1", 4, 8},
                                                   .codes = "signed/signed",
                                                   .values = 90,
                                                   .values_equal = true,
                                                   .rtl_cycles = 12,
                                                   .analytic_cycles = 12,
                                                   .systemc_cycles = 12,
                                                   .passed = true},
                                                  {.bits = {"linear", 1, 8},
                                                   .codes = "bipolar/unsigned",
                                                   .values = 10,
                                                   .rtl_cycles = 8,
                                                   .analytic_cycles = 7,
                                                   .systemc_cycles = 7,
                                                   .complaint = "linear: wrong"}}};
  EXPECT_EQ(reports::verification_text(edge, 2.04, 80),
            "RTL of edge (8x256x8 array, 4 pipeline cycles), batch 1, seed 7\n\n"
            "layer  W/A codes            values RTL cycles analytic SystemC verdict\n"
            "----------------------------------------------------------------------\n"
            "conv1  4/8 signed/signed        90         12       12      12 pass\n"
            "linear 1/8 bipolar/unsigned     10          8        7       7 FAIL\n"
            "\nThe engines count the RTL's pipeline here: 4 cycles a phase. simulate counts 0,\n"
            "as timing.pipeline_cycles of edge says.\n"
            "\nlinear: wrong\n"
            "\nFAIL: 1 of 2 layers pass; 100 values, 20 RTL cycles in 2.0 s\n");
}

TEST(VerificationText, OfAUnitComparesWithItsRules) {
  const reports::VerificationFile unit{.hardware = "fusion",
                                       .array = "fusion unit",
                                       .passed = true,
                                       .layers = {{.bits = {"random 0", 1, 1},
                                                   .codes = "signed/unsigned",
                                                   .values = 3,
                                                   .values_equal = true,
                                                   .rtl_cycles = 5,
                                                   .analytic_cycles = 5,
                                                   .passed = true}}};
  EXPECT_EQ(reports::verification_text(unit, 0, 80),
            "RTL of fusion: a fusion unit in place of the array, batch 1, seed 1\n\n"
            "layer    W/A codes           values equal RTL cycles by the rules verdict\n"
            "-------------------------------------------------------------------------\n"
            "random 0 1/1 signed/unsigned      3   yes          5            5 pass\n"
            "\nRTL cycles are those of one fusion unit, which computes all products of a layer\n"
            "one after the other; simulate counts the array's.\n"
            "\nPASS: 1 of 1 layers pass; 3 values, 5 RTL cycles in 0.0 s\n");
}

TEST(VerificationText, TellsWhatSimulateNeedsToCountTheSameCycles) {
  reports::VerificationFile cloud{.hardware = "cloud",
                                  .array = "16x16x16",
                                  .pipeline_cycles = 4,
                                  .described_pipeline_cycles = 4,
                                  .batch = 2,
                                  .described_batch = 16,
                                  .layers = {}};
  cloud.layers.push_back({.bits = {"fc", 4, 4}, .codes = "signed/signed", .systemc_cycles = 9});
  const auto says = [&](const std::string& line) {
    return reports::verification_text(cloud, 0, 200).find("\n" + line + "\n") != std::string::npos;
  };
  EXPECT_TRUE(says("2 images ran here; simulate prices 16, the batch of cloud."));
  EXPECT_TRUE(says("simulate counts the same cycles with --batch 2."));
  cloud.described_pipeline_cycles = 0;
  EXPECT_TRUE(
      says("simulate counts the same cycles with --batch 2 --set timing.pipeline_cycles=4."));
  cloud.batch = 16;
  EXPECT_TRUE(says("simulate counts the same cycles with --set timing.pipeline_cycles=4."));
  cloud.described_batch.reset();  // random layers, which simulate does not have
  EXPECT_EQ(reports::verification_text(cloud, 0, 200).find("simulate counts the"),
            std::string::npos);
  cloud.layers[0].systemc_cycles.reset();  // of a unit
  cloud.described_batch = 1;
  EXPECT_TRUE(says("16 images ran here; simulate prices 1, the batch of cloud."));
}

TEST(VerificationNotes, AreToldOfTheRtlOfARun) {
  const testing::TemporaryFolder folder;
  folder.write("manifest.json", "{}");
  const reports::VerificationFile edge{.hardware = "edge",
                                       .array = "8x256x8",
                                       .pipeline_cycles = 4,
                                       .batch = 1,
                                       .described_batch = 16,
                                       .layers = {{.bits = {"fc", 4, 4},
                                                   .codes = "signed/signed",
                                                   .rtl_cycles = 9,
                                                   .analytic_cycles = 9,
                                                   .systemc_cycles = 9,
                                                   .passed = true}}};
  folder.write("verify.json", reports::json_text(edge));
  const auto figure = reports::verdicts_figure(reports::read_run(folder.path().string()));
  ASSERT_TRUE(figure);
  EXPECT_NE(figure->caption.find(
                " 1 image ran here; simulate prices 16, the batch of edge. The engines count the "
                "RTL's pipeline here: 4 cycles a phase. simulate counts 0, as "
                "timing.pipeline_cycles of edge says. simulate counts the same cycles with "
                "--batch 1 --set timing.pipeline_cycles=4."),
            std::string::npos)
      << figure->caption;
}

TEST(VerificationNotes, TellThatLayersHaveMoreBitsThanSimulateCounts) {
  reports::Verdict same, wider;
  same.bits = {"conv1", 8, 8};
  wider.bits = {"conv2", 1, 2};
  same.systemc_cycles = wider.systemc_cycles = 9;
  wider.has_more_bits = true;
  reports::VerificationFile edge;
  edge.described_batch = 1;
  edge.layers = {same, wider};
  const std::string policy = "a policy of the bits W/A of these layers: conv2";
  EXPECT_EQ(reports::why_simulate_differs(edge).back(),
            "simulate counts the same cycles with " + policy +
                " has more activation bits here than in the network.");
  edge.pipeline_cycles = 4;
  edge.layers.push_back(wider);
  EXPECT_EQ(reports::why_simulate_differs(edge).back(),
            "simulate counts the same cycles with --set timing.pipeline_cycles=4 and " + policy +
                " and 1 other layer have more activation bits here than in the network.");
  edge.layers = {same};
  EXPECT_EQ(reports::why_simulate_differs(edge).back(),
            "simulate counts the same cycles with --set timing.pipeline_cycles=4.");
}

TEST(VerificationText, TellsOfDepthwiseWeightsThatABatchMakesZeroOrLess) {
  reports::VerificationFile edge{
      .hardware = "edge", .array = "8x256x8", .batch = 2, .passed = true, .layers = {}};
  edge.layers.push_back(
      {.bits = {"dw", 1, 4}, .codes = "signed/unsigned", .systemc_cycles = 9, .passed = true});
  const auto says = [&] {
    return reports::verification_text(edge, 0, 200).find("are 0 and -1 here, not -1 and +1") !=
           std::string::npos;
  };
  EXPECT_TRUE(says());
  edge.batch = 1;
  EXPECT_FALSE(says());
}

}  // namespace
}  // namespace bitloom
