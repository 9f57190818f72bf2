// Printed figures, tolerances and sizes of what `bitloom reproduce` compares.
#include <gtest/gtest.h>

#include "base/error.h"
#include "pipelines/reproduction/model_size.h"
#include "pipelines/reproduction/printed.h"

namespace bitloom::reproduction {
namespace {

TEST(PrintedFigures, KnowTheirLastDigit) {
  EXPECT_EQ(Printed("45.45").value, 45.45);
  EXPECT_NEAR(Printed("45.45").digit, 0.01, 1e-15);
  EXPECT_EQ(Printed("1048").digit, 1);
  EXPECT_THROW(Printed("4.5 MB"), InternalError);
}

TEST(Tolerances, OfTheLastDigitTakeHalfOfItEitherWay) {
  const Printed published("2.53");
  EXPECT_TRUE(last_digit().holds(published, 2.525));
  EXPECT_TRUE(last_digit().holds(published, 2.535));
  EXPECT_FALSE(last_digit().holds(published, 2.5249));
  EXPECT_FALSE(last_digit().holds(published, 2.5351));
}

TEST(Tolerances, OfACutDigitTakeWhatIsCut) {
  const Printed published("7.90");
  EXPECT_TRUE(last_digit_cut().holds(published, 7.9));
  EXPECT_TRUE(last_digit_cut().holds(published, 7.9099));
  EXPECT_FALSE(last_digit_cut().holds(published, 7.91));
  EXPECT_FALSE(last_digit_cut().holds(published, 7.8999));
}

TEST(Tolerances, OfPerCentsCountFromThePublishedFigure) {
  const Printed published("100");
  EXPECT_TRUE(within_percent(3).holds(published, 97));
  EXPECT_FALSE(within_percent(3).holds(published, 103.1));
  EXPECT_FALSE(exact().holds(published, 100.5));
  EXPECT_TRUE(at_most().holds(published, 99));
  EXPECT_FALSE(at_most().holds(published, 100.1));
}

TEST(Tolerances, OfRoundingFollowFromThePrintedOperands) {
  const Range range = quotient(Printed("97.8"), Printed("7.96"));
  EXPECT_NEAR(range.least, 97.75 / 7.965, 1e-12);
  EXPECT_NEAR(range.most, 97.85 / 7.955, 1e-12);
  EXPECT_TRUE(meets(range).holds(Printed("12.28"), 0));
  EXPECT_FALSE(meets(range).holds(Printed("12.26"), 0));
  EXPECT_FALSE(meets(range).holds(Printed("12.31"), 0));
}

TEST(ModelSizes, CountWhatTheConventionCounts) {
  const StoredNumbers resnet20 = stored_numbers("resnet20");
  EXPECT_EQ(resnet20.all_weights(), 268336);
  EXPECT_EQ(resnet20.biases, 10);
  EXPECT_EQ(resnet20.norms, 269722 - 268336 - 10);
  EXPECT_EQ(resnet20.statistics, resnet20.norms);
  EXPECT_EQ(
      size_bytes(resnet20,
                 {.first_layer = 8, .last_layer = 16, .other_layers = 2, .biases = 0, .norms = 32}),
      432 + 2 * 640 + (268336 - 432 - 640) / 4 + 4 * 1376);
}

}  // namespace
}  // namespace bitloom::reproduction
