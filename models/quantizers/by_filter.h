#pragma once

#include <functional>
#include <vector>

#include "models/quantizers/quantizer.h"

namespace bitloom::nn {

/// A quantizer of weights whose filters (output channels, dimension 0) have different bits, from 0
/// on: filters of one width are quantized by a quantizer of their own, which `make` makes, as if
/// they were the layer. Weights of a filter of 0 bits are 0. Its state() is theirs, with the width
/// before each name: `2b.step`.
MadeQuantizer by_filter(std::vector<int> bits, const std::function<MadeQuantizer(int bits)>& make);

}  // namespace bitloom::nn
