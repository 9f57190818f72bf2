#include <gtest/gtest.h>

#include "models/nn/memory.h"
#include "models/nn/processors.h"
#include "search/learned/haq_searcher.h"
#include "tests/support/synthetic_search.h"

namespace bitloom {
namespace {

// HAQ's schedule over 300 episodes of 50 steps; activations are fixed at 8 bits, which halves the time.
TEST(HaqSearch, ComesWithinTwoPercentOfTheKnownBestOnEightOfTenSeeds) {
  nn::use_processors(1);
  nn::keep_freed_memory();
  constexpr int kEpisodes = 300;
  const testing::SyntheticSearch problem({2, 3, 4, 5, 6, 7, 8}, "latency=0.6x");
  int near = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto haq =
        search::haq_searcher({problem.space(), kEpisodes, seed}, problem.network().layers,
                             search::default_warmup(kEpisodes));
    const double found = problem.run(*haq, kEpisodes);
    std::printf("seed %d: %.3f of %.3f\n", (int)seed, found, problem.best_top1()); std::fflush(stdout);
    near += found >= 0.98 * problem.best_top1();
  }
  EXPECT_GE(near, 8);
}

}  // namespace
}  // namespace bitloom
