#include "search/problem/filter_problem.h"

#include <algorithm>
#include <map>
#include <numeric>

#include <fmt/format.h>

#include "base/error.h"
#include "search/problem/budget.h"

namespace bitloom::search {
namespace {

using graph::FilterBits;
using graph::LayerShape;
using graph::Precision;

/// Filters of one width: so many parts of a layer.
struct Run {
  int bits;
  std::size_t parts;
};
using Assignment = std::vector<Run>;  // of the parts, by falling bits

/// A layer's filters in parts of (but for the last) equal size, the most sensitive first.
struct Parts {
  std::vector<std::size_t> order;  // filters
  std::vector<std::size_t> ends;   // in `order`, of each part
  std::size_t count() const { return ends.size(); }
  std::size_t filters_before(std::size_t part) const { return part == 0 ? 0 : ends[part - 1]; }
  std::int64_t filters(std::size_t first, std::size_t end) const {
    return static_cast<std::int64_t>(filters_before(end) - filters_before(first));
  }
};

Parts sorted_parts(const FilterSensitivity& sensitivity, int fewest, std::size_t most) {
  const std::vector<double>& omega = sensitivity.omega.at(fewest);
  Parts parts;
  parts.order.resize(omega.size());
  std::iota(parts.order.begin(), parts.order.end(), std::size_t{0});
  std::stable_sort(parts.order.begin(), parts.order.end(),
                   [&](std::size_t a, std::size_t b) { return omega[a] > omega[b]; });
  constexpr std::size_t kColumns = 8;  // a product of fewer seldom takes less
  const std::size_t unit = omega.size() >= 2 * kColumns ? kColumns : 1;
  std::size_t step = unit;
  while ((omega.size() + step - 1) / step > most) step += unit;
  for (std::size_t end = step; end < omega.size(); end += step) parts.ends.push_back(end);
  parts.ends.push_back(omega.size());
  return parts;
}

/// All assignments of `parts` to at most `most` of `widths` (ascending).
std::vector<Assignment> assignments(const std::vector<int>& widths, std::size_t parts,
                                    std::size_t most) {
  std::vector<Assignment> all;
  Assignment begun;
  const auto extend = [&](const auto& self, std::size_t below, std::size_t left) -> void {
    for (std::size_t w = below; w-- > 0;) {
      begun.push_back({widths[w], left});
      all.push_back(begun);
      if (begun.size() < most)
        for (std::size_t some = 1; some < left; ++some) {
          begun.back().parts = some;
          self(self, w, left - some);
        }
      begun.pop_back();
    }
  };
  extend(extend, widths.size(), parts);
  return all;
}

/// A way to give a layer's filters bits.
struct Way {
  Precision bits;
  Assignment assignment;
  double omega;
  std::vector<double> costs;  // by cost_kinds()
};

/// Leaves the ways that no other beats in omega and every cost that counts.
std::vector<Way> undominated(std::vector<Way> ways, const std::vector<std::size_t>& costs) {
  const auto key = [&](const Way& way) { return way.costs[costs.front()]; };
  std::stable_sort(ways.begin(), ways.end(), [&](const Way& a, const Way& b) {
    return key(a) != key(b) ? key(a) < key(b) : a.omega < b.omega;
  });
  std::vector<Way> kept;
  for (Way& way : ways) {
    const auto beats = [&](const Way& other) {
      return other.omega <= way.omega &&
             std::all_of(costs.begin(), costs.end(),
                         [&](std::size_t cost) { return other.costs[cost] <= way.costs[cost]; });
    };
    // Of one cost the last kept has the least omega.
    const bool is_beaten = costs.size() == 1 ? !kept.empty() && beats(kept.back())
                                             : std::any_of(kept.begin(), kept.end(), beats);
    if (!is_beaten) kept.push_back(std::move(way));
  }
  return kept;
}

/// A layer while its ways are made.
class FilteredLayer {
 public:
  /// `at_8_bits`: the layer's job, of which the filters and the bits change.
  FilteredLayer(const sim::Job& at_8_bits, const LayerBits& space,
                const LayerSensitivity& sensitivity, const FilterChoices& choices)
      : whole_(at_8_bits), space_(space), sensitivity_(sensitivity) {
    const LayerShape& layer = whole_.layer;
    const bool has_whole_parts = layer.groups == 1 || layer.groups == layer.out_channels;
    is_parted_ = layer.has_weights() && has_whole_parts && space.weight_bits.size() > 1;
    if (is_parted_)
      parts_ =
          sorted_parts(*sensitivity.weights.filters, space.weight_bits.front(), choices.most_parts);
    else
      parts_.ends = {static_cast<std::size_t>(layer.out_channels)};
    assignments_ = assignments(space.weight_bits, parts_.count(),
                               choices.costs.size() == 1 ? choices.most_widths : 2);
  }

  /// Appends the jobs of all parts that any assignment has, each at all bits.
  void ask(std::vector<sim::Job>& jobs) {
    for (const int activation_bits : space_.activation_bits)
      for (const Assignment& assignment : assignments_)
        each_run(assignment, [&](const Run& run, std::size_t first, bool lays_out) {
          const Part part = part_of(run, first, activation_bits, lays_out);
          if (places_.try_emplace(part, jobs.size()).second) jobs.push_back(job_of(part));
        });
  }

  /// The ways that are not worse than others; none where no part can be mapped, of which `refusal`
  /// says why.
  std::vector<Way> ways(const std::vector<sim::Job>& jobs,
                        const std::vector<sim::PairPrice>& prices, Megahertz clock,
                        const std::vector<std::size_t>& costs, std::string& refusal) const {
    std::vector<Way> all;
    for (const int activation_bits : space_.activation_bits)
      for (const Assignment& assignment : assignments_) {
        Way way{{assignment.front().bits, activation_bits},
                assignment,
                sensitivity_.activations.omega.at(activation_bits),
                std::vector<double>(cost_kinds().size())};
        bool runs = true;
        each_run(assignment, [&](const Run& run, std::size_t first, bool lays_out) {
          const std::size_t place = places_.at(part_of(run, first, activation_bits, lays_out));
          way.omega += omega_of(run, first);
          runs = runs && prices[place].runs();
          if (!prices[place].runs()) refusal = prices[place].refusal;
          if (!runs) return;
          const std::vector<double> of_part =
              layer_costs(jobs[place].layer, jobs[place].precision, prices[place].cost, clock);
          for (std::size_t k = 0; k < of_part.size(); ++k) way.costs[k] += of_part[k];
        });
        if (runs) all.push_back(std::move(way));
      }
    return undominated(std::move(all), costs);
  }

  /// The bits of each filter; empty where all have the same.
  FilterBits filters(const Assignment& assignment) const {
    if (assignment.size() == 1) return {};
    FilterBits bits(parts_.order.size());
    each_run(assignment, [&](const Run& run, std::size_t first, bool) {
      for (std::size_t f = parts_.filters_before(first);
           f < parts_.filters_before(first + run.parts); ++f)
        bits[parts_.order[f]] = run.bits;
    });
    return bits;
  }

 private:
  struct Part {
    std::int64_t filters;
    int weight_bits, activation_bits;
    bool lays_out;  // the activations, which a layer's first part does for all
    auto operator<=>(const Part&) const = default;
  };

  /// `visit(run, its first part, whether it comes first)`: parts run by rising bits.
  template <class Visit>
  static void each_run(const Assignment& assignment, const Visit& visit) {
    std::size_t first = 0;
    for (std::size_t i = 0; i < assignment.size(); ++i) {
      visit(assignment[i], first, i + 1 == assignment.size());
      first += assignment[i].parts;
    }
  }
  Part part_of(const Run& run, std::size_t first, int activation_bits, bool lays_out) const {
    return {parts_.filters(first, first + run.parts), run.bits, activation_bits,
            lays_out || whole_.layer.groups > 1};
  }
  sim::Job job_of(const Part& part) const {
    sim::Job job = whole_;
    LayerShape& layer = job.layer;
    if (layer.groups > 1 && part.filters < layer.out_channels) {
      layer.in_channels = layer.in_channels / layer.groups * part.filters;
      layer.groups = part.filters;
    }
    layer.out_channels = part.filters;
    job.precision = {part.weight_bits, part.activation_bits};
    job.neighbors = sim::at_own_bits(job.neighbors, part.activation_bits);
    job.neighbors.input_is_laid_out = !part.lays_out;
    return job;
  }
  double omega_of(const Run& run, std::size_t first) const {
    if (!is_parted_) return sensitivity_.weights.omega.at(run.bits);
    const std::vector<double>& omega = sensitivity_.weights.filters->omega.at(run.bits);
    double sum = 0;
    for (std::size_t f = parts_.filters_before(first); f < parts_.filters_before(first + run.parts);
         ++f)
      sum += omega[parts_.order[f]];
    return sum;
  }

  sim::Job whole_;
  const LayerBits& space_;
  const LayerSensitivity& sensitivity_;
  bool is_parted_ = false;
  Parts parts_;
  std::vector<Assignment> assignments_;
  std::map<Part, std::size_t> places_;  // among all layers' jobs
};

void require_omega(const LayerSensitivity& layer, const LayerBits& space) {
  const auto require = [&](const auto& omega, const std::vector<int>& bits, const char* of) {
    for (const int b : bits)
      if (!omega.contains(b))
        throw layer.lacks(fmt::format("omega of {} at {} bits, which the layer may have", of, b));
  };
  require(layer.weights.omega, space.weight_bits, "weights");
  require(layer.activations.omega, space.activation_bits, "activations");
  if (!layer.weights.filters)
    throw layer.lacks("filters; bitloom sensitivity --by-filter would be right");
  require(layer.weights.filters->omega, space.weight_bits, "filters");
}

void require_untied(const std::vector<LayerShape>& layers, const BitSpace& space) {
  if (space.ties.empty()) return;
  const std::vector<std::size_t>& tie = space.ties.front();
  throw UserError(fmt::format(
      "layers '{}' and '{}' choose alike, and kernel-wise has choices of each layer's own; hawq-v3 "
      "would be right",
      layers[tie[0]].name, layers[tie[1]].name));
}

}  // namespace

NetworkProblem make_filter_problem(const std::vector<LayerShape>& layers, const BitSpace& space,
                                   Sensitivity sensitivity, const hardware::Hardware& hardware,
                                   std::int64_t batch, const sim::EngineOptions& engine,
                                   const sim::Execution& execution, const FilterChoices& choices) {
  require_untied(layers, space);
  NetworkProblem network{layers, std::move(sensitivity), {}, {}};
  network.problem.cost_names = cost_columns();
  const std::vector<sim::Job> whole =
      sim::lone_jobs_of(layers, graph::Policy(layers.size()), batch);
  std::vector<FilteredLayer> filtered;
  std::vector<sim::Job> jobs;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    require_omega(network.sensitivity.layers[i], space.layers[i]);
    filtered.emplace_back(whole[i], space.layers[i], network.sensitivity.layers[i], choices);
    filtered.back().ask(jobs);
  }
  const std::vector<sim::PairPrice> prices = sim::prices_of(jobs, hardware, engine, execution);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    std::string refusal;
    LayerChoices& of_layer = network.problem.layers.emplace_back();
    of_layer.name = layers[i].name;
    auto& precisions = network.precisions.emplace_back();
    auto& filters = network.filters.emplace_back();
    for (Way& way : filtered[i].ways(jobs, prices, hardware.clock(), choices.costs, refusal)) {
      precisions.push_back(way.bits);
      filters.push_back(filtered[i].filters(way.assignment));
      of_layer.choices.push_back(
          {graph::to_text(way.bits, filters.back()), way.omega, std::move(way.costs)});
    }
    if (of_layer.choices.empty()) throw unsupported(refusal);
  }
  return network;
}

}  // namespace bitloom::search
