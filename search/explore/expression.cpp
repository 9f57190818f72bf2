#include "search/explore/expression.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::search {

double Condition::applied(Code code, double value) {
  switch (code) {
    case Code::kNegate:
      return -value;
    case Code::kLog2:
      return std::log2(value);
    case Code::kCeil:
      return std::ceil(value);
    case Code::kFloor:
      return std::floor(value);
    default:
      return value == 0 ? 1 : 0;
  }
}

double Condition::joined(Code code, double left, double right) {
  switch (code) {
    case Code::kAdd:
      return left + right;
    case Code::kSubtract:
      return left - right;
    case Code::kMultiply:
      return left * right;
    case Code::kDivide:
      return left / right;
    case Code::kPower:
      return std::pow(left, right);
    case Code::kMin:
      return std::min(left, right);
    case Code::kMax:
      return std::max(left, right);
    case Code::kLess:
      return left < right;
    case Code::kAtMost:
      return left <= right;
    case Code::kMore:
      return left > right;
    case Code::kAtLeast:
      return left >= right;
    case Code::kEqual:
      return left == right;
    case Code::kDiffers:
      return left < right || left > right;
    case Code::kAnd:
      return left != 0 && right != 0;
    default:
      return left != 0 || right != 0;
  }
}

bool Condition::holds(std::span<const double> values) const {
  std::vector<double> waiting;
  waiting.reserve(depth_);
  for (const Step& step : steps_) {
    if (step.code == Code::kNumber) {
      waiting.push_back(step.number);
    } else if (step.code == Code::kName) {
      waiting.push_back(values[step.name]);
    } else if (step.code == Code::kNegate || step.code == Code::kNot || step.code == Code::kLog2 ||
               step.code == Code::kCeil || step.code == Code::kFloor) {
      waiting.back() = applied(step.code, waiting.back());
    } else {
      const double right = waiting.back();
      waiting.pop_back();
      waiting.back() = joined(step.code, waiting.back(), right);
    }
  }
  ensure(waiting.size() == 1, "a condition has one value");
  return waiting.front() != 0;
}

bool Condition::uses(std::size_t name) const {
  return std::any_of(steps_.begin(), steps_.end(), [&](const Step& step) {
    return step.code == Code::kName && step.name == name;
  });
}

}  // namespace bitloom::search
