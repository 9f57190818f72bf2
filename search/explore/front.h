#pragma once

#include <cstdint>
#include <vector>

namespace bitloom::search {

/// A point and what it comes to in each objective; less is better in all of them.
struct Valued {
  std::int64_t point;
  std::vector<double> values;
  std::int64_t equal = 0;  // of a front: other points that came with the same values
};

/// Whether `a` is as good as `b` in every objective and better in one.
bool dominates(const std::vector<double>& a, const std::vector<double>& b);

/// The points that no other dominates. Of points that are equal in every objective it keeps the one
/// of the least number, so that the order in which they come does not matter.
class Front {
 public:
  /// Whether the point is one of the front now.
  bool add(Valued valued);
  /// By number.
  std::vector<Valued> points() const;
  std::size_t size() const { return points_.size(); }

 private:
  std::vector<Valued> points_;
};

/// The knee of a front, an index: the point nearest to the best of each objective, where each is
/// scaled to 0 at the front's best and 1 at its worst. Of equally near ones the first.
std::size_t knee_of(const std::vector<std::vector<double>>& front);

/// The volume that the points dominate below `reference`, which is worse than each of them in every
/// objective; points that are not better than it in all add nothing. Slices by the last objective;
/// for two to four objectives and some thousand points.
double hypervolume(std::vector<std::vector<double>> points, const std::vector<double>& reference);

}  // namespace bitloom::search
