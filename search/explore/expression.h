#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom::search {

/// A condition on named numbers, such as `array.dm * array.dk <= 4096 and lut < 53200`. It knows
/// `+ - * / ^`, parentheses, `min(a, b)`, `max(a, b)`, `log2(a)`, `ceil(a)`, `floor(a)`, `true` (1)
/// and `false` (0), the comparisons `< <= > >= == !=`, and `not`, `and`, `or`, which bind in this
/// order. `^` goes from right to left and binds more than a minus before it. Numbers are doubles:
/// whole numbers up to 2^53 are exact. A comparison with what is no number does not hold.
class Condition {
 public:
  /// Reads `text`, whose names are those of `names`. A UserError says what is wrong at which
  /// character, counted from 1, lists the names, the nearest first.
  static Condition parse(std::string_view text, const std::vector<std::string>& names);

  /// Whether it holds of values in the order of the names.
  bool holds(std::span<const double> values) const;
  /// Whether the name of that index is in it.
  bool uses(std::size_t name) const;
  const std::string& text() const { return text_; }

 private:
  friend class ConditionParser;
  enum class Code : unsigned char {
    kNumber,
    kName,
    kNegate,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kPower,
    kMin,
    kMax,
    kLog2,
    kCeil,
    kFloor,
    kLess,
    kAtMost,
    kMore,
    kAtLeast,
    kEqual,
    kDiffers,
    kNot,
    kAnd,
    kOr
  };
  struct Step {
    Code code;
    double number = 0;
    std::size_t name = 0;
  };
  static double joined(Code code, double left, double right);
  static double applied(Code code, double value);

  std::string text_;
  std::vector<Step> steps_;  // in the order of evaluation: operands before what joins them
  std::size_t depth_ = 0;    // values that wait at most
};

}  // namespace bitloom::search
