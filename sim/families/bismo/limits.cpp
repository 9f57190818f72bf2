#include "sim/families/bismo/limits.h"

#include <algorithm>
#include <array>
#include <map>

#include "sim/families/bismo/cost.h"

namespace bitloom::cost {
namespace {

using hardware::Bismo;
using mapping::Mapping;
using sim::Job;
using sim::LayerResult;
using sim::Lift;

/// A row of the table of lifts.
struct LiftEntry : Lift {
  /// Whether the machine has the limit.
  bool (*is_there)(const Bismo& hardware);
  /// The machine without it, for a layer that is mapped so on the machine that has it. None: what
  /// remains is the cycles in which the array does not wait for operands.
  void (*lift)(Bismo& hardware, const Mapping& mapping);
};

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

const std::vector<LiftEntry>& all_lifts() {
  static const std::vector<LiftEntry> lifts{
      {{"array", "array", "a block is one tile: same blocks and traffic"}, always, lift_array},
      {{"operand fetch", "fetch", "operands are always there (at best)"}, always, nullptr},
      {{"activation port", "act. port", "carries a word (dk bits) a beat"},
       [](const Bismo& hw) { return hw.activation_port_bits < hw.dk; },
       [](Bismo& hw, const Mapping&) { hw.activation_port_bits = hw.dk; }},
      {{"weight port", "weight port", "carries a word (dk bits) a beat"},
       [](const Bismo& hw) { return hw.weight_port_bits < hw.dk; },
       [](Bismo& hw, const Mapping&) { hw.weight_port_bits = hw.dk; }},
      {{"both ports", "ports", "carry a word (dk bits) a beat each"},
       [](const Bismo& hw) {
         return hw.activation_port_bits < hw.dk && hw.weight_port_bits < hw.dk;
       },
       [](Bismo& hw, const Mapping&) { hw.activation_port_bits = hw.weight_port_bits = hw.dk; }},
      {{"buffers", "buffers", "hold all of a layer: nothing comes twice"}, always, lift_buffers},
      {{"memory", "memory", "answers at once, at the ports' full rate"},
       [](const Bismo& hw) { return hw.memory_latency_cycles > 0 || hw.dram; },
       [](Bismo& hw, const Mapping&) {
         hw.memory_latency_cycles = 0;
         hw.dram.reset();
       }},
      {{"result port", "results", "takes a tile pair's results at once"},
       [](const Bismo& hw) { return hw.result_port_bits > 0; },
       [](Bismo& hw, const Mapping&) {
         hw.result_port_bits = 0;
         hw.write_back = hardware::WriteBack::kNone;
       }},
      {{"host im2col", "im2col", "reads each pixel of windows once"},
       [](const Bismo& hw) { return hw.layout.im2col == hardware::Im2col::kHost; },
       [](Bismo& hw, const Mapping&) { hw.layout.im2col = hardware::Im2col::kOnTheFly; }},
      {{"conversion", "convert", "finds activations in bit-planes"},
       [](const Bismo& hw) { return hw.layout.converts(); },
       [](Bismo& hw, const Mapping&) { hw.layout.convert = hardware::Conversion::kNone; }},
      {{"synchronisation", "sync", "a bit pair waits for its own planes only"},
       [](const Bismo& hw) { return hw.fetch_sync != hardware::FetchSync::kPlane; },
       [](Bismo& hw, const Mapping&) { hw.fetch_sync = hardware::FetchSync::kPlane; }},
      {{"serial phases", "overlap", "overlaps phases, in buffers twice as deep"},
       [](const Bismo& hw) { return !hw.overlap; },
       [](Bismo& hw, const Mapping&) {
         hw.overlap = true;
         hw.activation_buffer_words *= 2;
         hw.weight_buffer_words *= 2;
       }},
      {{"coefficients", "codes", "shifts: no codes come with the weights"},
       [](const Bismo& hw) { return hw.multiplies(); },
       [](Bismo& hw, const Mapping&) { hw.coefficients = hardware::Coefficients::kShift; }},
      {{"instruction issue", "issue", "issues instructions at once"},
       [](const Bismo& hw) {
         return hw.fetch_issue_cycles + hw.execute_issue_cycles + hw.result_issue_cycles > 0;
       },
       [](Bismo& hw, const Mapping&) {
         hw.fetch_issue_cycles = hw.execute_issue_cycles = hw.result_issue_cycles = 0;
       }},
      {{"pipeline", "pipeline", "has no cycles to drain"},
       [](const Bismo& hw) { return hw.pipeline_cycles > 0; },
       [](Bismo& hw, const Mapping&) { hw.pipeline_cycles = 0; }},
  };
  return lifts;
}

/// The entry of `lifts_of(hardware)[lift]`.
const LiftEntry& entry_of(std::size_t lift, const Bismo& hardware) {
  std::size_t at = 0;
  for (const LiftEntry& entry : all_lifts())
    if (entry.is_there(hardware) && at++ == lift) return entry;
  throw InternalError("a lift that the machine has not");
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

}  // namespace

std::vector<Lift> lifts_of(const Bismo& hardware) {
  std::vector<Lift> lifts;
  for (const LiftEntry& entry : all_lifts())
    if (entry.is_there(hardware)) lifts.push_back(entry);
  return lifts;
}

Bismo lifted(std::size_t lift, const Mapping& mapping, const Bismo& hardware) {
  Bismo lifted = hardware;
  if (const LiftEntry& entry = entry_of(lift, hardware); entry.lift) entry.lift(lifted, mapping);
  return lifted;
}

std::vector<sim::LiftedMachine> lifted(std::size_t lift, const std::vector<Job>& jobs,
                                       const Bismo& hardware) {
  if (!entry_of(lift, hardware).lift) return {};
  using Sizes = std::array<std::int64_t, 4>;  // what depends on a layer
  std::map<Sizes, sim::LiftedMachine> machines;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    const Job& job = jobs[i];
    const Bismo without =
        lifted(lift, mapping::map_layer(job.layer, job.precision, hardware, job.batch), hardware);
    sim::LiftedMachine& machine = machines[{without.dm, without.dn, without.activation_buffer_words,
                                            without.weight_buffer_words}];
    if (!machine.machine) machine.machine = machine_of(without);
    machine.jobs.push_back(i);
  }
  std::vector<sim::LiftedMachine> all;
  for (auto& [sizes, machine] : machines) all.push_back(std::move(machine));
  return all;
}

Cycles cycles_without_fetch(const Job& job, const LayerResult& result, const Bismo& hardware) {
  return result.cost.timing.total - operand_waits(job, result, hardware);
}

Cycles least_without(std::size_t lift, const Job& job, const LayerResult& result,
                     const Bismo& hardware) {
  if (entry_of(lift, hardware).lift != lift_array || hardware.result_port_bits == 0) return {};
  const Mapping m =
      mapping::map_layer(job.layer, job.precision, hardware, job.batch, job.neighbors);
  if (m.written_bits > 0) return {};  // the lifted machine writes every result within the layer
  const std::int64_t pairs = m.gemms.count * m.activations.tiles() * m.weights.tiles();
  return std::min(result.cost.timing.total, Cycles((pairs - 1) * hardware.result_beats()));
}

std::string_view bound_by(const Job& job, const LayerResult& result, const Bismo& hardware) {
  const auto details = result.details.as<LayerDetails>();
  if (details.counters) return cycle::to_text(details.counters->bound());
  const Timing& timing = result.cost.timing;
  const Actions& actions = details.actions;
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

double bytes_per_second(const Bismo& hw) {
  constexpr double kBitsPerByte = 8;
  const std::int64_t results = hw.writes_back() ? hw.result_port_bits : 0;
  const std::int64_t conversion = hw.layout.converts() ? hw.layout.port_bits : 0;
  return static_cast<double>(hw.activation_port_bits + hw.weight_port_bits + hw.code_bits() +
                             results + conversion) /
         kBitsPerByte * (hw.clock().count() * 1e6);
}

}  // namespace bitloom::cost
