#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

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

TEST(Interruption, StaysIgnoredWhereItIs) {
  EXPECT_EXIT(
      {
        std::signal(SIGINT, SIG_IGN);
        promise_to_go_on();
        std::raise(SIGINT);
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "^$");
}

}  // namespace
}  // namespace bitloom::cli
