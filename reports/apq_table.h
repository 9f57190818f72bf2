#pragma once

#include <string>
#include <vector>

#include "sim/simulator.h"

namespace bitloom::reports {

/// Latency and energy of layers as APQ publishes them (mit-han-lab/apq: lut/BitFusion_new.b1.dict).
struct ApqTable {
  struct Entry {
    std::string key;
    cost::LayerCost cost;
  };
  std::vector<Entry> entries;
  std::vector<std::string> left_out;  // why, of each pair of bits at which a layer cannot be mapped
  Megahertz clock;
};

/// `(in, out, size, kernel, stride, padding, groups)`, where padding is the least on both sides
/// that gives the layer's output. A UserError names a layer that is not so told: one that is not
/// square, or the product of two activations.
std::string apq_key(const graph::LayerShape& layer);

/// JSON, which APQ's latency predictor reads: of each key `latency` in ms and `energy` in mJ.
std::string apq_table_json(const ApqTable& table);

}  // namespace bitloom::reports
