#pragma once

#include <string>
#include <vector>

#include "models/weights/parameters.h"

/// SqueezeNet 1.1 as its authors' Caffe model names it: `conv1`, `fire2/squeeze1x1` .. `fire9/
/// expand3x3`, `conv10`. Its last convolution pads by one, which the zoo's (torchvision's) does
/// not.
namespace bitloom::weights {

bool is_caffe(const graph::Graph& graph, const TensorFile& file);
graph::Graph as_caffe_pads(const graph::Graph& graph);
Parameters read_caffe(const graph::Graph& graph, const TensorFile& file,
                      std::vector<std::string>& used);

}  // namespace bitloom::weights
