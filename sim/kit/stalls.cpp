#include "sim/kit/stalls.h"

#include "base/split_mix.h"

namespace bitloom::sim {
namespace {

std::uint64_t mixed(std::uint64_t x) { return split_mix(x + kSplitMixStep); }

}  // namespace

Cycles stall_before(std::uint64_t seed, int port, std::int64_t transfer) {
  const std::uint64_t random = mixed(mixed(mixed(seed) + static_cast<std::uint64_t>(port)) +
                                     static_cast<std::uint64_t>(transfer));
  const bool late = (random & 3) == 0;
  return late ? Cycles(static_cast<std::int64_t>((random >> 2) % 32) + 1) : Cycles(0);
}

}  // namespace bitloom::sim
