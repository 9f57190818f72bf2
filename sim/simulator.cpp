#include "sim/simulator.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.h"
#include "base/worker_processes.h"
#include "sim/alike.h"

namespace bitloom::sim {
namespace {

/// What comes back from a worker process is a result's bytes.
std::string to_bytes(const cost::LayerCost& cost) {
  static_assert(std::is_trivially_copyable_v<cost::LayerCost>);
  return {reinterpret_cast<const char*>(&cost), sizeof cost};
}
std::string to_bytes(const LayerResult& result) {
  return to_bytes(result.cost) + result.details.bytes();
}
std::string to_bytes(const PairPrice& price) { return to_bytes(price.cost) + price.refusal; }

void from_bytes(const std::string& bytes, cost::LayerCost& cost) {
  ensure(bytes.size() >= sizeof cost, "a worker answers with one result");
  std::memcpy(static_cast<void*>(&cost), bytes.data(), sizeof cost);
}
void from_bytes(const std::string& bytes, LayerResult& result) {
  from_bytes(bytes, result.cost);
  result.details = Details::of_bytes(bytes.substr(sizeof result.cost));
}
void from_bytes(const std::string& bytes, PairPrice& price) {
  from_bytes(bytes, price.cost);
  price.refusal = bytes.substr(sizeof price.cost);
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
  for (const std::string& answer : answers) from_bytes(answer, results.emplace_back());
  return results;
}

/// The widest of a layer's operands that come from other layers.
int read_bits(const graph::LayerShape& layer, graph::Precision bits) {
  return layer.has_weights() ? bits.activation_bits
                             : std::max(bits.activation_bits, bits.weight_bits);
}

/// `work` of each job, of those that are alike but for their name once.
template <class Work>
auto run_distinct(const std::vector<Job>& jobs, const hardware::Hardware& hardware,
                  const Execution& execution, const Work& work) {
  AlikeJobs distinct(hardware.machine());
  for (const Job& job : jobs) distinct.add(job);
  Execution telling = execution;  // of all jobs, while the distinct ones are run
  if (execution.progress)
    telling.progress =
        [each = static_cast<double>(jobs.size()) / static_cast<double>(distinct.count()),
         total = std::ssize(jobs),
         tell = execution.progress](double done, std::int64_t) { tell(done * each, total); };
  const auto results =
      map_results(distinct.count(), telling, [&](std::size_t i, const PartDone& part_done) {
        return work(jobs[distinct.first(i)], part_done);
      });
  auto all = results;
  all.clear();
  for (const std::size_t kind : distinct.kinds()) all.push_back(results[kind]);
  return all;
}

PairPrice price_of(const Job& job, const hardware::Hardware& hardware, const EngineOptions& options,
                   const PartDone& part_done) {
  try {
    return {run(job, hardware, options, part_done).cost};
  } catch (const UserError& refusal) {
    if (!refusal.is_unsupported()) throw;
    return {{}, refusal.what()};
  }
}

}  // namespace

std::vector<Neighbors> neighbors_of(const std::vector<graph::LayerShape>& layers,
                                    const graph::Policy& policy) {
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < layers.size(); ++i) places.emplace(layers[i].name, i);
  std::vector<Neighbors> neighbors(layers.size());
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

Neighbors at_own_bits(Neighbors known, int activation_bits) {
  if (known.input_bits) known.input_bits = activation_bits;
  if (known.output_bits != graph::kMaxBits) known.output_bits = activation_bits;
  return known;
}

std::vector<Job> jobs_of(const std::vector<graph::LayerShape>& layers, const graph::Policy& policy,
                         std::int64_t batch) {
  ensure(layers.size() == policy.size(), "a policy has an entry for each layer");
  const std::vector<Neighbors> neighbors = neighbors_of(layers, policy);
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < layers.size(); ++i)
    jobs.push_back({layers[i], policy[i], batch, neighbors[i]});
  return jobs;
}

std::vector<Job> parts_of(const Job& whole, const graph::FilterBits& filters) {
  std::vector<Job> parts;
  for (graph::FilterPart& part : graph::parts_of(whole.layer, whole.precision, filters))
    parts.push_back({std::move(part.layer), part.bits, whole.batch, whole.neighbors});
  if (whole.layer.groups == 1)
    for (std::size_t i = 1; i < parts.size(); ++i) parts[i].neighbors.input_is_laid_out = true;
  return parts;
}

std::vector<Job> jobs_of(const std::vector<graph::LayerShape>& layers,
                         const graph::FilterPolicy& policy, std::int64_t batch) {
  std::vector<Job> whole = jobs_of(layers, policy.layers, batch);
  if (!policy.by_filter()) return whole;
  std::vector<Job> parts;
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (Job& part : parts_of(whole[i], policy.of(i))) parts.push_back(std::move(part));
  return parts;
}

LayerResult run(const Job& job, const hardware::Hardware& hardware, const EngineOptions& options,
                const PartDone& part_done) {
  return options.engine.price(hardware.machine(), job, options, part_done);
}

LayerResult run(const graph::LayerShape& layer, graph::Precision precision,
                const hardware::Hardware& hardware, std::int64_t batch,
                const EngineOptions& options) {
  return run(Job{layer, precision, batch}, hardware, options);
}

std::vector<LayerResult> run(const std::vector<Job>& jobs, const hardware::Hardware& hardware,
                             const EngineOptions& options, const Execution& execution) {
  return run_distinct(jobs, hardware, execution, [&](const Job& job, const PartDone& part_done) {
    return run(job, hardware, options, part_done);
  });
}

std::vector<LayerResult> run(const std::vector<graph::LayerShape>& layers,
                             const graph::Policy& policy, const hardware::Hardware& hardware,
                             std::int64_t batch, const EngineOptions& options,
                             const Execution& execution) {
  return run(jobs_of(layers, policy, batch), hardware, options, execution);
}

std::vector<Job> lone_jobs_of(const std::vector<graph::LayerShape>& layers,
                              const graph::Policy& policy, std::int64_t batch) {
  const auto neighbors = neighbors_of(layers, graph::Policy(layers.size()));
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < layers.size(); ++i)
    jobs.push_back(
        {layers[i], policy[i], batch, at_own_bits(neighbors[i], policy[i].activation_bits)});
  return jobs;
}

cost::LayerCost price(const graph::LayerShape& layer, graph::Precision precision,
                      const hardware::Hardware& hardware, std::int64_t batch,
                      const Engine& engine) {
  return run(layer, precision, hardware, batch, {engine}).cost;
}

std::vector<cost::LayerCost> price(const std::vector<graph::LayerShape>& layers,
                                   const graph::Policy& policy, const hardware::Hardware& hardware,
                                   std::int64_t batch, const Engine& engine) {
  std::vector<cost::LayerCost> costs;
  for (const LayerResult& result : run(layers, policy, hardware, batch, {engine}))
    costs.push_back(result.cost);
  return costs;
}

std::vector<PairPrice> prices_of(const std::vector<Job>& jobs, const hardware::Hardware& hardware,
                                 const EngineOptions& options, const Execution& execution) {
  return run_distinct(jobs, hardware, execution, [&](const Job& job, const PartDone& part_done) {
    return price_of(job, hardware, options, part_done);
  });
}

std::vector<std::vector<PairPrice>> price(const std::vector<graph::LayerShape>& layers,
                                          const std::vector<std::vector<graph::Precision>>& pairs,
                                          const hardware::Hardware& hardware, std::int64_t batch,
                                          const EngineOptions& options,
                                          const Execution& execution) {
  const auto neighbors = neighbors_of(layers, graph::Policy(layers.size()));
  std::vector<Job> jobs;
  for (std::size_t i = 0; i < layers.size(); ++i)
    for (const graph::Precision& pair : pairs[i])
      jobs.push_back({layers[i], pair, batch, at_own_bits(neighbors[i], pair.activation_bits)});
  const std::vector<PairPrice> all = prices_of(jobs, hardware, options, execution);
  std::vector<std::vector<PairPrice>> prices(layers.size());
  auto price = all.begin();
  for (std::size_t i = 0; i < layers.size(); ++i)
    for (std::size_t pair = 0; pair < pairs[i].size(); ++pair) prices[i].push_back(*price++);
  return prices;
}

CostTable::CostTable(const std::vector<graph::LayerShape>& layers,
                     const hardware::Hardware& hardware, std::int64_t batch, int max_bits,
                     const EngineOptions& options, const Execution& execution)
    : layers_(layers.size()), max_bits_(max_bits) {
  std::vector<graph::Precision> pairs;
  for (int weight_bits = 1; weight_bits <= max_bits; ++weight_bits)
    for (int activation_bits = 1; activation_bits <= max_bits; ++activation_bits)
      pairs.push_back({weight_bits, activation_bits});
  const std::vector<std::vector<graph::Precision>> of_layers(layers.size(), pairs);
  for (auto& of_layer : price(layers, of_layers, hardware, batch, options, execution)) {
    if (std::none_of(of_layer.begin(), of_layer.end(), [](const auto& p) { return p.runs(); }))
      throw unsupported(of_layer.front().refusal);
    std::move(of_layer.begin(), of_layer.end(), std::back_inserter(prices_));
  }
}

const PairPrice& CostTable::entry(std::size_t layer, graph::Precision precision) const {
  const auto bits = static_cast<std::size_t>(max_bits_);
  return prices_.at((layer * bits + static_cast<std::size_t>(precision.weight_bits - 1)) * bits +
                    static_cast<std::size_t>(precision.activation_bits - 1));
}

bool CostTable::runs(std::size_t layer, graph::Precision precision) const {
  return entry(layer, precision).runs();
}

std::int64_t CostTable::refused() const {
  return std::count_if(prices_.begin(), prices_.end(), [](const auto& p) { return !p.runs(); });
}

const cost::LayerCost& CostTable::at(std::size_t layer, graph::Precision precision) const {
  const PairPrice& price = entry(layer, precision);
  ensure(price.runs(), "a pair of bits at which the layer can be mapped");
  return price.cost;
}

}  // namespace bitloom::sim
