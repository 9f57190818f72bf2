#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/filter_bits.h"
#include "search/policy/policy_space.h"
#include "search/problem/bit_space.h"
#include "search/problem/filter_costs.h"

namespace bitloom::search {

/// What has bits of its own: each filter, each layer, or the network as a whole.
enum class BitsBy { kFilter, kLayer, kNetwork };
/// Reads `filter`, `layer` or `network`.
BitsBy parse_bits_by(const std::string& text);
std::string to_text(BitsBy bits_by);

/// The policies among which a search by filter looks, priced by FilterCosts or as a whole, and the
/// limits that they must keep.
class FilterSpace {
 public:
  /// `whole`, the same limits on policies of whole layers, outlives this. A UserError where layers
  /// are tied, or no policy keeps the limits.
  /// `least_cost`, of cost_kinds(), is to be least, if any is.
  FilterSpace(const PolicySpace& whole, std::vector<Limit> limits, FilterCosts costs,
              BitsBy bits_by, std::optional<std::size_t> least_cost = {});

  const std::vector<graph::LayerShape>& shapes() const { return whole_.network().layers; }
  /// Layers that have the same bits, in execution order: one each, or of BitsBy::kNetwork all that
  /// may choose. Layers without a choice are in none.
  const std::vector<std::vector<std::size_t>>& units() const { return units_; }
  /// Bits that a unit may have, ascending; a layer that may not has the next fewer.
  const std::vector<int>& weight_bits(std::size_t unit) const { return weight_bits_[unit]; }
  const std::vector<int>& activation_bits(std::size_t unit) const { return activation_bits_[unit]; }
  /// Whether the unit's filters may differ. Not those of grouped convolutions whose groups have
  /// several.
  bool is_by_filter(std::size_t unit) const;

  graph::FilterPolicy lowest() const;
  void set_weight_bits(graph::FilterPolicy& policy, std::size_t unit, int bits) const;
  void set_activation_bits(graph::FilterPolicy& policy, std::size_t unit, int bits) const;
  /// Of the one layer of a unit that is_by_filter().
  static void set_filters(graph::FilterPolicy& policy, std::size_t layer, graph::FilterBits bits);

  /// By cost_kinds().
  std::vector<double> costs(const graph::FilterPolicy& policy) const;
  bool keeps_limits(const graph::FilterPolicy& policy) const { return keep(costs(policy)); }
  /// Filters of a width join the next wider one where that saves of a passed limit or of the cost
  /// that is to be least: a product less may save more than their bits cost. Then HAQ's action wall
  /// (Wang et al. 2019, arXiv:1811.08886, section 3.2): while a limit is passed, takes a level of a
  /// unit's activations, then of its weights, from the last unit to the first, over and over, only
  /// what saves while anything does. Where filters differ, those of the most bits join the next
  /// width. Where all is taken and a limit is still passed, the policy becomes one that keeps them.
  void lower_to_limits(graph::FilterPolicy& policy) const;

 private:
  class Descent;

  void add_units(BitsBy bits_by);
  bool keep(const std::vector<double>& costs) const;
  std::vector<double> costs_of(const graph::FilterPolicy& policy, std::size_t layer) const;
  bool lower_activations(graph::FilterPolicy& policy, std::size_t unit) const;
  bool lower_weights(graph::FilterPolicy& policy, std::size_t unit) const;
  graph::FilterPolicy find_refuge() const;
  int allowed(const std::vector<int>& bits, int wished) const;

  const PolicySpace& whole_;
  std::vector<Limit> limits_;
  FilterCosts costs_;
  BitsBy bits_by_;
  std::optional<std::size_t> least_cost_;
  std::vector<LayerBits> layers_;  // that each may have
  std::vector<std::vector<std::size_t>> units_;
  std::vector<std::vector<int>> weight_bits_, activation_bits_;  // of each unit
  graph::FilterPolicy refuge_;                                   // keeps the limits
};

}  // namespace bitloom::search
