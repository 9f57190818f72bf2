#pragma once

#include <vector>

#include "search/problem/network_problem.h"

/// Bits by filter as a program of choices, the exact counterpart of AutoQ's kernel-wise search (Lou
/// et al. 2020, arXiv:1902.05690): a filter's Omega is its own, and filters of one width cost what
/// a product of as many costs.
namespace bitloom::search {

/// How finely a layer's filters are parted, and by what policies are weighed.
struct FilterChoices {
  std::size_t most_parts = 32;     // of a layer's filters, in steps of 8 where it has 16 or more
  std::size_t most_widths = 3;     // in a layer, where one cost counts; else 2
  std::vector<std::size_t> costs;  // of cost_kinds(), that limits or the aim are of
};

/// A layer's choices are those of all assignments that are not worse than another in Omega and in
/// every cost that counts: its filters in the order of falling Omega at the fewest bits, cut into
/// parts of equal size, have bits that do not rise along it, of at most so many widths, all at one
/// number of activation bits. Grouped convolutions whose groups have several filters, layers
/// without weights and layers of one choice have one width. A UserError where the sensitivity has
/// no filters, where layers are tied, or a layer cannot be mapped.
NetworkProblem make_filter_problem(const std::vector<graph::LayerShape>& layers,
                                   const BitSpace& space, Sensitivity sensitivity,
                                   const hardware::Hardware& hardware, std::int64_t batch,
                                   const sim::EngineOptions& engine,
                                   const sim::Execution& execution, const FilterChoices& choices);

}  // namespace bitloom::search
