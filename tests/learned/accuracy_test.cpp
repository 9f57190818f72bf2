// Accuracies of the same images compared.
#include "models/torch/accuracy.h"

#include <gtest/gtest.h>

#include <cmath>

namespace bitloom::nn {
namespace {

Accuracy answers(std::vector<bool> is_right) {
  Accuracy accuracy;
  accuracy.is_right = std::move(is_right);
  return accuracy;
}

/// Of ten images six are answered alike, three rightly by the first alone and one by the second:
/// the differences' mean is 0.2, their mean square 0.4.
TEST(PairedDifference, RestsOnImagesThatAreAnsweredUnlike) {
  const Estimate difference = paired_difference_pct(answers({1, 1, 1, 1, 1, 1, 1, 0, 0, 0}),
                                                    answers({1, 1, 1, 1, 0, 0, 0, 1, 0, 0}));
  EXPECT_NEAR(difference.value, 20, 1e-12);
  EXPECT_NEAR(difference.standard_error, 100 * std::sqrt((0.4 - 0.04) / 10), 1e-12);
}

TEST(PairedDifference, OfTheSameAnswersIsNone) {
  const Estimate difference = paired_difference_pct(answers({1, 0, 1}), answers({1, 0, 1}));
  EXPECT_EQ(difference.value, 0);
  EXPECT_EQ(difference.standard_error, 0);
}

TEST(PairedDifference, NeedsTheSameImages) {
  EXPECT_THROW(paired_difference_pct(answers({1, 0}), answers({1})), std::exception);
}

}  // namespace
}  // namespace bitloom::nn
