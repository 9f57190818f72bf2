#include "base/hash.h"

#include <fmt/format.h>

namespace bitloom {

Fnv1a& Fnv1a::add(std::string_view bytes) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  for (const char byte : bytes) value_ = (value_ ^ static_cast<unsigned char>(byte)) * kPrime;
  return *this;
}

Fnv1a& Fnv1a::add_part(std::string_view part) { return add(part).add("\xff"); }

std::string Fnv1a::text() const { return fmt::format("{:016x}", value_); }

}  // namespace bitloom
