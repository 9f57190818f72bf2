// The line that tells how far work is.
#include "cli/progress.h"

#include <gtest/gtest.h>

namespace bitloom::cli {
namespace {

ProgressParts parts() {
  return {.count = "300072 of 1000000",
          .unit = " points",
          .rate = ", 1064/s",
          .percent = " (30 %)",
          .note = ", front of 1091",
          .more = ", hypervolume about 0.89",
          .left = "3 min 20 s"};
}

TEST(ProgressText, LeavesOutPartsUntilItFits) {
  EXPECT_EQ(progress_text(parts(), 200),
            "300072 of 1000000 points, 1064/s (30 %), front of 1091, hypervolume about 0.89, 3 min "
            "20 s left");
  EXPECT_EQ(progress_text(parts(), 92),
            "300072 of 1000000 points, 1064/s, front of 1091, hypervolume about 0.89, 3 min 20 s "
            "left");
  EXPECT_EQ(progress_text(parts(), 80),
            "300072 of 1000000 points, front of 1091, hypervolume about 0.89, 3 min 20 s left");
  EXPECT_EQ(progress_text(parts(), 75),
            "300072 of 1000000, front of 1091, hypervolume about 0.89, 3 min 20 s left");
  EXPECT_EQ(progress_text(parts(), 60), "300072 of 1000000, front of 1091, 3 min 20 s left");
}

}  // namespace
}  // namespace bitloom::cli
