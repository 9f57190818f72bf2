#include "sim/limits.h"

#include <algorithm>
#include <array>
#include <map>

namespace bitloom::sim {
namespace {

using hardware::Bismo;
using mapping::Mapping;

bool always(const Bismo&) { return true; }

/// Rows and columns for a whole block, which is one tile then: phases and traffic stay.
void lift_array(Bismo& hw, const Mapping& m) {
  const auto widen = [](std::int64_t& rows, std::int64_t& words, const mapping::OperandBlocks& o) {
    const std::int64_t tiles = std::min(o.tiles_per_block, o.tiles());
    rows *= tiles;
    words /= tiles;
  };
  widen(hw.dm, hw.activation_buffer_words, m.activations);
  widen(hw.dn, hw.weight_buffer_words, m.weights);
}

/// Room for all tiles of both operands twice, so that half of it is enough.
void lift_buffers(Bismo& hw, const Mapping& m) {
  const auto deepen = [&](std::int64_t& words, const mapping::OperandBlocks& o, int bits) {
    words = std::max(words, 2 * o.tiles() * m.chunks.words * bits);
  };
  deepen(hw.activation_buffer_words, m.activations, m.precision.activation_bits);
  deepen(hw.weight_buffer_words, m.weights, m.precision.weight_bits);
}

const std::vector<Lift>& all_lifts() {
  static const std::vector<Lift> lifts{
      {"array", "array", "a block is one tile: same blocks and traffic", always, lift_array},
      {"operand fetch", "fetch", "operands are always there (at best)", always, nullptr},
      {"activation port", "act. port", "carries a word (dk bits) a beat",
       [](const Bismo& hw) { return hw.activation_port_bits < hw.dk; },
       [](Bismo& hw, const Mapping&) { hw.activation_port_bits = hw.dk; }},
      {"weight port", "weight port", "carries a word (dk bits) a beat",
       [](const Bismo& hw) { return hw.weight_port_bits < hw.dk; },
       [](Bismo& hw, const Mapping&) { hw.weight_port_bits = hw.dk; }},
      {"both ports", "ports", "carry a word (dk bits) a beat each",
       [](const Bismo& hw) {
         return hw.activation_port_bits < hw.dk && hw.weight_port_bits < hw.dk;
       },
       [](Bismo& hw, const Mapping&) { hw.activation_port_bits = hw.weight_port_bits = hw.dk; }},
      {"buffers", "buffers", "hold all of a layer: nothing comes twice", always, lift_buffers},
      {"memory", "memory", "answers at once, at the ports' full rate",
       [](const Bismo& hw) { return hw.memory_latency_cycles > 0 || hw.dram; },
       [](Bismo& hw, const Mapping&) {
         hw.memory_latency_cycles = 0;
         hw.dram.reset();
       }},
      {"result port", "results", "takes a tile pair's results at once",
       [](const Bismo& hw) { return hw.result_port_bits > 0; },
       [](Bismo& hw, const Mapping&) {
         hw.result_port_bits = 0;
         hw.write_back = hardware::WriteBack::kNone;
       }},
      {"host im2col", "im2col", "reads each pixel of windows once",
       [](const Bismo& hw) { return hw.layout.im2col == hardware::Im2col::kHost; },
       [](Bismo& hw, const Mapping&) { hw.layout.im2col = hardware::Im2col::kOnTheFly; }},
      {"conversion", "convert", "finds activations in bit-planes",
       [](const Bismo& hw) { return hw.layout.converts(); },
       [](Bismo& hw, const Mapping&) { hw.layout.convert = hardware::Conversion::kNone; }},
      {"synchronisation", "sync", "a bit pair waits for its own planes only",
       [](const Bismo& hw) { return hw.fetch_sync != hardware::FetchSync::kPlane; },
       [](Bismo& hw, const Mapping&) { hw.fetch_sync = hardware::FetchSync::kPlane; }},
      {"serial phases", "overlap", "overlaps phases, in buffers twice as deep",
       [](const Bismo& hw) { return !hw.overlap; },
       [](Bismo& hw, const Mapping&) {
         hw.overlap = true;
         hw.activation_buffer_words *= 2;
         hw.weight_buffer_words *= 2;
       }},
      {"instruction issue", "issue", "issues instructions at once",
       [](const Bismo& hw) {
         return hw.fetch_issue_cycles + hw.execute_issue_cycles + hw.result_issue_cycles > 0;
       },
       [](Bismo& hw, const Mapping&) {
         hw.fetch_issue_cycles = hw.execute_issue_cycles = hw.result_issue_cycles = 0;
       }},
      {"pipeline", "pipeline", "has no cycles to drain",
       [](const Bismo& hw) { return hw.pipeline_cycles > 0; },
       [](Bismo& hw, const Mapping&) { hw.pipeline_cycles = 0; }},
  };
  return lifts;
}

/// A machine with a limit lifted, and the jobs for which it comes out so.
struct Lifted {
  Bismo hardware;
  std::vector<std::size_t> jobs;
};

std::vector<Lifted> machines_of(const Lift& lift, const std::vector<Job>& jobs,
                                const Bismo& hardware) {
  using Sizes = std::array<std::int64_t, 4>;  // what depends on a layer
  std::map<Sizes, Lifted> machines;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Job& job = jobs[i];
    Bismo lifted = hardware;
    lift.lift(lifted, mapping::map_layer(job.layer, job.precision, hardware, job.batch));
    const Sizes sizes{lifted.dm, lifted.dn, lifted.activation_buffer_words,
                      lifted.weight_buffer_words};
    machines.emplace(sizes, Lifted{lifted, {}}).first->second.jobs.push_back(i);
  }
  std::vector<Lifted> all;
  for (auto& [sizes, lifted] : machines) all.push_back(std::move(lifted));
  return all;
}

/// Of the pipeline, and in which phases are issued.
Cycles drain_cycles(const Job& job, const Bismo& hardware) {
  const Mapping m = mapping::map_layer(job.layer, job.precision, hardware, job.batch);
  return Cycles(m.gemms.count * m.phases_per_gemm() *
                (hardware.pipeline_cycles + hardware.execute_issue_cycles));
}

/// Cycles in which the array waits for operands.
Cycles operand_waits(const Job& job, const LayerResult& result, const Bismo& hardware) {
  return std::max(Cycles(), result.cost.timing.fetch_stall - drain_cycles(job, hardware));
}

constexpr double kBitsPerByte = 8;

double hertz(Megahertz clock) { return clock.count() * 1e6; }

/// What memory can deliver a second: DRAM at its peak, or all ports at full width.
double bytes_per_second(const Bismo& hw) {
  if (hw.dram) return hw.dram->peak_gigabytes_per_second() * 1e9;
  const std::int64_t results = hw.writes_back() ? hw.result_port_bits : 0;
  const std::int64_t conversion = hw.layout.converts() ? hw.layout.port_bits : 0;
  return static_cast<double>(hw.activation_port_bits + hw.weight_port_bits + results + conversion) /
         kBitsPerByte * hertz(hw.clock());
}
double bytes_per_second(const hardware::BitFusion& hw) {
  return static_cast<double>(hw.port_bits) / kBitsPerByte * hertz(hw.clock());
}

double bytes_moved(const cost::LayerCost& cost) {
  return static_cast<double>(cost.dram.count()) / kBitsPerByte;
}

}  // namespace

std::vector<Lift> lifts_of(const Bismo& hardware) {
  std::vector<Lift> lifts;
  for (const Lift& lift : all_lifts())
    if (lift.is_there(hardware)) lifts.push_back(lift);
  return lifts;
}

std::vector<std::vector<Cycles>> lifted_cycles(const std::vector<Job>& jobs,
                                               const std::vector<LayerResult>& layers,
                                               const Bismo& hardware, const EngineOptions& options,
                                               const Execution& execution) {
  const std::vector<Lift> lifts = lifts_of(hardware);
  const auto all = static_cast<std::int64_t>(lifts.size() * jobs.size());
  std::vector<std::vector<Cycles>> cycles;
  std::size_t done = 0;
  for (const Lift& lift : lifts) {
    cycles.emplace_back(jobs.size());
    if (lift.lift == nullptr) {
      for (std::size_t i = 0; i < jobs.size(); ++i)
        cycles.back()[i] =
            layers[i].cost.timing.total - operand_waits(jobs[i], layers[i], hardware);
      done += jobs.size();
      continue;
    }
    for (const Lifted& lifted : machines_of(lift, jobs, hardware)) {
      std::vector<Job> alike;
      alike.reserve(lifted.jobs.size());
      for (const std::size_t job : lifted.jobs) alike.push_back(jobs[job]);
      const auto results = run(alike, lifted.hardware, options,
                               {execution.jobs, [&](double part, std::int64_t) {
                                  if (execution.progress)
                                    execution.progress(static_cast<double>(done) + part, all);
                                }});
      for (std::size_t i = 0; i < results.size(); ++i)
        cycles.back()[lifted.jobs[i]] = results[i].cost.timing.total;
      done += results.size();
    }
  }
  return cycles;
}

std::string_view bound_by(const Job& job, const LayerResult& result, const Bismo& hardware) {
  if (result.counters) return cycle::to_text(result.counters->bound());
  const cost::Timing& timing = result.cost.timing;
  const cost::Actions& actions = result.cost.actions;
  const Cycles fetch = operand_waits(job, result, hardware);
  const bool by_activations = actions.port_activations.count() / hardware.activation_port_bits >=
                              actions.port_weights.count() / hardware.weight_port_bits;
  const std::vector<cycle::Spent> spent{
      {cycle::Bound::kCompute, timing.compute},
      {cycle::Bound::kActivationFetch, by_activations ? fetch : Cycles()},
      {cycle::Bound::kWeightFetch, by_activations ? Cycles() : fetch},
      {cycle::Bound::kResult, timing.result_stall},
      {cycle::Bound::kPipeline, timing.fetch_stall - fetch},
      {cycle::Bound::kConversion, timing.conversion}};
  return cycle::to_text(
      std::max_element(spent.begin(), spent.end(), [](const auto& a, const auto& b) {
        return a.cycles < b.cycles;
      })->on);
}

Roofline roofline(const Job& job, const cost::LayerCost& cost, const hardware::Hardware& hardware) {
  constexpr double kPerMilli = 1e-3;
  const auto batch = static_cast<double>(job.batch);
  return {.bops = static_cast<double>(graph::bops(job.layer, job.precision).count()) * batch,
          .macs = static_cast<double>(job.layer.macs().count()) * batch,
          .bytes = bytes_moved(cost),
          .seconds = runtime(cost.timing.total, hardware.clock()).count() * kPerMilli,
          .peak_bops_per_second = hardware.visit([&](const auto& hw) {
            return static_cast<double>(hw.peak_bit_macs_per_cycle()) * hertz(hw.clock());
          }),
          .bytes_per_second = hardware.visit([](const auto& hw) { return bytes_per_second(hw); })};
}

Roofline operator+(Roofline sum, const Roofline& layer) {
  sum.bops += layer.bops;
  sum.macs += layer.macs;
  sum.bytes += layer.bytes;
  sum.seconds += layer.seconds;
  sum.peak_bops_per_second = layer.peak_bops_per_second;
  sum.bytes_per_second = layer.bytes_per_second;
  return sum;
}

}  // namespace bitloom::sim
