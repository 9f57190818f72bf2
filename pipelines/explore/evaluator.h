#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipelines/explore/space.h"
#include "reports/results/exploration.h"
#include "search/explore/explorer.h"
#include "sim/engine.h"
#include "sim/job.h"

namespace bitloom::pipelines {

/// A point of a space: what it comes to, or why it is none.
struct Evaluated {
  std::int64_t point = 0;
  std::string refusal;          // empty: it is feasible
  std::vector<double> metrics;  // in the order of Space::metrics; empty where it is refused
};

/// Prices the points of a space. Layers that are alike are priced once a point.
class Evaluator {
 public:
  explicit Evaluator(const Space& space, sim::Engine engine = sim::analytic());

  /// A machine whose description or mapping refuses is no error, a computer that lacks memory is.
  Evaluated evaluate(std::int64_t point) const;

  /// The moves from a point to the values beside its own that its constraints on knobs and chip
  /// allow, each priced for the layers that take most of the point's time.
  std::vector<search::Move> moves(std::int64_t point) const;

  /// The layers of all networks on a feasible point's machine, and what binds each.
  std::vector<reports::ExploredLayer> layers(std::int64_t point) const;

 private:
  /// The jobs of a network, and which of them are alike.
  struct Work {
    std::vector<sim::Job> jobs;      // one of each kind
    std::vector<std::size_t> kinds;  // of each layer
  };
  /// A layer of one of the networks.
  struct LayerTime {
    std::size_t network, layer;
    double ms;  // of an image, by the network's weight
  };
  using Key = std::pair<std::int64_t, std::pair<int, int>>;  // batch, what the machine minds

  static Work work_of(const std::vector<graph::LayerShape>& layers, const graph::Policy& policy,
                      const hardware::Hardware& machine);
  /// Those of all networks whose bits are given on the machine.
  const std::vector<Work>& work_on(const hardware::Hardware& machine) const;
  /// Time of a job for an image.
  double milliseconds(const sim::Job& job, const hardware::Hardware& machine) const;
  /// The layers that take most of the time on the machine, the longest first.
  std::vector<LayerTime> longest_layers(const hardware::Hardware& machine) const;
  /// The machine of a point whose knobs and chip the constraints allow.
  std::optional<hardware::Hardware> allowed_machine(std::int64_t point) const;
  std::vector<double> knob_values(const search::Choices& choices) const;
  NetworkCosts price(const hardware::Hardware& machine) const;
  NetworkCosts price(const Work& work, const hardware::Hardware& machine) const;
  NetworkCosts price_at_optimal_bits(const SpaceNetwork& network,
                                     const hardware::Hardware& machine) const;
  /// What constraints ask of the machine before it is priced.
  void look_at(const hardware::Hardware& machine, std::vector<double>& values) const;
  /// The first constraint of the stage that does not hold.
  const Constraint* broken(Stage stage, const std::vector<double>& values) const;

  const Space& space_;
  sim::EngineOptions engine_;
  std::vector<std::pair<std::size_t, std::size_t>> known_;  // (knob, name) of numbers
  std::vector<std::size_t> asked_fields_;  // that constraints name and no knob tells
  bool asks_chip_;                         // a constraint does
  mutable std::map<Key, std::vector<Work>> work_;
};

}  // namespace bitloom::pipelines
