#include "sim/simulator.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <type_traits>

#include <fmt/format.h>

#include "base/error.h"
#include "base/worker_processes.h"
#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/cycle.h"
#include "sim/families/bismo/trace.h"
#include "sim/families/bitfusion/cycle.h"

namespace bitloom::sim {
namespace {

struct EngineEntry {
  std::string_view name;
  Engine engine;
};
constexpr EngineEntry kEngines[] = {{"analytic", Engine::kAnalytic}, {"cycle", Engine::kCycle}};

/// Tells of phases as the array ends them.
class PhaseProgress : public cycle::Observer {
 public:
  PhaseProgress(const mapping::Program& program, const PartDone& part_done)
      : phases_(static_cast<double>(program.count(mapping::Stage::kExecute))),
        part_done_(part_done) {}
  void instruction_ends(mapping::Stage stage, std::int64_t index, Cycles) override {
    if (stage == mapping::Stage::kExecute) part_done_(static_cast<double>(index + 1) / phases_);
  }

 private:
  double phases_;
  const PartDone& part_done_;
};

cycle::Result run_events(const graph::LayerShape& layer, const mapping::Schedule& schedule,
                         const hardware::Bismo& hardware, const EngineOptions& options,
                         cycle::Trace* trace, const PartDone& part_done) {
  const mapping::ScheduleProgram program(schedule, hardware);
  PhaseProgress progress(program, part_done);
  cycle::RunOptions run_options;
  run_options.stall_seed = options.stall_seed;
  if (part_done) run_options.observer = &progress;
  if (trace != nullptr) {
    trace->begin_layer(layer.name, program);
    run_options.observer = trace;
  }
  return cycle::run(program, hardware, run_options);
}

cycle::bitfusion::Result run_tiles(const mapping::bitfusion::LoopNest& nest,
                                   const mapping::bitfusion::Plan& plan,
                                   const hardware::BitFusion& hardware,
                                   const EngineOptions& options, const PartDone& part_done) {
  constexpr std::int64_t kTilesBetween = 1 << 16;
  const mapping::bitfusion::TileProgram program(nest, hardware, plan);
  cycle::bitfusion::RunOptions run_options{.stall_seed = options.stall_seed, .tiles_done = {}};
  if (part_done)
    run_options.tiles_done = [&](std::int64_t done) {
      if (done % kTilesBetween == 0)
        part_done(static_cast<double>(done) / static_cast<double>(program.tiles()));
    };
  return cycle::bitfusion::run(program, hardware, run_options);
}

/// What comes back from a worker process is a result's bytes.
template <class Result>
std::string to_bytes(const Result& result) {
  static_assert(std::is_trivially_copyable_v<Result>);
  return {reinterpret_cast<const char*>(&result), sizeof result};
}

template <class Result>
Result from_bytes(const std::string& bytes) {
  ensure(bytes.size() == sizeof(Result), "a worker answers with one result");
  Result result;
  std::memcpy(&result, bytes.data(), sizeof result);
  return result;
}

/// `work(0, part_done)` to `work(count - 1, part_done)`, in as many processes as `execution` says.
template <class Work>
auto map_results(std::size_t count, const Execution& execution, const Work& work) {
  using Result = decltype(work(std::size_t{0}, PartDone{}));
  std::vector<Result> results;
  results.reserve(count);
  const auto total = static_cast<std::int64_t>(count);
  if (execution.jobs == 1 || count == 1) {
    for (std::size_t i = 0; i < count; ++i) {
      const PartDone tell = [&](double part) {
        execution.progress(static_cast<double>(i) + part, total);
      };
      results.push_back(work(i, execution.progress ? tell : PartDone{}));
      if (execution.progress) tell(1);
    }
    return results;
  }
  const auto answers = map_in_processes(
      total, execution.jobs,
      [&](std::int64_t i) { return to_bytes(work(static_cast<std::size_t>(i), {})); },
      [&](std::int64_t done) {
        if (execution.progress) execution.progress(static_cast<double>(done), total);
      });
  for (const std::string& answer : answers) results.push_back(from_bytes<Result>(answer));
  return results;
}

/// Which of a number of layers, with their bits and batch, are alike but for their names.
class Distinct {
 public:
  explicit Distinct(const hardware::Hardware& hardware)
      : outputs_matter_(hardware.visit([](const auto& hw) { return writes_activations(hw); })),
        inputs_matter_(hardware.visit([](const auto& hw) { return converts(hw); })) {}
  /// `add` each in order; the first of a kind stands for all.
  void add(const Job& job) {
    const auto [entry, is_new] = found_.emplace(key_of(job), firsts_.size());
    if (is_new) firsts_.push_back(kinds_.size());
    kinds_.push_back(entry->second);
  }
  std::size_t count() const { return firsts_.size(); }
  std::size_t first(std::size_t kind) const { return firsts_[kind]; }
  const std::vector<std::size_t>& kinds() const { return kinds_; }

 private:
  using Key = std::array<std::int64_t, 18>;
  Key key_of(const Job& job) const {
    const graph::LayerShape& l = job.layer;
    return {static_cast<std::int64_t>(l.kind),
            l.in_channels,
            l.out_channels,
            l.kernel.height,
            l.kernel.width,
            l.stride.height,
            l.stride.width,
            l.input.height,
            l.input.width,
            l.output.height,
            l.output.width,
            l.groups,
            l.reads_input,
            job.precision.weight_bits,
            job.precision.activation_bits,
            job.batch,
            outputs_matter_ ? job.neighbors.output_bits : 0,
            inputs_matter_ ? job.neighbors.input_bits.value_or(0) : 0};
  }
  static bool writes_activations(const hardware::Bismo& hw) {
    return hw.write_back == hardware::WriteBack::kActivations;
  }
  static bool writes_activations(const hardware::BitFusion&) { return false; }
  static bool converts(const hardware::Bismo& hw) { return hw.layout.converts(); }
  static bool converts(const hardware::BitFusion&) { return false; }

  bool outputs_matter_, inputs_matter_;
  std::map<Key, std::size_t> found_;
  std::vector<std::size_t> firsts_, kinds_;
};

/// A table knows of no policy: what others write for the layer, and read of it, has its own bits.
mapping::Neighbors at_own_bits(mapping::Neighbors known, int activation_bits) {
  if (known.input_bits) known.input_bits = activation_bits;
  if (known.output_bits != graph::kMaxBits) known.output_bits = activation_bits;
  return known;
}

/// `execution`, which hears of `total` layers while `distinct` are run.
Execution telling_of(std::size_t total, std::size_t distinct, const Execution& execution) {
  if (!execution.progress) return execution;
  const double each = static_cast<double>(total) / static_cast<double>(distinct);
  return {execution.jobs, [=, tell = execution.progress](double done, std::int64_t) {
            tell(done * each, static_cast<std::int64_t>(total));
          }};
}

LayerResult run_on(const hardware::Bismo& hardware, const Job& job, const EngineOptions& options,
                   cycle::Trace* trace, const PartDone& part_done) {
  const auto& [layer, precision, batch, neighbors] = job;
  const mapping::Schedule schedule = analytic::schedule(
      mapping::map_layer(layer, precision, hardware, batch, neighbors), hardware);
  cost::Timing timing;
  std::optional<cycle::Counters> counters;
  cost::DramActions dram;
  if (options.engine == Engine::kAnalytic) {
    timing = analytic::run(schedule, hardware);
    if (hardware.dram) dram = analytic::dram_actions(schedule, timing, hardware);
  } else {
    const cycle::Result result = run_events(layer, schedule, hardware, options, trace, part_done);
    timing = result.timing;
    counters = result.counters;
    dram = result.dram.value_or(dram);
  }
  return {cost::complete(layer, schedule.mapping, timing, hardware, batch, dram), counters, {}, {}};
}

LayerResult run_on(const hardware::BitFusion& hardware, const Job& job,
                   const EngineOptions& options, cycle::Trace*, const PartDone& part_done) {
  const auto& [layer, precision, batch, neighbors] = job;
  const auto nest = mapping::bitfusion::loop_nest(layer, precision, hardware, batch);
  auto mapping = analytic::bitfusion::search(layer, nest, hardware);
  std::optional<cycle::bitfusion::Counters> counters;
  if (options.engine == Engine::kCycle) {
    const cycle::bitfusion::Result result =
        run_tiles(nest, mapping.plan(), hardware, options, part_done);
    mapping = analytic::bitfusion::retimed(mapping, result.timing.total.count(), hardware);
    counters = result.counters;
  }
  return {analytic::bitfusion::layer_cost(layer, nest, mapping, hardware), {}, mapping, counters};
}

}  // namespace

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const EngineEntry& entry : kEngines) names.emplace_back(entry.name);
  return names;
}

std::string_view to_text(Engine engine) {
  for (const EngineEntry& entry : kEngines)
    if (entry.engine == engine) return entry.name;
  return "";
}

Engine parse_engine(std::string_view name) {
  for (const EngineEntry& entry : kEngines)
    if (entry.name == name) return entry.engine;
  throw unknown_name("engine", name, engine_names());
}

namespace {

/// The widest of a layer's operands that come from other layers.
int read_bits(const graph::LayerShape& layer, graph::Precision bits) {
  return layer.has_weights() ? bits.activation_bits
                             : std::max(bits.activation_bits, bits.weight_bits);
}

}  // namespace

std::vector<mapping::Neighbors> neighbors_of(const std::vector<graph::LayerShape>& layers,
                                             const graph::Policy& policy) {
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < layers.size(); ++i) places.emplace(layers[i].name, i);
  std::vector<mapping::Neighbors> neighbors(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    int widest = layers[i].read_by.empty() ? graph::kMaxBits : 0;
    for (const std::string& reader : layers[i].read_by) {
      const auto found = places.find(reader);
      widest = std::max(widest, found == places.end()
                                    ? graph::kMaxBits
                                    : read_bits(layers[found->second], policy[found->second]));
    }
    neighbors[i].output_bits = widest;
    for (const std::string& reader : layers[i].read_by)
      if (const auto found = places.find(reader); found != places.end()) {
        std::optional<int>& input = neighbors[found->second].input_bits;
        input = std::max(input.value_or(0), widest);
      }
  }
  return neighbors;
}

std::vector<Job> jobs_of(const std::vector<graph::LayerShape>& layers, const graph::Policy& policy,
                         std::int64_t batch) {
  ensure(layers.size() == policy.size(), "a policy has an entry for each layer");
  const std::vector<mapping::Neighbors> neighbors = neighbors_of(layers, policy);
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < layers.size(); ++i)
    jobs.push_back({layers[i], policy[i], batch, neighbors[i]});
  return jobs;
}

LayerResult run(const Job& job, const hardware::Hardware& hardware, const EngineOptions& options,
                cycle::Trace* trace, const PartDone& part_done) {
  return hardware.visit(
      [&](const auto& machine) { return run_on(machine, job, options, trace, part_done); });
}

LayerResult run(const graph::LayerShape& layer, graph::Precision precision,
                const hardware::Hardware& hardware, std::int64_t batch,
                const EngineOptions& options) {
  return run(Job{layer, precision, batch}, hardware, options);
}

std::vector<LayerResult> run(const std::vector<Job>& jobs, const hardware::Hardware& hardware,
                             const EngineOptions& options, const Execution& execution) {
  Distinct distinct(hardware);
  for (const Job& job : jobs) distinct.add(job);
  const Execution telling = telling_of(jobs.size(), distinct.count(), execution);
  const std::vector<LayerResult> results =
      map_results(distinct.count(), telling, [&](std::size_t i, const PartDone& part_done) {
        return run(jobs[distinct.first(i)], hardware, options, nullptr, part_done);
      });
  std::vector<LayerResult> all;
  all.reserve(jobs.size());
  for (const std::size_t kind : distinct.kinds()) all.push_back(results[kind]);
  return all;
}

std::vector<LayerResult> run(const std::vector<graph::LayerShape>& layers,
                             const graph::Policy& policy, const hardware::Hardware& hardware,
                             std::int64_t batch, const EngineOptions& options,
                             const Execution& execution) {
  return run(jobs_of(layers, policy, batch), hardware, options, execution);
}

cost::LayerCost price(const graph::LayerShape& layer, graph::Precision precision,
                      const hardware::Hardware& hardware, std::int64_t batch, Engine engine) {
  return run(layer, precision, hardware, batch, {engine}).cost;
}

std::vector<cost::LayerCost> price(const std::vector<graph::LayerShape>& layers,
                                   const graph::Policy& policy, const hardware::Hardware& hardware,
                                   std::int64_t batch, Engine engine) {
  std::vector<cost::LayerCost> costs;
  for (const LayerResult& result : run(layers, policy, hardware, batch, {engine}))
    costs.push_back(result.cost);
  return costs;
}

std::vector<std::vector<cost::LayerCost>> price(
    const std::vector<graph::LayerShape>& layers,
    const std::vector<std::vector<graph::Precision>>& pairs, const hardware::Hardware& hardware,
    std::int64_t batch, const EngineOptions& options, const Execution& execution) {
  const auto neighbors = neighbors_of(layers, graph::Policy(layers.size()));
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < layers.size(); ++i)
    for (const graph::Precision& pair : pairs[i])
      jobs.push_back({layers[i], pair, batch, at_own_bits(neighbors[i], pair.activation_bits)});
  const std::vector<LayerResult> results = run(jobs, hardware, options, execution);
  std::vector<std::vector<cost::LayerCost>> costs(layers.size());
  auto result = results.begin();
  for (std::size_t i = 0; i < layers.size(); ++i)
    for (std::size_t pair = 0; pair < pairs[i].size(); ++pair) costs[i].push_back((result++)->cost);
  return costs;
}

CostTable::CostTable(const std::vector<graph::LayerShape>& layers,
                     const hardware::Hardware& hardware, std::int64_t batch, int max_bits,
                     const EngineOptions& options, const Execution& execution)
    : layers_(layers.size()), max_bits_(max_bits) {
  Distinct distinct(hardware);
  const auto neighbors = neighbors_of(layers, graph::Policy(layers.size()));
  for (std::size_t i = 0; i < layers.size(); ++i)
    distinct.add({layers[i], {}, batch, at_own_bits(neighbors[i], 1)});
  const auto bits = static_cast<std::size_t>(max_bits);
  const Execution telling =
      telling_of(layers.size() * bits * bits, distinct.count() * bits * bits, execution);
  const auto costs = map_results(
      distinct.count() * bits * bits, telling, [&](std::size_t i, const PartDone& part_done) {
        const graph::Precision precision{static_cast<int>(i / bits % bits) + 1,
                                         static_cast<int>(i % bits) + 1};
        const std::size_t layer = distinct.first(i / (bits * bits));
        return run({layers[layer], precision, batch,
                    at_own_bits(neighbors[layer], precision.activation_bits)},
                   hardware, options, nullptr, part_done)
            .cost;
      });
  costs_.reserve(layers.size() * bits * bits);
  for (const std::size_t kind : distinct.kinds()) {
    const auto begin = costs.begin() + static_cast<std::ptrdiff_t>(kind * bits * bits);
    costs_.insert(costs_.end(), begin, begin + static_cast<std::ptrdiff_t>(bits * bits));
  }
}

const cost::LayerCost& CostTable::at(std::size_t layer, graph::Precision precision) const {
  const auto bits = static_cast<std::size_t>(max_bits_);
  return costs_.at((layer * bits + static_cast<std::size_t>(precision.weight_bits - 1)) * bits +
                   static_cast<std::size_t>(precision.activation_bits - 1));
}

}  // namespace bitloom::sim
