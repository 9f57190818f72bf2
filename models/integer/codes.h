#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace bitloom::integer {

/// How bits read as a number: unsigned, two's complement, or bipolar: every bit b stands for 2b -
/// 1, so that w bits are the odd numbers from -(2^w - 1) to 2^w - 1.
enum class Encoding { kUnsigned, kSigned, kBipolar };

/// The codes of a tensor: `bits` in [1, 16].
struct CodeType {
  Encoding encoding = Encoding::kSigned;
  int bits = 8;

  std::int32_t lowest() const;
  std::int32_t highest() const;
  /// Largest absolute value of a code.
  std::int64_t magnitude() const;
  /// The bits that stand for `code`, plane i in bit i.
  std::uint32_t pattern(std::int32_t code) const;
  /// The code that `pattern` stands for.
  std::int32_t code(std::uint32_t pattern) const;
  bool operator==(const CodeType&) const = default;
};

/// Which values of an operand share a scale and a zero point: all of them; those of a channel (the
/// output channel of weights, the input channel of activations); or so many consecutive values of a
/// channel.
enum class Granularity { kTensor, kChannel, kGroup };

/// What codes stand for: real value = (code - zero point) * scale. Files and models can say more
/// than the integer arithmetic can compute: lower() refuses the rest by name.
struct Scaling {
  Granularity granularity = Granularity::kTensor;
  std::vector<double> scales = {1.0};          // not 0; of groups channel after channel
  std::vector<std::int32_t> zero_points = {};  // one for each scale, or none: all are 0
  std::int64_t group = 0;                      // values of a group; kGroup alone has one

  /// The scale of a channel, where groups have none of their own.
  double of_channel(std::size_t channel) const {
    return scales[granularity == Granularity::kTensor ? 0 : channel];
  }
  bool operator==(const Scaling&) const = default;
};

/// One scale for the tensor, or one for each channel; the zero points are 0.
Scaling scaling_of(std::vector<double> scales);

constexpr CodeType unsigned_codes(int bits) { return {Encoding::kUnsigned, bits}; }
constexpr CodeType signed_codes(int bits) { return {Encoding::kSigned, bits}; }
constexpr CodeType bipolar_codes(int bits = 1) { return {Encoding::kBipolar, bits}; }

/// InternalError unless `type` has bits that its encoding allows.
void ensure_valid(const CodeType& type);

/// InternalError unless every one of `codes` is a code of `type`: quantizers clamp before they hand
/// over.
void ensure_codes(std::span<const std::int32_t> codes, const CodeType& type);

}  // namespace bitloom::integer
