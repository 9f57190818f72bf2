#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "models/graph/graph.h"
#include "models/weights/parameters.h"

/// A network that is trained at several widths at once (AdaBits, Jin et al. 2020,
/// arXiv:1912.09666): the weights are shared, and each width has batch norms and levels of its own.
/// In a file, what width `w`, from 0, has of its own is `widths.<w>.<name>`, and the rest has its
/// usual name.
namespace bitloom::weights {

/// Metadata under which a file keeps how each width is quantized.
inline constexpr const char* kWidthsKey = "widths";

bool has_widths(const TensorFile& file);

/// Whether each width has parameters of this role of its own: those of batch norms.
bool is_of_width(ParameterRole role);
/// `widths.<width>.<name>`.
std::string width_tensor(std::size_t width, const std::string& name);

/// The widths that a layer's operands take.
struct LayerWidths {
  std::size_t weights = 0;
  std::size_t activations = 0;
};

/// The file as if it had been trained at these widths of each layer alone, its tensors by their
/// usual names. A batch norm is that of the width of the weights whose products it reads; before
/// all layers, of the first layer's. A UserError names what the file lacks.
TensorFile at_widths(const graph::Graph& graph, const TensorFile& file,
                     const std::vector<LayerWidths>& layers);

}  // namespace bitloom::weights
