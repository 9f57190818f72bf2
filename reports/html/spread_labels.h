#pragma once

#include <vector>

namespace bitloom::reports {

/// Heights of labels (pixels from the top) that stand as near to `wanted` as their order allows: at
/// least `line` apart, none above `least`, and none below `most` as long as there is room for all.
std::vector<double> spread_labels(const std::vector<double>& wanted, double line, double least,
                                  double most);

}  // namespace bitloom::reports
