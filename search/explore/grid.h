#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace bitloom::search {

/// Of each knob of a space the index of the value that it has.
using Choices = std::vector<std::size_t>;

/// The points of a space: every combination of its knobs' values. A point has a number, its place
/// in the order in which the last knob changes first; so it is the same in every run.
class Grid {
 public:
  /// How many values each knob has, at least one. Where there are more than `kMost` points
  /// `size()` is none and no point has a number.
  explicit Grid(std::vector<std::size_t> values);

  static constexpr std::int64_t kMost = std::int64_t{1} << 62;

  const std::vector<std::size_t>& values() const { return values_; }
  std::optional<std::int64_t> size() const { return size_; }
  /// The same as a real number, which is never too large.
  double real_size() const;

  Choices choices(std::int64_t point) const;
  std::int64_t point(const Choices& choices) const;

 private:
  std::vector<std::size_t> values_;
  std::optional<std::int64_t> size_;
};

/// The point beside another: one knob at the next value, up or down.
struct Neighbour {
  std::size_t knob;
  bool is_up;
  std::int64_t point;
};

/// Those of a point that has a number: knob by knob, up before down, where there is such a value.
std::vector<Neighbour> neighbours_of(const Grid& grid, std::int64_t point);

}  // namespace bitloom::search
