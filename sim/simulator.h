#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph/policy.h"
#include "sim/families/bismo/cost.h"
#include "sim/families/bismo/counters.h"
#include "sim/families/bitfusion/analytic.h"
#include "sim/families/bitfusion/counters.h"
#include "sim/hardware.h"

namespace bitloom::cycle {
class Trace;
}

namespace bitloom::sim {

/// How a schedule is priced. All engines run the same schedule.
enum class Engine {
  kAnalytic,  // closed forms
  kCycle,     // SystemC, event by event
};

/// The engines' names, as `--engine` takes them.
std::vector<std::string> engine_names();
std::string_view to_text(Engine engine);
Engine parse_engine(std::string_view name);

struct EngineOptions {
  Engine engine = Engine::kAnalytic;
  std::optional<std::uint64_t> stall_seed = {};  // kCycle: memory answers late at random
};

/// A layer's cost; of BISMO's cycle engine, what its stages counted; of BitFusion, how the layer is
/// mapped and, by the cycle engine, where the array's cycles went.
struct LayerResult {
  cost::LayerCost cost;
  std::optional<cycle::Counters> counters;
  std::optional<analytic::bitfusion::Mapping> bitfusion;
  std::optional<cycle::bitfusion::Counters> tile_counters;
};

/// How many processes share the work, and who hears of it: `progress(done, of)`, in layers or
/// entries of a table. In one process the cycle engine tells of parts
/// of a layer, too.
struct Execution {
  int jobs = 1;
  std::function<void(double, std::int64_t)> progress = {};
};

/// Hears what part of a layer is done, from 0 to 1.
using PartDone = std::function<void(double)>;

/// A layer with its bits, its batch and what is known of the layers around it, which matters where
/// results are written back or activations converted.
struct Job {
  graph::LayerShape layer;
  graph::Precision precision;
  std::int64_t batch = 1;
  mapping::Neighbors neighbors = {};
};

/// Of each layer the bits of its results, the widest at which others read them: their activation
/// bits, or the wider of both operands' where both are activations (LayerShape::read_by; kMaxBits
/// where nobody does, or a reader is not among `layers`), and the widest of the results that it
/// reads.
std::vector<mapping::Neighbors> neighbors_of(const std::vector<graph::LayerShape>& layers,
                                             const graph::Policy& policy);

/// The jobs of a network: `policy` has an entry for each layer.
std::vector<Job> jobs_of(const std::vector<graph::LayerShape>& layers, const graph::Policy& policy,
                         std::int64_t batch);

/// Runs one job; a UserError says why it cannot be mapped. `trace` records
/// what the cycle engine's stages do; `part_done` hears of its phases where there is no trace.
LayerResult run(const Job& job, const hardware::Hardware& hardware, const EngineOptions& options,
                cycle::Trace* trace = nullptr, const PartDone& part_done = {});
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
                      Engine engine = Engine::kAnalytic);
std::vector<cost::LayerCost> price(const std::vector<graph::LayerShape>& layers,
                                   const graph::Policy& policy, const hardware::Hardware& hardware,
                                   std::int64_t batch, Engine engine = Engine::kAnalytic);

/// What each layer costs at each of its pairs of bits, as entries of a CostTable: [layer][pair].
/// Nothing else is priced: a pair that cannot be mapped and is not asked for is no error.
std::vector<std::vector<cost::LayerCost>> price(
    const std::vector<graph::LayerShape>& layers,
    const std::vector<std::vector<graph::Precision>>& pairs, const hardware::Hardware& hardware,
    std::int64_t batch, const EngineOptions& options = {}, const Execution& execution = {});

/// Costs of every layer at every pair of bits up to `max_bits`. A table knows of no policy: what
/// is read from other layers or written for them is priced at the entry's own activation bits.
class CostTable {
 public:
  CostTable(const std::vector<graph::LayerShape>& layers, const hardware::Hardware& hardware,
            std::int64_t batch, int max_bits, const EngineOptions& options = {},
            const Execution& execution = {});

  std::size_t layers() const { return layers_; }
  int max_bits() const { return max_bits_; }
  const cost::LayerCost& at(std::size_t layer, graph::Precision precision) const;

 private:
  std::size_t layers_;
  int max_bits_;
  std::vector<cost::LayerCost> costs_;  // [layer][weight bits - 1][activation bits - 1]
};

}  // namespace bitloom::sim
