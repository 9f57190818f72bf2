#include "cli/learn/model_loading.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/progress.h"
#include "models/torch/evaluation.h"

namespace bitloom::cli {
namespace {

using Granularity = nn::QuantizerTask::Granularity;
using nlohmann::json;

std::string to_text(Granularity granularity) {
  return granularity == Granularity::kLayer ? "layer" : "channel";
}

Granularity parse_granularity(const std::string& text) {
  if (text == "layer") return Granularity::kLayer;
  if (text == "channel") return Granularity::kChannel;
  throw unknown_name("granularity", text, {"layer", "channel"});
}

bool is_width(const json& bits, int most) {
  return bits.is_number_integer() && bits >= graph::kMinBits && bits <= most;
}

bool is_activation_width(const json& bits) {
  return is_width(bits, graph::kMaxBits) || bits == graph::kFloatBits;
}

/// What quantization_text() wrote.
nn::Quantization read_quantization(const LoadedWeights& weights) {
  const json stored = json::parse(weights.file.metadata(kQuantizationKey), nullptr, false);
  const auto wrong = [&](const char* what) {
    return weights.file.error(fmt::format("metadata '{}': {}", kQuantizationKey, what));
  };
  if (!stored.is_object() || !stored.contains("quantizer") || !stored["quantizer"].is_string() ||
      !stored.contains("granularity") || !stored["granularity"].is_string() ||
      !stored.contains("policy") || !stored["policy"].is_array())
    throw wrong("must hold quantizer, granularity and policy");
  nn::Quantization quantization;
  try {
    quantization.scheme = nn::quantizer_scheme(stored["quantizer"].get<std::string>()).name;
    quantization.granularity = parse_granularity(stored["granularity"]);
  } catch (const UserError& unknown) {
    throw wrong(unknown.what());
  }
  for (const json& bits : stored["policy"]) {
    if (!bits.is_array() || bits.size() != 2 || !is_width(bits[0], graph::kMaxBits) ||
        !is_activation_width(bits[1]))
      throw wrong("policy must be a list of [weight bits, activation bits]");
    quantization.policy.push_back({bits[0], bits[1]});
  }
  if (quantization.policy.size() != weights.network.layers.size())
    throw wrong("policy is for another network");
  return quantization;
}

}  // namespace

void require_classifier(const graph::Graph& network) {
  if (network.nodes().back().shape.size() != 1)
    throw UserError(
        fmt::format("network {}: is no classifier: it puts out {}, not a number for each class",
                    network.name(), weights::to_text(network.nodes().back().shape)));
}

LoadedWeights load_weights(const Network& network, const std::string& path) {
  require_classifier(network.graph);
  weights::TensorFile file = weights::TensorFile::load(path);
  weights::TrainedNetwork trained = weights::read_trained(network.graph, file);
  std::vector<graph::LayerShape> layers = graph::layers_of(trained.graph);
  auto runnable = std::make_shared<nn::Network>(trained.graph, trained.parameters);
  return {std::move(file),
          {std::move(trained.graph), std::move(layers)},
          std::move(trained.normalization),
          std::move(runnable)};
}

std::string quantization_text(const nn::Quantization& quantization) {
  json policy = json::array();
  for (const graph::Precision& bits : quantization.policy)
    policy.push_back({bits.weight_bits, bits.activation_bits});
  const auto granularity = quantization.granularity.value_or(
      nn::quantizer_scheme(quantization.scheme).weights.granularity);
  return json{
      {"quantizer", quantization.scheme}, {"granularity", to_text(granularity)}, {"policy", policy}}
      .dump();
}

nn::Quantization parse_scheme(const QuantizationOptions& options) {
  nn::Quantization quantization;
  quantization.scheme = nn::quantizer_scheme(options.scheme.value_or("uniform")).name;
  if (options.granularity) quantization.granularity = parse_granularity(*options.granularity);
  return quantization;
}

ChosenQuantization choose_quantization(const QuantizationOptions& options,
                                       const LoadedWeights& weights) {
  if (!options.is_given() && weights.file.metadata().count(kQuantizationKey))
    return {read_quantization(weights), true};
  nn::Quantization quantization = parse_scheme(options);
  quantization.policy = options.policy.load(weights.network, graph::Activations::kIntegerOrFloat);
  return {std::move(quantization), false};
}

std::shared_ptr<const data::Dataset> calibration_images(const QuantizationOptions& options,
                                                        const ImageSource& fallback) {
  const ImagesOption& given = options.calibration;
  given.require_consistent();
  const auto images = given.is_given() ? given.load(data::Part::kTrain) : fallback();
  return given.count ? images : first_images(images, kCalibrationImages);
}

nn::ActivationSampler sample_inputs(nn::Network& network,
                                    const std::shared_ptr<const data::Dataset>& images,
                                    const data::Normalization& normalization,
                                    std::int64_t batch_size) {
  const std::int64_t count = images->size();
  data::Loader loader(images, {.input = input_of(network.graph()),
                               .normalization = normalization,
                               .batch_size = batch_size});
  nn::ActivationSampler sampler(network.layers(), count);
  const torch::NoGradGuard no_gradient;
  Progress progress("calibrate");
  std::int64_t done = 0;
  while (auto batch = loader.next()) {
    network.forward(nn::images_of(*batch), nn::Mode::kInference, sampler);
    progress.update(done += batch->size, count);
  }
  return sampler;
}

std::unique_ptr<nn::QuantizedNetwork> make_quantized(const QuantizationOptions& options,
                                                     const LoadedWeights& weights,
                                                     const ImageSource& fallback,
                                                     const data::Normalization& normalization,
                                                     std::int64_t batch_size) {
  ChosenQuantization chosen = choose_quantization(options, weights);
  auto quantized =
      std::make_unique<nn::QuantizedNetwork>(weights.runnable, std::move(chosen.quantization));
  if (chosen.is_stored) {
    quantized->load_state(weights.file);
    return quantized;
  }
  const nn::ActivationSampler inputs = sample_inputs(
      quantized->network(), calibration_images(options, fallback), normalization, batch_size);
  try {
    quantized->calibrate(inputs);
  } catch (const UserError& error) {
    throw error.with_text(weights.file.error(error.what()).what());
  }
  return quantized;
}

std::map<std::string, std::string> metadata_of(nn::Model& model,
                                               const data::Normalization& normalization) {
  std::map<std::string, std::string> metadata{
      {"network", model.network().graph().name()},
      {weights::kNormalizationKey, data::to_text(normalization)}};
  if (model.quantized())
    metadata[kQuantizationKey] = quantization_text(model.quantized()->quantization());
  return metadata;
}

}  // namespace bitloom::cli
