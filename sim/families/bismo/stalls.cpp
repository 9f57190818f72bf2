#include "sim/families/bismo/stalls.h"

namespace bitloom::mapping {
namespace {

/// The output function of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, OOPSLA 2014).
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace

Cycles stall_before(std::uint64_t seed, Operand operand, std::int64_t plane) {
  const std::uint64_t port = operand == Operand::kActivations ? 0 : 1;
  const std::uint64_t random = mix(mix(mix(seed) + port) + static_cast<std::uint64_t>(plane));
  const bool late = (random & 3) == 0;
  return late ? Cycles(static_cast<std::int64_t>((random >> 2) % 32) + 1) : Cycles(0);
}

}  // namespace bitloom::mapping
