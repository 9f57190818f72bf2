#include "base/numbers.h"

#include <charconv>
#include <cmath>

namespace bitloom {
namespace {

template <class Number>
ParsedNumber<Number> parse_whole(std::string_view text, Number min, Number max) {
  Number number{};
  const char* const text_end = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), text_end, number);
  if (failure == std::errc::invalid_argument || end != text_end) return NumberFault::kNoNumber;
  if (failure == std::errc::result_out_of_range) return NumberFault::kOutOfRange;
  if (number < min || number > max) return NumberFault::kOutOfRange;
  return number;
}

/// from_chars reads `inf` and `nan`, which begin with a letter.
bool begins_as_decimal(std::string_view text) {
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  return first < text.size() && (text[first] == '.' || (text[first] >= '0' && text[first] <= '9'));
}

}  // namespace

ParsedNumber<std::int64_t> parse_integer(std::string_view text, std::int64_t min,
                                         std::int64_t max) {
  return parse_whole(text, min, max);
}

ParsedNumber<std::uint64_t> parse_unsigned(std::string_view text, std::uint64_t max) {
  return parse_whole(text, std::uint64_t{0}, max);
}

ParsedNumber<double> parse_real(std::string_view text, double min, double max) {
  if (!begins_as_decimal(text)) return NumberFault::kNoNumber;
  return parse_whole(text, min, max);
}

std::optional<LeadingReal> parse_leading_real(std::string_view text) {
  if (!begins_as_decimal(text)) return std::nullopt;
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc()) return std::nullopt;
  return LeadingReal{number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

std::string_view without_zero_fraction(std::string_view text) {
  const std::size_t point = text.find('.');
  if (point == 0 || point == std::string_view::npos || point + 1 == text.size()) return text;
  const bool zeros = text.find_first_not_of('0', point + 1) == std::string_view::npos;
  return zeros ? text.substr(0, point) : text;
}

}  // namespace bitloom
