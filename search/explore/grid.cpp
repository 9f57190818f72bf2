#include "search/explore/grid.h"

#include <algorithm>

#include "base/error.h"

namespace bitloom::search {

Grid::Grid(std::vector<std::size_t> values) : values_(std::move(values)) {
  std::int64_t size = 1;
  for (const std::size_t count : values_) {
    ensure(count > 0, "a knob has a value");
    if (static_cast<std::int64_t>(count) > kMost / size) return;
    size *= static_cast<std::int64_t>(count);
  }
  size_ = size;
}

double Grid::real_size() const {
  double size = 1;
  for (const std::size_t count : values_) size *= static_cast<double>(count);
  return size;
}

Choices Grid::choices(std::int64_t point) const {
  Choices choices;
  choices.reserve(values_.size());
  for (auto count = values_.rbegin(); count != values_.rend(); ++count) {
    choices.push_back(static_cast<std::size_t>(point % static_cast<std::int64_t>(*count)));
    point /= static_cast<std::int64_t>(*count);
  }
  std::reverse(choices.begin(), choices.end());
  return choices;
}

std::int64_t Grid::point(const Choices& choices) const {
  std::int64_t point = 0;
  for (std::size_t knob = 0; knob < values_.size(); ++knob)
    point =
        point * static_cast<std::int64_t>(values_[knob]) + static_cast<std::int64_t>(choices[knob]);
  return point;
}

std::vector<Neighbour> neighbours_of(const Grid& grid, std::int64_t point) {
  std::vector<Neighbour> neighbours;
  const Choices choices = grid.choices(point);
  for (std::size_t knob = 0; knob < choices.size(); ++knob)
    for (const bool is_up : {true, false}) {
      if (is_up ? choices[knob] + 1 == grid.values()[knob] : choices[knob] == 0) continue;
      Choices to = choices;
      to[knob] = is_up ? to[knob] + 1 : to[knob] - 1;
      neighbours.push_back({knob, is_up, grid.point(to)});
    }
  return neighbours;
}

}  // namespace bitloom::search
