#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/choices.h"

/// Costs by one call: `bitloom::price("resnet18", "bismo-edge", {.bits = {4, 6}}).latency()`.
namespace bitloom {

struct PriceOptions {
  graph::Precision bits = {8, 8};                    // weights and activations of every layer ..
  std::optional<std::string> policy = {};            // .. or those of a file
  std::optional<graph::Precision> edge_layers = {};  // of the first and last layer
  std::optional<graph::Extent> image_size = {};      // the size the network was published at
  std::optional<std::int64_t> batch = {};            // images priced together; the machine's own
  pipelines::EngineChoice engine = {};               // analytic
};

/// A layer and its cost for the whole batch.
struct PricedLayer {
  std::string name;
  graph::Precision bits;
  cost::LayerCost cost;
};

/// What a network costs on a machine, for the whole batch.
struct Price {
  std::int64_t batch = 1;
  Megahertz clock;
  std::vector<PricedLayer> layers;

  Cycles cycles() const;
  Milliseconds latency() const { return runtime(cycles(), clock); }
  Picojoules energy() const;
  Bytes dram() const;
};

/// Prices `network` of the zoo on `hardware`, a name or a YAML file. A UserError names what is
/// unknown, what of a file is wrong, or the layer that the machine cannot run.
Price price(const std::string& network, const std::string& hardware,
            const PriceOptions& options = {}, const pipelines::Host& host = {});

/// The costs of every layer at every pair of bits up to `max_bits`, as
/// `sim::CostTable::at(layer, {weight bits, activation bits})` gives them.
sim::CostTable cost_table(const pipelines::Network& network, const hardware::Hardware& machine,
                          int max_bits = 8, const pipelines::EngineChoice& engine = {},
                          const pipelines::Host& host = {});

/// By how much the cycles of a whole network pass the sum of its entries, by the analytic engine:
/// -0.04 of 4 % less. The policy has 2 bits and `max_bits` by turns. 0 where entries add up: where
/// what a layer reads and writes costs the same whatever bits the layers beside it have.
double whole_over_entries(const pipelines::Network& network, const hardware::Hardware& machine,
                          int max_bits);

}  // namespace bitloom
