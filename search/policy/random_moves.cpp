#include "search/policy/random_moves.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"

namespace bitloom::search {

std::size_t RandomMoves::below(std::size_t end) { return draw_below(random_, end); }

double RandomMoves::real() { return draw_unit(random_); }

std::vector<std::size_t> RandomMoves::shuffled() {
  std::vector<std::size_t> order(space_.operands().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(order, random_);
  return order;
}

Levels RandomMoves::anywhere() {
  Levels levels;
  for (const Operand& operand : space_.operands())
    levels.push_back(static_cast<int>(below(operand.bits.size())));
  space_.lower_to_limits(levels, shuffled());
  space_.raise_to_limits(levels, shuffled());
  return levels;
}

Levels RandomMoves::near(const Levels& from, int changes) {
  constexpr int kTries = 100;
  Levels levels = from;
  for (int i = 0; i < kTries && levels == from; ++i) levels = step(from, changes);
  return levels;
}

Levels RandomMoves::step(const Levels& from, int changes) {
  Levels levels = from;
  std::vector<std::size_t> order = shuffled();
  const auto others = order.begin() + std::min<std::ptrdiff_t>(changes, std::ssize(order));
  for (auto operand = order.begin(); operand != others; ++operand) {
    const int highest = static_cast<int>(space_.operands()[*operand].bits.size()) - 1;
    const bool up = levels[*operand] == 0 || (levels[*operand] < highest && below(2) == 1);
    levels[*operand] += up ? 1 : -1;
  }
  std::rotate(order.begin(), others, order.end());
  space_.lower_to_limits(levels, order);
  space_.raise_to_limits(levels, order);
  return levels;
}

}  // namespace bitloom::search
