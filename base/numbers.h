#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace bitloom {

/// Why a text is not the number that was wanted.
enum class NumberFault { kNone, kNoNumber, kOutOfRange };

/// A number that was read from text, or why there is none.
template <class Number>
class ParsedNumber {
 public:
  ParsedNumber(Number value) : value_(value) {}       // NOLINT(google-explicit-constructor)
  ParsedNumber(NumberFault fault) : fault_(fault) {}  // NOLINT(google-explicit-constructor)
  explicit operator bool() const { return fault_ == NumberFault::kNone; }
  /// The number, where there is one.
  Number operator*() const { return value_; }
  NumberFault fault() const { return fault_; }

 private:
  Number value_{};
  NumberFault fault_ = NumberFault::kNone;
};

/// The decimal number that all of `text` is: digits, with a minus in front where it is below 0; no
/// plus, spaces or other characters. kOutOfRange where it is not in [min, max].
ParsedNumber<std::int64_t> parse_integer(
    std::string_view text, std::int64_t min = std::numeric_limits<std::int64_t>::min(),
    std::int64_t max = std::numeric_limits<std::int64_t>::max());

/// The same up to 2^64 - 1; a minus makes it no number.
ParsedNumber<std::uint64_t> parse_unsigned(
    std::string_view text, std::uint64_t max = std::numeric_limits<std::uint64_t>::max());

/// The finite decimal number that all of `text` is, such as `-1.5e3` or `.5`; infinity and NaN are
/// no numbers. kOutOfRange where it is not in [min, max], or too large or too small for a double.
ParsedNumber<double> parse_real(std::string_view text,
                                double min = std::numeric_limits<double>::lowest(),
                                double max = std::numeric_limits<double>::max());

/// `text` without a fraction of zeros: "4.0" is 4, as programs that know only real numbers write
/// it.
std::string_view without_zero_fraction(std::string_view text);

struct LeadingReal {
  double value;
  std::string_view rest;
};

/// The finite number with which `text` begins, and what follows it: `0.6x` is 0.6 and `x`.
std::optional<LeadingReal> parse_leading_real(std::string_view text);

}  // namespace bitloom
