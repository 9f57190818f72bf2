#include <algorithm>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "base/csv.h"
#include "models/graph/zoo/zoo.h"
#include "reports/haq/haq_report.h"
#include "sim/catalogue.h"
#include "sim/families/bismo/analytic.h"

namespace bitloom::haq {
namespace {

constexpr std::int64_t kBatch = 16;  // of the published table

struct Entry {
  std::size_t layer;
  graph::Precision bits;
  std::int64_t cycles;
};

std::vector<Entry> read_entries(const std::string& path) {
  const CsvTable table = CsvTable::load(path);
  table.require_only_columns({"layer", "weight_bits", "activation_bits", "cycles"});
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const auto bits = [](const CsvTable::Row& row, const char* column) {
    return static_cast<int>(row.integer(column, graph::kMinBits, graph::kMaxBits));
  };
  std::vector<Entry> entries;
  for (const CsvTable::Row& row : table.rows())
    entries.push_back({static_cast<std::size_t>(row.integer("layer", 0, kMost)),
                       {bits(row, "weight_bits"), bits(row, "activation_bits")},
                       row.integer("cycles", 0, kMost)});
  return entries;
}

using Model = std::function<std::int64_t(const graph::LayerShape&, graph::Precision)>;

Model on(const hardware::Bismo& hw) {
  return [hw](const graph::LayerShape& layer, graph::Precision bits) {
    const auto schedule = analytic::schedule(mapping::map_layer(layer, bits, hw, kBatch), hw);
    return analytic::run(schedule, hw).total.count();
  };
}

Model with_outer(const hardware::Bismo& hw, mapping::OuterOperand outer) {
  return [hw, outer](const graph::LayerShape& layer, graph::Precision bits) {
    const mapping::Schedule schedule{mapping::map_layer(layer, bits, hw, kBatch), outer};
    return analytic::run(schedule, hw).total.count();
  };
}

std::int64_t fetch_beats(const mapping::PhaseOperand& operand, std::int64_t words) {
  return operand.rows() * operand.bits *
         ((words - 1) * operand.beats_per_word + operand.beats_of_last_word);
}

/// The roofline's idea of a phase: the longest of compute and the two fetches, perfectly
/// overlapped.
Model with_phase_as_maximum(const hardware::Bismo& hw) {
  return [hw](const graph::LayerShape& layer, graph::Precision bits) {
    const auto m = mapping::map_layer(layer, bits, hw, kBatch);
    std::int64_t total = 0;
    for (std::int64_t i = 0; i < m.activations.count(); ++i)
      for (std::int64_t j = 0; j < m.weights.count(); ++j)
        for (std::int64_t k = 0; k < m.chunks.count(); ++k) {
          const mapping::Phase phase = m.phase(i, j, k);
          total += std::max({phase.issue_slots(), fetch_beats(phase.activations, phase.words),
                             fetch_beats(phase.weights, phase.words)});
        }
    return m.gemms.count * total;
  };
}

/// The batch's pixels in one product, weights fetched once for all images.
Model with_batch_in_pixels(const hardware::Bismo& hw) {
  return [hw, plain = on(hw)](graph::LayerShape layer, graph::Precision bits) {
    if (layer.kind != graph::LayerKind::kConvolution) return plain(layer, bits);
    layer.output.height *= kBatch;
    const auto schedule = analytic::schedule(mapping::map_layer(layer, bits, hw, 1), hw);
    return analytic::run(schedule, hw).total.count();
  };
}

hardware::Bismo changed(hardware::Bismo hw, const std::function<void(hardware::Bismo&)>& change) {
  change(hw);
  return hw;
}

struct Change {
  std::string name;
  Model model;
};

std::vector<Change> changes(const hardware::Bismo& hw) {
  using hardware::Bismo;
  std::vector<Change> all{{"none: the model of docs/reference/timing.md", on(hw)}};
  const auto knob = [&](std::string name, const std::function<void(Bismo&)>& change) {
    all.push_back({std::move(name), on(changed(hw, change))});
  };
  for (const std::int64_t rows : {15, 17})
    knob(fmt::format("dm {} instead of 16", rows), [rows](Bismo& b) { b.dm = rows; });
  for (const std::int64_t columns : {15, 17})
    knob(fmt::format("dn {} instead of 16", columns), [columns](Bismo& b) { b.dn = columns; });
  for (const std::int64_t dk : {255, 257})
    knob(fmt::format("dk {} instead of 256", dk), [dk](Bismo& b) { b.dk = dk; });
  for (const std::int64_t port : {128, 512})
    knob(fmt::format("ports of {} bits instead of 256", port),
         [port](Bismo& b) { b.activation_port_bits = b.weight_port_bits = port; });
  for (const std::int64_t words : {512, 960, 980, 1027, 1056, 2048})
    knob(fmt::format("buffers of {} words instead of 1024", words),
         [words](Bismo& b) { b.activation_buffer_words = b.weight_buffer_words = words; });
  knob("one pipeline cycle a phase", [](Bismo& b) { b.pipeline_cycles = 1; });
  all.push_back({"activations always outer", with_outer(hw, mapping::OuterOperand::kActivations)});
  all.push_back({"weights always outer", with_outer(hw, mapping::OuterOperand::kWeights)});
  all.push_back({"phase = max(compute, fetch)", with_phase_as_maximum(hw)});
  all.push_back({"batch folded into the pixels", with_batch_in_pixels(hw)});
  return all;
}

}  // namespace

std::vector<Ablation> ablate(const Sources& sources) {
  const auto layers = graph::layers_of(graph::make_network("mobilenet_v2"));
  const std::vector<Entry> entries = read_entries(sources.lut_csv);
  std::vector<Ablation> ablations;
  for (const Change& change : changes(
           hardware::load_hardware("bismo-cloud", sources.hardware_folder).as<hardware::Bismo>())) {
    const auto exact = std::count_if(entries.begin(), entries.end(), [&](const Entry& entry) {
      return change.model(layers.at(entry.layer), entry.bits) == entry.cycles;
    });
    ablations.push_back({change.name, static_cast<int>(exact), static_cast<int>(entries.size())});
  }
  return ablations;
}

std::string ablation_markdown(const std::vector<Ablation>& ablations) {
  std::string text = "| change | entries still exact | share |\n|---|---|---|\n";
  for (const Ablation& a : ablations)
    text += fmt::format("| {} | {} of {} | {:.1f} % |\n", a.change, a.exact, a.entries,
                        100.0 * a.exact / a.entries);
  return text;
}

}  // namespace bitloom::haq
