#pragma once

#include <cstdint>
#include <vector>

#include "search/problem/problem.h"

namespace bitloom::search {

/// A policy and what it loses and costs.
struct FrontierPoint {
  Choices choices;
  double omega;
  std::vector<double> costs;  // by Problem::cost_names
};

/// Layers in an order along which the levels of their choices, such as weight bits, must not fall.
struct Order {
  std::vector<double> scores;            // of each layer, by which they are ordered, ascending
  std::vector<std::vector<int>> levels;  // [layer][choice], from 0
};

/// HAWQ-V2's frontier (Dong et al. 2020, section 3.3), exact: of the policies whose levels do not
/// fall from a layer of lower score to one of higher, those that keep `limits` and which no other
/// is as good as in omega and in each limited cost, by the first of these. Tied layers go by the
/// mean of their scores; layers that have only one choice are not bound by the order.
std::vector<FrontierPoint> monotone_frontier(const Problem& problem, const Order& order,
                                             const std::vector<Limit>& limits);

/// Sequences of `layers` widths out of `widths` that do not fall: sum over j of C(widths, j)
/// C(layers - 1, j - 1), of which no more than 2^63 - 1 are counted.
std::int64_t count_of_non_decreasing_sequences(std::int64_t layers, std::int64_t widths);

}  // namespace bitloom::search
