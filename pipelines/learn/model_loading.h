#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "models/torch/model.h"
#include "models/torch/own_layers.h"
#include "models/weights/trained_network.h"
#include "pipelines/learn/quantization.h"

/// From options to a model that runs. For the sources of this folder alone: it includes LibTorch.
namespace bitloom::pipelines {

/// A file's weights in the network that they were trained for.
struct LoadedWeights {
  weights::TensorFile file;
  Network network;            // with the origin's padding
  std::string normalization;  // its own
  std::shared_ptr<nn::Network> runnable;
  std::vector<nn::OwnLayer> own_layers = {};  // of a file of ONNX
  std::string origin = {};                    // weights::TrainedNetwork's

  /// Whether a layer of the file has quantizers of its own.
  bool quantizes_itself() const;
};

/// A UserError unless `network` puts out a number for each class.
void require_classifier(const NetworkChoice& choice, const graph::Graph& network);

/// What a network must put out.
enum class Answer {
  kClasses,  // a number for each class
  kAny,
};

/// The weights in a network of the classes that they were trained for, unless `choice` says how
/// many. Warns of tensors that are left out.
LoadedWeights load_weights(const NetworkChoice& choice, const std::string& path, const Host& host,
                           Answer answer = Answer::kClasses);

/// Metadata under which a file keeps how it was quantized.
inline constexpr const char* kQuantizationKey = "quantization";
/// The quantization that is asked for, or the one that the file was stored with.
struct ChosenQuantization {
  nn::Quantization quantization;
  bool is_stored = false;  // the file holds the quantizers' state as well
};
ChosenQuantization choose_quantization(const QuantizationChoice& choice,
                                       const LoadedWeights& weights);

/// Images that a network is calibrated on where no others are given.
constexpr std::int64_t kCalibrationImages = 256;
/// The same where a post-training method chooses the levels.
constexpr std::int64_t kPostTrainingImages = 512;

using ImageSource = std::function<Images()>;

/// So many images calibrate where `choice` does not say it: kCalibrationImages; of a post-training
/// method kPostTrainingImages, or as many as leave its largest tensor half a gigabyte.
std::int64_t usual_calibration_images(const QuantizationChoice& choice,
                                      const graph::Graph& network);
/// The images that set ranges: those chosen; where none are, some of what `fallback` gives.
Images calibration_images(const QuantizationChoice& choice, const graph::Graph& network,
                          const ImageSource& fallback, const Host& host);

/// How a network's images are loaded.
data::LoaderOptions loading(const LoadedWeights& weights, const ComputeChoice& compute);

/// What a post-training method chooses an operand's levels for.
enum class LevelsFor {
  kQuantizedNetwork,  // all operands together: a layer makes up for the errors of those before
  kOperandsAlone,     // one operand among others in single precision
};

/// What else may refuse a network before images set its levels.
using BeforeImages = std::function<void(const nn::QuantizedNetwork&)>;

/// The quantized network: with the file's own state, or calibrated on what `calibrating` gives. A
/// UserError names the file, and the layer that cannot be calibrated; bits at which a layer's sums
/// overflow are refused before there are images.
std::unique_ptr<nn::QuantizedNetwork> make_quantized(
    const QuantizationChoice& choice, const LoadedWeights& weights, const ImageSource& calibrating,
    const data::LoaderOptions& loading, const Host& host,
    LevelsFor levels_for = LevelsFor::kQuantizedNetwork, const BeforeImages& checked = {});

/// What a file of the model says of itself beside its tensors. `origin`: whose padding its network
/// has; empty: the zoo's.
std::map<std::string, std::string> metadata_of(nn::Model& model,
                                               const data::Normalization& normalization,
                                               const std::string& origin);

/// A UserError where the weights' file quantizes itself: `what` would measure or train quantizers
/// on top of its own.
void require_unquantized(const LoadedWeights& weights, const char* what);

}  // namespace bitloom::pipelines
