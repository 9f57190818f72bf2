#include "models/integer/codes.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "models/graph/precision.h"

namespace bitloom::integer {

std::int32_t CodeType::lowest() const {
  switch (encoding) {
    case Encoding::kUnsigned:
      return 0;
    case Encoding::kSigned:
      return -(std::int32_t{1} << (bits - 1));
    case Encoding::kBipolar:
      break;
  }
  return -highest();
}

std::int32_t CodeType::highest() const {
  switch (encoding) {
    case Encoding::kSigned:
      return (std::int32_t{1} << (bits - 1)) - 1;
    case Encoding::kUnsigned:
    case Encoding::kBipolar:
      break;
  }
  return (std::int32_t{1} << bits) - 1;
}

std::int64_t CodeType::magnitude() const { return std::max(-lowest(), highest()); }

std::uint32_t CodeType::pattern(std::int32_t code) const {
  if (encoding == Encoding::kBipolar) return static_cast<std::uint32_t>(code + highest()) >> 1;
  return static_cast<std::uint32_t>(code) & ((std::uint32_t{1} << bits) - 1);
}

std::int32_t CodeType::code(std::uint32_t pattern) const {
  const auto value = static_cast<std::int32_t>(pattern);
  if (encoding == Encoding::kBipolar) return 2 * value - highest();
  return value > highest() ? value - (std::int32_t{1} << bits) : value;
}

Scaling scaling_of(std::vector<double> scales) {
  Scaling scaling;
  if (scales.size() != 1) scaling.granularity = Granularity::kChannel;
  scaling.scales = std::move(scales);
  return scaling;
}

void ensure_valid(const CodeType& type) {
  ensure(type.bits >= graph::kMinBits && type.bits <= graph::kMaxBits,
         "codes have between 1 and 16 bits");
}

void ensure_codes(std::span<const std::int32_t> codes, const CodeType& type) {
  const std::int32_t lowest = type.lowest();
  const std::int32_t highest = type.highest();
  int outside =
      0;  // an integer and no early exit, for the sake of vectors: every run checks its codes
  for (const std::int32_t code : codes)
    outside |= static_cast<int>(code < lowest) | static_cast<int>(code > highest);
  ensure(outside == 0, "a code is outside its type's range");
  if (type.encoding == Encoding::kBipolar)
    ensure(std::all_of(codes.begin(), codes.end(), [](std::int32_t code) { return code % 2 != 0; }),
           "bipolar codes are odd");
}

}  // namespace bitloom::integer
