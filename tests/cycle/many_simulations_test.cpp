#include <gtest/gtest.h>

#include <fstream>

#include <sys/resource.h>
#include <unistd.h>

#include "sim/families/bismo/cycle.h"
#include "tests/cycle/random_case.h"

namespace bitloom {
namespace {

/// Resident memory of this process in KiB, as Linux counts it.
std::int64_t resident_kib() {
  std::ifstream file("/proc/self/statm");
  std::int64_t all = 0;
  std::int64_t resident = 0;
  file >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE) / 1024;
}

constexpr std::int64_t kAllowedGrowthKib = 256;

TEST(ManySimulations, InOneProcessTakeNoMoreMemoryThanAFew) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the address sanitizer holds up to 256 MB of freed memory back";
#endif
  std::mt19937 random(31);
  const auto simulate = [&](int times) {
    for (int i = 0; i < times; ++i) {
      const Case c(random);
      cycle::run(c.schedule(), c.hardware);
    }
  };
  simulate(500);
  const std::int64_t before = resident_kib();
  simulate(3000);
  EXPECT_LT(resident_kib() - before, kAllowedGrowthKib);
}

TEST(ManySimulations, GiveTheSameAnswerEachTime) {
  std::mt19937 random(32);
  const Case c(random);
  const cycle::Result first = cycle::run(c.schedule(), c.hardware);
  for (int i = 0; i < 20; ++i) {
    const cycle::Result again = cycle::run(c.schedule(), c.hardware);
    EXPECT_EQ(again.timing.total, first.timing.total);
    EXPECT_EQ(again.counters, first.counters);
  }
}

}  // namespace
}  // namespace bitloom
