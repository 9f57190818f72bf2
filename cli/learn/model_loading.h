#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/learn/learn_options.h"
#include "models/torch/model.h"
#include "models/weights/trained_network.h"

/// From options to a model that runs.
namespace bitloom::cli {

/// A file's weights in the network that they were trained for.
struct LoadedWeights {
  weights::TensorFile file;
  Network network;            // with the origin's padding
  std::string normalization;  // its own
  std::shared_ptr<nn::Network> runnable;
};

using ImageSource = std::function<std::shared_ptr<const data::Dataset>()>;

/// A UserError unless `network` puts out a number for each class.
void require_classifier(const graph::Graph& network);

LoadedWeights load_weights(const Network& network, const std::string& path);

/// Metadata under which a file keeps how it was quantized.
inline constexpr const char* kQuantizationKey = "quantization";
std::string quantization_text(const nn::Quantization& quantization);

/// `--quantizer` and `--granularity`; no policy.
nn::Quantization parse_scheme(const QuantizationOptions& options);

/// The quantization that `options` ask for; the one that `file` was stored with where they ask for
/// none and `stored_is_enough`.
struct ChosenQuantization {
  nn::Quantization quantization;
  bool is_stored = false;  // the file holds the quantizers' state as well
};
ChosenQuantization choose_quantization(const QuantizationOptions& options,
                                       const LoadedWeights& weights);

/// Images that a network is calibrated on where no others are given.
constexpr std::int64_t kCalibrationImages = 256;

/// The images that set ranges: the calibration images; where none are given, the first of what
/// `fallback` gives.
std::shared_ptr<const data::Dataset> calibration_images(const QuantizationOptions& options,
                                                        const ImageSource& fallback);

/// What the layers of the float network read on `images`; says what it does on a terminal.
nn::ActivationSampler sample_inputs(nn::Network& network,
                                    const std::shared_ptr<const data::Dataset>& images,
                                    const data::Normalization& normalization,
                                    std::int64_t batch_size);

/// The quantized network: with the file's own state, or calibrated on calibration_images(). A
/// UserError names the file, and the layer that cannot be calibrated.
std::unique_ptr<nn::QuantizedNetwork> make_quantized(const QuantizationOptions& options,
                                                     const LoadedWeights& weights,
                                                     const ImageSource& fallback,
                                                     const data::Normalization& normalization,
                                                     std::int64_t batch_size);

/// What a file of the model says of itself beside its tensors.
std::map<std::string, std::string> metadata_of(nn::Model& model,
                                               const data::Normalization& normalization);

}  // namespace bitloom::cli
