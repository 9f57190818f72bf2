#pragma once

#include <vector>

namespace bitloom::search {

/// Of the box between `least` and `most` in each objective the share that the points dominate, 0 to
/// 1: their hypervolume with each objective scaled to 0 at `least` and 1 at `most`, with 1 as the
/// reference. An objective whose ends are equal is left out; 1 where all are.
double dominated_share(const std::vector<std::vector<double>>& points,
                       const std::vector<double>& least, const std::vector<double>& most);

struct QuickShare {
  double value;
  bool is_exact;
};

/// The same within some tenths of a second, whatever the number of points: exact for two objectives
/// and for few points; else by 4096 places of the box, with a standard error below 0.01.
QuickShare quick_dominated_share(const std::vector<std::vector<double>>& points,
                                 const std::vector<double>& least, const std::vector<double>& most);

}  // namespace bitloom::search
