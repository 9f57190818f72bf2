#include "pipelines/apq_table.h"

#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "pipelines/engine_warning.h"

namespace bitloom::pipelines {
namespace {

/// A layer with its key, but for the bits.
struct KeyedLayer {
  std::string key;
  graph::LayerShape layer;
  bool is_edge = false;
};

std::vector<KeyedLayer> keyed(const std::vector<graph::LayerShape>& layers) {
  if (layers.size() < 2)
    throw UserError("APQ's layout has a head and a tail: at least two layers are needed");
  std::vector<KeyedLayer> all;
  std::set<std::string> seen;
  for (std::size_t i = 1; i + 1 < layers.size(); ++i) {
    std::string key = reports::apq_key(layers[i]);
    if (seen.insert(key).second) all.push_back({std::move(key), layers[i]});
  }
  all.push_back({"head", layers.front(), true});
  all.push_back({"tail", layers.back(), true});
  return all;
}

std::vector<graph::Precision> all_pairs(const std::vector<int>& weight_bits,
                                        const std::vector<int>& activation_bits) {
  std::vector<graph::Precision> pairs;
  for (const int weights : weight_bits)
    for (const int activations : activation_bits) pairs.push_back({weights, activations});
  return pairs;
}

}  // namespace

reports::ApqTable apq_table(const std::vector<graph::LayerShape>& layers,
                            const hardware::Hardware& machine, const std::vector<int>& weight_bits,
                            const std::vector<int>& activation_bits, const EngineChoice& engine,
                            const Host& host) {
  warn_of_what_is_left_out(engine, machine, host);
  constexpr graph::Precision kEdgeBits{8, 8};
  const std::vector<KeyedLayer> all = keyed(layers);
  const std::vector<graph::Precision> pairs = all_pairs(weight_bits, activation_bits);
  reports::ApqTable table{.entries = {}, .left_out = {}, .clock = machine.clock()};
  std::vector<graph::LayerShape> shapes;
  std::vector<std::vector<graph::Precision>> bits;
  for (const KeyedLayer& each : all) {
    shapes.push_back(each.layer);
    bits.push_back(each.is_edge ? std::vector{kEdgeBits} : pairs);
  }
  Step step(host, "lut");
  const auto prices =
      sim::price(shapes, bits, machine, machine.batch(), engine.options,
                 {.jobs = engine.jobs,
                  .progress = [&](double done, std::int64_t of) { step.update(done, of); }});
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t pair = 0; pair < bits[i].size(); ++pair) {
      const sim::PairPrice& price = prices[i][pair];
      if (!price.runs() && all[i].is_edge) throw unsupported(price.refusal);
      if (!price.runs())
        table.left_out.push_back(price.refusal);
      else
        table.entries.push_back(
            {all[i].is_edge ? all[i].key
                            : fmt::format("{}-W{}A{}", all[i].key, bits[i][pair].weight_bits,
                                          bits[i][pair].activation_bits),
             price.cost});
    }
  return table;
}

}  // namespace bitloom::pipelines
