#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/torch/accuracy.h"
#include "pipelines/learn/quantization.h"
#include "reports/results/level_statistics.h"

namespace bitloom::pipelines {

/// What computes a quantized network.
enum class Arithmetic {
  kFake,     // integers carried by floats
  kInteger,  // integers by bit-planes, as the hardware
};
/// `fake`, `integer`; a UserError lists the two.
Arithmetic parse_arithmetic(const std::string& name);

struct EvaluateOptions {
  NetworkChoice network;
  std::string weights;  // a safetensors file
  ImageChoice data;
  ComputeChoice compute = {};
  QuantizationChoice quantization = {};
  bool is_float = false;  // single precision, nothing quantized
  Arithmetic arithmetic = Arithmetic::kFake;
  std::string outputs =
      {};  // a file for what the network reads and answers (answers.h); empty: none
  bool tells_statistics = false;  // of levels
};

/// Accuracy of a network, and how it answered.
struct Evaluation {
  std::string arithmetic;   // in words
  std::string calibration;  // images that set ranges, in words; empty: none did
  std::int64_t calibration_images = 0;
  std::optional<Quantized> quantized;  // nothing: single precision
  nn::Accuracy accuracy;
  std::int64_t classes = 0;
  double images_per_second = 0;
  /// Points of top-1 below single precision, on some of the images, where `--ptq` could have chosen
  /// the levels and did not.
  std::optional<nn::PairedDifference> lost_points = {};
  std::optional<reports::StatisticsFile> statistics = {};  // where they were asked for
};

/// Runs the network on the images. A UserError where options do not go together, weights are not
/// the network's, or there are no integers to compute with.
Evaluation evaluate(const EvaluateOptions& options, const Host& host = {});

/// Accuracy of several policies.
struct PolicyScores {
  std::string calibration;  // images that set ranges, in words; empty: training set them
  std::int64_t calibration_images = 0;
  std::string scheme;                    // the quantizer
  std::vector<std::string> files;        // of policies
  std::vector<nn::Accuracy> accuracies;  // of each file
  // Of each file, as Evaluation has them; or none.
  std::vector<nn::PairedDifference> lost_points;
};

/// Evaluates each policy file on its own; weights and images are loaded once. Of
/// `options.quantization`, edge layers, scheme, granularity and calibration count.
PolicyScores score_policies(const EvaluateOptions& options, const std::vector<std::string>& files,
                            const Host& host = {});

}  // namespace bitloom::pipelines
