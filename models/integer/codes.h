#pragma once

#include <cstdint>
#include <span>

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

constexpr CodeType unsigned_codes(int bits) { return {Encoding::kUnsigned, bits}; }
constexpr CodeType signed_codes(int bits) { return {Encoding::kSigned, bits}; }
constexpr CodeType bipolar_codes(int bits = 1) { return {Encoding::kBipolar, bits}; }

/// InternalError unless `type` has bits that its encoding allows.
void ensure_valid(const CodeType& type);

/// InternalError unless every one of `codes` is a code of `type`: quantizers clamp before they hand
/// over.
void ensure_codes(std::span<const std::int32_t> codes, const CodeType& type);

}  // namespace bitloom::integer
