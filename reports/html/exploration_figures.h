#pragma once

#include "reports/html/figure.h"
#include "reports/results/exploration.h"

/// From an exploration to figures.
namespace bitloom::reports {

/// Each pair of objectives: the front, what of it is best in the two, and a sample of other points.
/// All have the same data.
std::vector<Figure> pair_figures(const ExploredStore& store);
/// Each knob that differs, along the front from the best in the first objective on; none where the
/// front is one point, or no knob differs.
std::optional<Figure> knobs_figure(const ExploredStore& store);
/// A table: the points of the front, knobs and costs.
Figure front_points_figure(const ExploredStore& store);
/// What each step of a knob changes at a chosen point.
Figure steps_figure(const ExploredStore& store, const ChosenPoint& chosen);
/// A table for each opened point: its layers.
Figure layers_figure(const ExploredStore& store);

}  // namespace bitloom::reports
