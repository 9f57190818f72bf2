#pragma once

#include <string>
#include <vector>

#include "pipelines/learn/quantization.h"

namespace bitloom::pipelines {

struct CalibrateOptions {
  NetworkChoice network;
  std::string weights;  // a safetensors file
  ImageChoice data;
  ComputeChoice compute = {};
  QuantizationChoice quantization = {};
  std::string output;  // weights with their levels
};

/// Sets a quantized network's levels from its weights and some images, corrects its biases by the
/// mean error that rounding the weights makes (Nagel et al. 2019, arXiv:1906.04721, section 4.2),
/// and writes it with its integers, where it has some, to `output`.
std::vector<nn::LayerLevels> calibrate(const CalibrateOptions& options, const Host& host = {});

/// A row per layer: its bits, the step between its input's levels, and what rounding its weights
/// costs.
std::string calibration_text(const std::vector<nn::LayerLevels>& layers, std::size_t width);

}  // namespace bitloom::pipelines
