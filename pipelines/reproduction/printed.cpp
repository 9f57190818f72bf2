#include "pipelines/reproduction/printed.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"

namespace bitloom::reproduction {
namespace {

/// What rounding of doubles may add to a figure of a few digits.
constexpr double kNoise = 1e-9;

double worth_of_last_digit(const std::string& text) {
  const std::size_t point = text.find('.');
  if (point == std::string::npos) return 1;
  return std::pow(10.0, -static_cast<double>(text.size() - point - 1));
}

}  // namespace

Printed::Printed(std::string printed) : text(std::move(printed)), digit(worth_of_last_digit(text)) {
  const auto number = parse_real(text);
  ensure(static_cast<bool>(number), "a published figure is a number");
  value = *number;
}

Range quotient(const Printed& numerator, const Printed& denominator) {
  return {(numerator.value - numerator.digit / 2) / (denominator.value + denominator.digit / 2),
          (numerator.value + numerator.digit / 2) / (denominator.value - denominator.digit / 2)};
}

Range product(const Printed& figure, double factor) {
  return {(figure.value - figure.digit / 2) * factor, (figure.value + figure.digit / 2) * factor};
}

Tolerance last_digit() {
  return {"last digit", [](const Printed& published, double ours) {
            return std::abs(ours - published.value) <= published.digit * (0.5 + kNoise);
          }};
}

Tolerance last_digit_cut() {
  return {"last digit, cut", [](const Printed& published, double ours) {
            const double beyond = (ours - published.value) / published.digit;
            return beyond >= -kNoise && beyond < 1 - kNoise;
          }};
}

Tolerance within_percent(double percent) {
  return {fmt::format("{:g} %", percent), [percent](const Printed& published, double ours) {
            return std::abs(ours - published.value) <= percent / 100 * published.value;
          }};
}

Tolerance exact() {
  return {"exact", [](const Printed& published, double ours) { return ours == published.value; }};
}

Tolerance at_most() {
  return {"at most", [](const Printed& published, double ours) { return ours <= published.value; }};
}

Tolerance meets(const Range& range) {
  return {"rounding", [range](const Printed& published, double) {
            return range.most >= published.value - published.digit * (0.5 + kNoise) &&
                   range.least <= published.value + published.digit;
          }};
}

}  // namespace bitloom::reproduction
