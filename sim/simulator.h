#pragma once

#include <functional>
#include <string>
#include <vector>

#include "models/graph/filter_bits.h"
#include "sim/engine.h"
#include "sim/hardware.h"

namespace bitloom::sim {

/// How many processes share the work, and who hears of it: `progress(done, of)`, in layers or
/// entries of a table. In one process the cycle engine tells of parts
/// of a layer, too.
struct Execution {
  int jobs = 1;
  std::function<void(double, std::int64_t)> progress = {};
};

/// Of each layer the bits of its results, the widest at which others read them: their activation
/// bits, or the wider of both operands' where both are activations (LayerShape::read_by; kMaxBits
/// where nobody does, or a reader is not among `layers`), and the widest of the results that it
/// reads.
std::vector<Neighbors> neighbors_of(const std::vector<graph::LayerShape>& layers,
                                    const graph::Policy& policy);

/// The same of a table, which knows of no policy: what others write for the layer, and read of it,
/// has its own activation bits.
Neighbors at_own_bits(Neighbors known, int activation_bits);

/// The jobs of a network: `policy` has an entry for each layer.
std::vector<Job> jobs_of(const std::vector<graph::LayerShape>& layers, const graph::Policy& policy,
                         std::int64_t batch);

/// The same, of layers with bits by filter those of their parts.
std::vector<Job> jobs_of(const std::vector<graph::LayerShape>& layers,
                         const graph::FilterPolicy& policy, std::int64_t batch);

/// The jobs of a layer's parts, graph::parts_of(), at bits by filter. They read what it reads, and
/// what reads it reads them. Where all read the whole input, the first alone lays it out.
std::vector<Job> parts_of(const Job& whole, const graph::FilterBits& filters);

/// The same, each layer as if those that it reads and is read by had its bits: what a CostTable
/// prices.
std::vector<Job> lone_jobs_of(const std::vector<graph::LayerShape>& layers,
                              const graph::Policy& policy, std::int64_t batch);

/// Runs one job; a UserError says why it cannot be mapped. `part_done` hears of parts of it.
LayerResult run(const Job& job, const hardware::Hardware& hardware, const EngineOptions& options,
                const PartDone& part_done = {});
/// A layer of whose readers nothing is known.
LayerResult run(const graph::LayerShape& layer, graph::Precision precision,
                const hardware::Hardware& hardware, std::int64_t batch,
                const EngineOptions& options);

/// Runs all jobs, those that are alike but for their name once. A UserError is that of the first
/// that cannot be mapped.
std::vector<LayerResult> run(const std::vector<Job>& jobs, const hardware::Hardware& hardware,
                             const EngineOptions& options, const Execution& execution = {});

/// Runs `layers` under `policy`, which has as many entries.
std::vector<LayerResult> run(const std::vector<graph::LayerShape>& layers,
                             const graph::Policy& policy, const hardware::Hardware& hardware,
                             std::int64_t batch, const EngineOptions& options,
                             const Execution& execution = {});

/// The costs alone, by the analytic engine unless said otherwise.
cost::LayerCost price(const graph::LayerShape& layer, graph::Precision precision,
                      const hardware::Hardware& hardware, std::int64_t batch,
                      const Engine& engine = analytic());
std::vector<cost::LayerCost> price(const std::vector<graph::LayerShape>& layers,
                                   const graph::Policy& policy, const hardware::Hardware& hardware,
                                   std::int64_t batch, const Engine& engine = analytic());

/// What a layer costs at a pair of bits, or why it cannot be mapped at it.
struct PairPrice {
  cost::LayerCost cost;
  std::string refusal = {};  // empty where it can

  bool runs() const { return refusal.empty(); }
};

/// What each job costs, those that are alike priced once.
std::vector<PairPrice> prices_of(const std::vector<Job>& jobs, const hardware::Hardware& hardware,
                                 const EngineOptions& options = {},
                                 const Execution& execution = {});

/// What each layer costs at each of its pairs of bits, as entries of a CostTable: [layer][pair].
/// Nothing else is priced. A refusal may name another layer that is alike.
std::vector<std::vector<PairPrice>> price(const std::vector<graph::LayerShape>& layers,
                                          const std::vector<std::vector<graph::Precision>>& pairs,
                                          const hardware::Hardware& hardware, std::int64_t batch,
                                          const EngineOptions& options = {},
                                          const Execution& execution = {});

/// Costs of every layer at every pair of bits up to `max_bits`. A table knows of no policy: what
/// is read from other layers or written for them is priced at the entry's own activation bits. A
/// UserError tells of a layer that cannot be mapped at any pair.
class CostTable {
 public:
  CostTable(const std::vector<graph::LayerShape>& layers, const hardware::Hardware& hardware,
            std::int64_t batch, int max_bits, const EngineOptions& options = {},
            const Execution& execution = {});

  std::size_t layers() const { return layers_; }
  int max_bits() const { return max_bits_; }
  /// Whether the layer can be mapped at these bits.
  bool runs(std::size_t layer, graph::Precision precision) const;
  /// At how many pairs a layer cannot.
  std::int64_t refused() const;
  /// Of a pair that runs().
  const cost::LayerCost& at(std::size_t layer, graph::Precision precision) const;

 private:
  const PairPrice& entry(std::size_t layer, graph::Precision precision) const;

  std::size_t layers_;
  int max_bits_;
  std::vector<PairPrice> prices_;  // [layer][weight bits - 1][activation bits - 1]
};

}  // namespace bitloom::sim
