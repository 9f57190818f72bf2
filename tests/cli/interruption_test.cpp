#include <gtest/gtest.h>

#include <csignal>

#include "cli/interruption.h"

namespace bitloom::cli {
namespace {

TEST(Interruption, SaysThatTheCommandGoesOnAndEndsTheProgram) {
  EXPECT_EXIT(
      {
        promise_to_go_on();
        std::raise(SIGINT);
      },
      ::testing::KilledBySignal(SIGINT), "stopped; the same command goes on from here");
}

}  // namespace
}  // namespace bitloom::cli
