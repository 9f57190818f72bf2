#include "sim/families/bismo/stalls.h"

#include "base/split_mix.h"

namespace bitloom::mapping {
namespace {

std::uint64_t mixed(std::uint64_t x) { return split_mix(x + kSplitMixStep); }

}  // namespace

Cycles stall_before(std::uint64_t seed, Operand operand, std::int64_t plane) {
  const std::uint64_t port = operand == Operand::kActivations ? 0 : 1;
  const std::uint64_t random = mixed(mixed(mixed(seed) + port) + static_cast<std::uint64_t>(plane));
  const bool late = (random & 3) == 0;
  return late ? Cycles(static_cast<std::int64_t>((random >> 2) % 32) + 1) : Cycles(0);
}

}  // namespace bitloom::mapping
