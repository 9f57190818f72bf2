#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/integer/network.h"
#include "rtl/verify/workload.h"

namespace bitloom::pipelines {

/// A quantized network's own tensors on real images: what each layer reads and what it sums, by the
/// integer engine.
class RealTensors {
 public:
  /// `weights`: a file with integers (`bitloom calibrate` writes them) for `graph`; the first
  /// `batch` images of `data` run through it.
  RealTensors(const graph::Graph& graph, const std::string& weights, const std::string& data,
              std::int64_t batch);
  /// `record`: a file that `bitloom record` wrote of `batch` images.
  RealTensors(const graph::Graph& graph, const std::string& record, std::int64_t batch);

  std::size_t layers() const { return layers_.size(); }
  /// Whether the layer multiplies codes; of networks with integers all do.
  bool has(std::size_t layer) const { return layers_.at(layer).workload.has_value(); }
  graph::Precision precision(std::size_t layer) const { return workload(layer).precision; }
  /// Bits of each of its filters; empty: all have those of precision(), as layers of learned levels
  /// do here.
  const graph::FilterBits& filters(std::size_t layer) const { return layers_.at(layer).filters; }
  /// Whether its input has a plane more than its levels have bits: signs, and 0 as padding.
  bool has_padding_plane(std::size_t layer) const { return layers_.at(layer).has_padding_plane; }
  /// The layer with its weights and all images' input codes.
  const verify::Workload& workload(std::size_t layer) const {
    return layers_.at(layer).workload.value();
  }
  /// The integer engine's sums without biases, [image][output channel][row][column].
  const std::vector<std::int64_t>& sums(std::size_t layer) const { return layers_[layer].sums; }

 private:
  struct Layer {
    std::optional<verify::Workload> workload;
    std::vector<std::int64_t> sums;
    graph::FilterBits filters;
    bool has_padding_plane = false;
  };
  void use_planes(std::size_t layer, const integer::QuantizedLayer& operands);
  void run(const integer::IntegerNetwork& network, const std::vector<float>& images);

  std::int64_t batch_;
  std::vector<Layer> layers_;
};

}  // namespace bitloom::pipelines
