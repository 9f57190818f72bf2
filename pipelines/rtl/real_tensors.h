#pragma once

#include <memory>
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

  std::size_t layers() const { return layers_.size(); }
  graph::Precision precision(std::size_t layer) const;
  /// The layer with its weights and all images' input codes.
  verify::Workload workload(std::size_t layer) const;
  /// The integer engine's sums without biases, [image][output channel][row][column].
  const std::vector<std::int64_t>& sums(std::size_t layer) const { return layers_[layer].sums; }

 private:
  struct Layer {
    const integer::LayerStep* step = nullptr;
    std::vector<std::int32_t> codes;
    std::vector<std::int64_t> sums;
  };
  void run(const std::vector<float>& images);

  std::unique_ptr<integer::IntegerNetwork> network_;
  std::int64_t batch_;
  std::vector<Layer> layers_;
};

}  // namespace bitloom::pipelines
