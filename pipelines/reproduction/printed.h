#pragma once

#include <functional>
#include <string>

namespace bitloom::reproduction {

/// A figure as it is printed: its text, its value and what its last digit is worth.
struct Printed {
  std::string text;
  double value = 0;
  double digit = 1;  // 0.01 of `45.45`

  /// An InternalError unless `text` is a number: it comes from data that ship.
  explicit Printed(std::string text);
};

/// What a quotient may be whose operands are printed figures, each rounded or cut.
struct Range {
  double least = 0, most = 0;
  double middle() const { return (least + most) / 2; }
};
/// From a printed figure over another.
Range quotient(const Printed& numerator, const Printed& denominator);
/// A printed figure times `factor`.
Range product(const Printed& figure, double factor);

/// How near a figure must be to the published one, and what that is called.
struct Tolerance {
  std::string name;
  std::function<bool(const Printed& published, double ours)> holds;
};

/// Ours, rounded to the digits that are printed, is the published figure. A half may go either way.
Tolerance last_digit();
/// Ours, cut behind the digits that are printed, is the published figure.
Tolerance last_digit_cut();
/// Within `percent` of the published figure.
Tolerance within_percent(double percent);
/// The same number.
Tolerance exact();
/// Not above the published figure, which is a bound.
Tolerance at_most();
/// The published figure, rounded or cut, meets `range`.
Tolerance meets(const Range& range);

}  // namespace bitloom::reproduction
