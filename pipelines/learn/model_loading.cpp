#include "pipelines/learn/model_loading.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/shown_name.h"
#include "models/onnx/import.h"
#include "models/operators/softmax.h"
#include "models/torch/evaluation.h"
#include "models/torch/onnx_parameters.h"
#include "models/torch/post_training/post_training.h"
#include "models/weights/widths.h"
#include "pipelines/learn/stored_quantization.h"
#include "pipelines/weights_choice.h"

namespace bitloom::pipelines {
namespace {

/// Does `work`; what is wrong with a network is told as of the file `path`.
template <class Work>
void told_of(const std::string& path, const Work& work) {
  try {
    work();
  } catch (const UserError& error) {
    throw error.in_file(path);
  }
}

/// What the layers of the float network, of the file `path`, read on `images`.
nn::ActivationSampler sample_inputs(nn::Network& network, const std::string& path,
                                    const Images& images, const data::LoaderOptions& loading,
                                    const Host& host) {
  const std::int64_t count = images->size();
  data::Loader loader(images, loading);
  nn::ActivationSampler sampler(network.layers(), count);
  const torch::NoGradGuard no_gradient;
  Step step(host, "calibrate");
  std::int64_t done = 0;
  while (auto batch = loader.next()) {
    told_of(path, [&] { network.forward(nn::images_of(*batch), nn::Mode::kInference, sampler); });
    step.update(static_cast<double>(done += batch->size), count);
  }
  return sampler;
}

/// Runs the post-training method that the network, of the file `path`, was asked for.
void choose_levels(nn::QuantizedNetwork& network, const std::string& path, const Images& images,
                   const data::LoaderOptions& loading, const Host& host, LevelsFor levels_for) {
  data::Loader loader(images, loading);
  std::vector<torch::Tensor> batches;
  while (auto batch = loader.next()) batches.push_back(nn::images_of(*batch).clone());
  const nn::PostTraining& method = nn::post_training_method(network.quantization().post_training);
  Step step(host, method.name, "layers");
  const auto tell = [&](std::size_t done, std::size_t of) {
    step.update(static_cast<double>(done), static_cast<std::int64_t>(of));
  };
  told_of(path, [&] {
    if (levels_for == LevelsFor::kOperandsAlone)
      nn::fit_operands_alone(network, method, torch::cat(batches), tell);
    else
      nn::post_train(network, method, torch::cat(batches), tell);
  });
}

}  // namespace

void require_classifier(const NetworkChoice& choice, const graph::Graph& network) {
  const graph::Node& last = network.nodes().back();
  if (graph::size_of(last.shape) == last.shape.front()) return;
  const bool is_file = onnx::is_model_file(choice.name);
  throw UserError(fmt::format(
      "{}{}: is no classifier: its last node, '{}', puts out {}, not a number for each class",
      is_file ? "" : "network ", choice.name, shown_name(last.name), weights::to_text(last.shape)));
}

namespace {

/// Of images that a file of ONNX takes, which does not say how it was trained.
constexpr const char* kModelNormalization = "unit";

/// Without a Softmax that is the last node and the only output: losses are taken of what it reads.
std::optional<graph::Graph> without_last_softmax(const graph::Graph& whole) {
  const graph::Node& last = whole.nodes().back();
  const std::vector<graph::Output> outputs = whole.outputs();
  const bool is_softmax = last.op.is<graph::Softmax>() || last.op.name() == "Softmax";
  if (!is_softmax || outputs.size() != 1 || outputs.front().node + 1 != whole.nodes().size())
    return std::nullopt;
  graph::Graph rest(whole.name());
  for (const graph::Node& node : whole.nodes())
    if (&node != &last) rest.add(node.name, node.op, node.inputs);
  rest.add_output(outputs.front().name, last.inputs.front());
  return rest;
}

/// The network and the weights that one file of ONNX holds.
LoadedWeights load_model_file(const NetworkChoice& choice, const std::string& path,
                              const Host& host, Answer answer) {
  if (choice.name != path)
    throw UserError(
        fmt::format("{}: a file of ONNX has the weights of its own network; --network "
                    "{} would be right",
                    path, path));
  Network network = load(choice, host);
  if (answer == Answer::kClasses) {
    require_classifier(choice, network.graph);
    if (auto rest = without_last_softmax(network.graph)) {
      network.graph = std::move(*rest);
      if (host.warning)
        host.warning(path + ": its last Softmax is left out: losses are of what it reads");
    }
  }
  const onnx::Imported imported = onnx::import_model(path, choice.inputs);
  std::shared_ptr<nn::Network> runnable;
  try {
    runnable = std::make_shared<nn::Network>(network.graph, nn::parameters_of(imported), path);
  } catch (const UserError& refusal) {
    throw refusal.in_file(path);
  }
  const auto noted = imported.metadata.find(onnx::kNormalizationNote);
  return {weights::TensorFile::of(path, {}),  // whose tensors the network has
          std::move(network),
          noted == imported.metadata.end() ? kModelNormalization : noted->second,
          std::move(runnable),
          nn::own_layers(imported),
          {}};
}

}  // namespace

namespace {

/// Weights of another file would run under the quantizers of the network's.
void require_floats(const NetworkChoice& choice, const std::string& weights) {
  if (!onnx::is_model_file(choice.name)) return;
  const std::vector<nn::OwnLayer> layers =
      nn::own_layers(onnx::import_model(choice.name, choice.inputs));
  if (std::any_of(layers.begin(), layers.end(),
                  [](const nn::OwnLayer& layer) { return layer.why_not.empty(); }))
    throw UserError(
        fmt::format("{}: quantizes its own weights, and those of {} would run under its levels; "
                    "leave --weights out, or give --network the same network in floats",
                    choice.name, weights));
}

}  // namespace

LoadedWeights load_weights(const NetworkChoice& choice, const std::string& path, const Host& host,
                           Answer answer) {
  if (onnx::is_model_file(path)) return load_model_file(choice, path, host, answer);
  if (answer == Answer::kClasses) require_classifier(choice, load(choice).graph);
  weights::TensorFile file = weights::TensorFile::load(path);
  require_floats(choice, path);
  const Network network = load(with_classes_of(choice, file));
  weights::TrainedNetwork trained = weights::read_trained(network.graph, file);
  if (!trained.left_out.empty() && host.warning)
    host.warning(fmt::format(
        "{}: {} of its tensors are left out, of classifiers that only training uses, such as {}",
        path, trained.left_out.size(), trained.left_out.front()));
  std::vector<graph::LayerShape> layers = graph::layers_of(trained.graph);
  auto runnable = std::make_shared<nn::Network>(trained.graph, std::move(trained.parameters), path);
  return {std::move(file),
          {std::move(trained.graph), std::move(layers)},
          std::move(trained.normalization),
          std::move(runnable),
          {},
          std::move(trained.origin)};
}

bool LoadedWeights::quantizes_itself() const {
  return std::any_of(own_layers.begin(), own_layers.end(),
                     [](const nn::OwnLayer& layer) { return layer.why_not.empty(); });
}

void require_unquantized(const LoadedWeights& weights, const char* what) {
  if (weights.quantizes_itself())
    throw UserError(
        fmt::format("{}: quantizes itself, and {} would come on top of that; `bitloom evaluate` "
                    "runs its own codes, and the same network in floats would be right here",
                    weights.file.path(), what));
}

namespace {

/// No operand has fewer than `bits`; filters that are left out stay so.
void raise(graph::FilterPolicy& policy, int bits) {
  for (graph::Precision& layer : policy.layers)
    layer = {std::max(layer.weight_bits, bits), std::max(layer.activation_bits, bits)};
  for (graph::FilterBits& filters : policy.filters)
    for (int& each : filters)
      if (each > 0) each = std::max(each, bits);
}

}  // namespace

ChosenQuantization choose_quantization(const QuantizationChoice& choice,
                                       const LoadedWeights& weights) {
  if (!choice.is_given() && weights.file.metadata().count(kQuantizationKey))
    return {stored_quantization(weights), true};
  require_unquantized(weights, "other quantizers");
  nn::Quantization quantization =
      scheme_of(choice.scheme, choice.granularity, choice.post_training);
  graph::FilterPolicy policy =
      load_by_filter(choice.policy, weights.network, graph::Activations::kIntegerOrFloat);
  raise(policy, choice.at_least_bits);
  quantization.policy = std::move(policy.layers);
  quantization.filters = std::move(policy.filters);
  return {std::move(quantization), false};
}

std::int64_t usual_calibration_images(const QuantizationChoice& choice,
                                      const graph::Graph& network) {
  if (!choice.post_training) return kCalibrationImages;
  constexpr std::int64_t kMostValues = std::int64_t{1} << 27;
  std::int64_t largest = 1;
  for (const graph::Node& node : network.nodes())
    largest = std::max(largest, graph::size_of(node.shape));
  return std::clamp<std::int64_t>(kMostValues / (2 * largest), 1, kPostTrainingImages);
}

Images calibration_images(const QuantizationChoice& choice, const graph::Graph& network,
                          const ImageSource& fallback, const Host& host) {
  const std::optional<ImageChoice>& given = choice.calibration;
  const Images images = given ? load(*given, data::Part::kTrain, host) : fallback();
  return given && given->count ? images
                               : drawn_images(images, usual_calibration_images(choice, network));
}

data::LoaderOptions loading(const LoadedWeights& weights, const ComputeChoice& compute) {
  const data::InputSize input = input_of(weights.network.graph);
  return {.input = input,
          .normalization = compute.normalization_or(weights.file.path(), weights.normalization),
          .batch_size = compute.batch_size.value_or(images_at_once(input)),
          .network = onnx::is_model_file(weights.file.path())
                         ? weights.file.path()
                         : "network " + weights.network.graph.name()};
}

namespace {

/// A network that was trained at several widths, at those that are asked for.
std::unique_ptr<nn::QuantizedNetwork> quantized_at_widths(const QuantizationChoice& choice,
                                                          const LoadedWeights& weights,
                                                          const Host& host) {
  measured_with(weights, choice.scheme, choice.granularity, choice.post_training);
  if (choice.calibration && host.warning)
    host.warning(fmt::format("--calibration-data: is not used, as {} holds its levels",
                             weights.file.path()));
  const graph::FilterPolicy policy =
      load_by_filter(choice.policy, weights.network, graph::Activations::kIntegerOrFloat);
  return trained_at(weights, weights.runnable, policy);
}

}  // namespace

std::unique_ptr<nn::QuantizedNetwork> make_quantized(const QuantizationChoice& choice,
                                                     const LoadedWeights& weights,
                                                     const ImageSource& calibrating,
                                                     const data::LoaderOptions& loading,
                                                     const Host& host, LevelsFor levels_for,
                                                     const BeforeImages& checked) {
  if (weights::has_widths(weights.file)) return quantized_at_widths(choice, weights, host);
  ChosenQuantization chosen = choose_quantization(choice, weights);
  auto quantized =
      std::make_unique<nn::QuantizedNetwork>(weights.runnable, std::move(chosen.quantization));
  if (chosen.is_stored) {
    if (choice.calibration && host.warning)
      host.warning(fmt::format(
          "--calibration-data: is not used, as {} holds its levels; --bits chooses them anew",
          weights.file.path()));
    quantized->load_state(weights.file);
    return quantized;
  }
  if (weights.file.metadata().count(kQuantizationKey) && host.warning)
    host.warning(fmt::format(
        "{}: was stored quantized; its levels are chosen anew, as bits or quantizers are given: "
        "leave these out to run its own",
        weights.file.path()));
  if (levels_for == LevelsFor::kQuantizedNetwork && !quantized->why_no_integers())
    quantized->require_accumulators();
  if (checked) checked(*quantized);
  const Images images = calibrating();
  const std::string& path = weights.file.path();
  if (!quantized->quantization().post_training.empty()) {
    choose_levels(*quantized, path, images, loading, host, levels_for);
  } else {
    const nn::ActivationSampler inputs =
        sample_inputs(quantized->network(), path, images, loading, host);
    told_of(path, [&] { quantized->calibrate(inputs); });
  }
  return quantized;
}

std::map<std::string, std::string> metadata_of(nn::Model& model,
                                               const data::Normalization& normalization,
                                               const std::string& origin) {
  std::map<std::string, std::string> metadata{
      {"network", model.network().graph().name()},
      {weights::kNormalizationKey, data::to_text(normalization)}};
  if (!origin.empty()) metadata[weights::kOriginKey] = origin;
  const auto told = [&](std::size_t width) {
    return quantization_json(quantized_as(model.quantized(width)->quantization()));
  };
  if (model.widths() > 1) {
    nlohmann::ordered_json widths;
    for (std::size_t width = 0; width < model.widths(); ++width) widths.push_back(told(width));
    metadata[weights::kWidthsKey] = json_text(widths);
  } else if (model.quantized()) {
    metadata[kQuantizationKey] = json_text(told(0));
  }
  return metadata;
}

}  // namespace bitloom::pipelines
