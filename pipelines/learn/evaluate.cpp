#include "pipelines/learn/evaluate.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/error.h"
#include "models/integer/accumulator.h"
#include "models/integer/network.h"
#include "models/onnx/import.h"
#include "models/quantizers/level_codes.h"
#include "models/torch/codes_network.h"
#include "models/torch/evaluation.h"
#include "models/torch/processors.h"
#include "models/weights/widths.h"
#include "pipelines/learn/answers.h"
#include "pipelines/learn/level_statistics.h"
#include "pipelines/learn/lost_points.h"
#include "pipelines/learn/model_loading.h"
#include "pipelines/learn/own_codes.h"
#include "pipelines/learn/stored_quantization.h"
#include "search/measure/accuracy_oracle.h"

namespace bitloom::pipelines {
namespace {

/// What answers, and what is said of it.
struct Answerer {
  nn::Classifier classify;
  std::string arithmetic;
  std::string calibration;
  std::int64_t calibration_images = 0;
  std::optional<Quantized> quantized;
  bool could_lose_less = false;                      // by --ptq
  std::shared_ptr<nn::QuantizedNetwork> model = {};  // of quantizers of bitloom's own
};

nn::Classifier integer_classifier(const nn::QuantizedNetwork& model) {
  auto network = std::make_shared<integer::IntegerNetwork>(model.program());
  return [network](const torch::Tensor& images) {
    const torch::Tensor whole = images.contiguous();
    const std::vector<double> outputs =
        network->run({whole.data_ptr<float>(), static_cast<std::size_t>(whole.numel())},
                     integer::fastest_kernel());
    return torch::tensor(outputs, torch::kFloat64).reshape({images.size(0), -1});
  };
}

/// Images to calibrate on where the user names none: such as are not scored, where there are any.
struct Calibration {
  Images images;
  std::string text;  // which
};

Calibration default_calibration(const ImageChoice& scored, std::int64_t usual) {
  constexpr std::int64_t kFewest = 32;  // fewer set no ranges
  const auto counted = [&](const data::Dataset& images, const std::string& which) {
    return fmt::format("{} {}", std::min(images.size(), usual), which);
  };
  if (data::is_generated(scored.spec)) {
    const Images training = load({.spec = scored.spec}, data::Part::kTrain);
    return {training, counted(*training, "training images of " + scored.spec)};
  }
  if (const Images others = load_left_out(scored, data::Part::kTest);
      others && others->size() >= kFewest)
    return {others, counted(*others, "images of --data that are not scored")};
  const Images images = load(scored, data::Part::kTest);
  return {images, counted(*images, "of the scored images: --calibration-data names others")};
}

/// The calibration images, and what they are once they have been loaded.
class CalibrationImages {
 public:
  CalibrationImages(const EvaluateOptions& options, const graph::Graph& network, const Host& host)
      : options_(options),
        network_(network),
        host_(host),
        usual_(usual_calibration_images(options.quantization, network)) {}

  Images load() {
    const auto own = [this] {
      Calibration calibration = default_calibration(options_.data, usual_);
      text_ = calibration.text;
      return calibration.images;
    };
    const Images images = calibration_images(options_.quantization, network_, own, host_);
    count_ = images->size();
    if (const auto& given = options_.quantization.calibration)
      text_ = fmt::format("{} images of {}", count_, given->spec);
    return images;
  }
  const std::string& text() const { return text_; }
  std::int64_t count() const { return count_; }

 private:
  const EvaluateOptions& options_;
  const graph::Graph& network_;
  const Host& host_;
  std::int64_t usual_;
  std::string text_;
  std::int64_t count_ = 0;
};

/// A UserError where integers are asked for and the network has none.
void require_integers(const EvaluateOptions& options, const nn::QuantizedNetwork& model) {
  if (options.arithmetic != Arithmetic::kInteger) return;
  if (const std::optional<std::string> why_not = model.why_no_integers())
    throw UserError(fmt::format("--engine integer: {}", *why_not))
        .in_file(onnx::is_model_file(options.weights) ? options.weights : "");
}

Answerer quantized_answerer(const EvaluateOptions& options, const LoadedWeights& weights,
                            const Host& host) {
  CalibrationImages calibration(options, weights.network.graph, host);
  const std::shared_ptr<nn::QuantizedNetwork> model = make_quantized(
      options.quantization, weights, [&] { return calibration.load(); },
      loading(weights, options.compute), host, LevelsFor::kQuantizedNetwork,
      [&](const nn::QuantizedNetwork& made) { require_integers(options, made); });
  require_integers(options, *model);
  const bool is_stored =
      weights::has_widths(weights.file) ||
      (!options.quantization.is_given() && weights.file.metadata().count(kQuantizationKey));
  Answerer answerer{.classify = {},
                    .arithmetic = {},
                    .calibration = calibration.text(),
                    .calibration_images = calibration.count(),
                    .quantized = quantized_as(model->quantization()),
                    .could_lose_less = !is_stored && could_be_post_trained(model->quantization()),
                    .model = model};
  if (options.arithmetic == Arithmetic::kInteger) {
    answerer.classify = integer_classifier(*model);
    answerer.arithmetic =
        model->has_learned_levels()
            ? fmt::format("integers (bit-planes, coefficients of {} bits)", nn::kCoefficientBits)
            : "integers (bit-planes)";
    return answerer;
  }
  answerer.classify = nn::classifier_of(model);
  answerer.arithmetic = model->why_no_integers() || model->has_learned_levels()
                            ? "quantized levels in single precision"
                            : "fake quantization (the hardware's integers)";
  return answerer;
}

Answerer own_codes_answerer(const EvaluateOptions& options, const LoadedWeights& weights,
                            const OwnCodes& codes) {
  const auto network = own_codes_network(codes, weights, options.arithmetic);
  return {.classify = [network](const torch::Tensor& images) { return network->forward(images); },
          .arithmetic = options.arithmetic == Arithmetic::kInteger
                            ? "integers (bit-planes), real numbers between layers"
                            : "integers carried by floats, real numbers between layers",
          .calibration = "",
          .calibration_images = 0,
          .quantized = Quantized{.scheme = "the file's own quantizers",
                                 .granularity = Granularity::kChannel,
                                 .policy = codes.policy()}};
}

Answerer answerer_of(const EvaluateOptions& options, const LoadedWeights& weights,
                     const Host& host) {
  if (!options.is_float) {
    const std::optional<OwnCodes> codes = own_codes(options.quantization, weights, host);
    return codes ? own_codes_answerer(options, weights, *codes)
                 : quantized_answerer(options, weights, host);
  }
  const auto network = weights.runnable;
  return {[network](const torch::Tensor& images) { return network->forward(images); },
          weights.quantizes_itself() ? "real numbers, through the file's own quantizers"
                                     : "single precision",
          "", 0, std::nullopt};
}

Images scored_images(const EvaluateOptions& options, const LoadedWeights& weights,
                     const Host& host) {
  Images images = load(options.data, data::Part::kTest, host);
  data::require_labels_below(*images, weights.network.graph.nodes().back().shape[0]);
  return images;
}

/// Refuses quantizers and bits that contradict what the weights' file holds, before there are
/// images.
void require_quantizable(const EvaluateOptions& options, const LoadedWeights& weights) {
  const QuantizationChoice& choice = options.quantization;
  if (options.is_float || choice.policy.of_model) return;
  if (weights::has_widths(weights.file))
    measured_with(weights, choice.scheme, choice.granularity, choice.post_training);
  else if (choice.is_given() || !weights.quantizes_itself())
    choose_quantization(choice, weights);
  if (options.tells_statistics && !choice.is_given() && weights.quantizes_itself())
    throw UserError(
        "--statistics: the levels are the file's own; quantize it by --bits or --policy")
        .in_file(options.weights);
}

/// Whether sums of a layer may overflow the integers' accumulators, as codes of most quantizers do.
bool may_overflow(const std::vector<graph::LayerShape>& layers, const graph::Policy& policy) {
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (policy[i].activation_bits != graph::kFloatBits &&
        integer::accumulator_bits_needed(
            layers[i].reduction(), integer::signed_codes(policy[i].weight_bits),
            integer::unsigned_codes(policy[i].activation_bits)) > integer::kAccumulatorBits)
      return true;
  return false;
}

/// A UserError names the policy's file and a layer whose sums overflow at its bits.
void require_accumulators(const std::string& file, const LoadedWeights& weights,
                          nn::Quantization how, const graph::FilterPolicy& policy) {
  if (!may_overflow(weights.network.layers, policy.layers)) return;
  how.policy = policy.layers;
  how.filters = policy.filters;
  const nn::QuantizedNetwork made(weights.runnable, how);
  if (made.why_no_integers()) return;
  try {
    made.require_accumulators();
  } catch (const UserError& refusal) {
    throw refusal.with_text(fmt::format("{}: {}", file, refusal.what()));
  }
}

/// A UserError where the values that all images have would take gigabytes of memory.
void require_room(const data::Dataset& images, const LoadedWeights& weights) {
  constexpr std::int64_t kMostValues = std::int64_t{1} << 28;
  const std::int64_t of_image = graph::size_of(weights.network.graph.nodes().front().shape);
  if (of_image > kMostValues / images.size())
    throw UserError(
        fmt::format("--outputs: {} images of {} values are too many to keep; --images "
                    "{} or fewer are kept",
                    images.size(), of_image, kMostValues / of_image));
}

nn::Accuracy single_precision(const LoadedWeights& weights, const Images& images,
                              const data::LoaderOptions& how, const Host& host) {
  data::Loader loader(images, how);
  Step step(host, "single precision", "images");
  return nn::evaluate(
      [&](const torch::Tensor& x) { return weights.runnable->forward(x); }, loader, images->size(),
      [&](std::int64_t done, std::int64_t of) { step.update(static_cast<double>(done), of); });
}

/// Of some of the images that are scored.
reports::StatisticsFile statistics_of(const EvaluateOptions& options, const LoadedWeights& weights,
                                      const Answerer& answers, const Images& images,
                                      const Host& host) {
  const ComparedImages some(images);
  return {.network = weights.network.graph.name(),
          .quantizer = answers.quantized->how(),
          .data = options.data.spec,
          .images = some.images()->size(),
          .layers = level_statistics(*answers.model, some.images(),
                                     loading(weights, options.compute), host)};
}

void require_consistent(const EvaluateOptions& options) {
  if (options.is_float && options.quantization.is_given())
    throw UserError(
        "--float: leave out --bits, --policy, --edge-layers, --quantizer, --granularity and --ptq");
  if (options.is_float && options.quantization.calibration)
    throw UserError("--float: nothing is calibrated; leave out --calibration-data");
  if (options.is_float && options.tells_statistics)
    throw UserError("--float and --statistics: single precision has no levels; leave one out");
  if (options.is_float && options.arithmetic == Arithmetic::kInteger)
    throw UserError("--float and --engine integer: single precision has no integers");
}

}  // namespace

Arithmetic parse_arithmetic(const std::string& name) {
  if (name == "fake") return Arithmetic::kFake;
  if (name == "integer") return Arithmetic::kInteger;
  throw unknown_name("engine", name, {"fake", "integer"});
}

Evaluation evaluate(const EvaluateOptions& options, const Host& host) {
  require_consistent(options);
  std::optional<Answers> kept;
  if (!options.outputs.empty()) kept.emplace(options.outputs);
  nn::use_processors(options.compute.threads);
  const LoadedWeights weights = load_weights(options.network, options.weights, host);
  require_quantizable(options, weights);
  const Images images = scored_images(options, weights, host);
  if (!options.outputs.empty()) require_room(*images, weights);
  Answerer answers = answerer_of(options, weights, host);
  if (options.tells_statistics && !answers.model)
    throw UserError(
        "--statistics: the levels are the file's own; quantize it by --bits or --policy")
        .in_file(options.weights);
  if (kept) answers.classify = kept->watched(std::move(answers.classify));
  data::Loader loader(images, loading(weights, options.compute));
  Step step(host, "evaluate", "images");
  const auto start = std::chrono::steady_clock::now();
  const nn::Accuracy accuracy = nn::evaluate(
      answers.classify, loader, images->size(),
      [&](std::int64_t done, std::int64_t of) { step.update(static_cast<double>(done), of); });
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (kept) kept->save(*images);
  std::optional<nn::PairedDifference> lost;
  if (answers.could_lose_less) {
    const ComparedImages compared(images);
    lost = compared.lost_points(
        single_precision(weights, compared.images(), loading(weights, options.compute), host),
        accuracy);
  }
  std::optional<reports::StatisticsFile> statistics;
  if (options.tells_statistics) statistics = statistics_of(options, weights, answers, images, host);
  return {.arithmetic = std::move(answers.arithmetic),
          .calibration = std::move(answers.calibration),
          .calibration_images = answers.calibration_images,
          .quantized = std::move(answers.quantized),
          .accuracy = accuracy,
          .classes = weights.network.graph.nodes().back().shape[0],
          .images_per_second = static_cast<double>(accuracy.images) / seconds,
          .lost_points = lost,
          .statistics = std::move(statistics)};
}

PolicyScores score_policies(const EvaluateOptions& options, const std::vector<std::string>& files,
                            const Host& host) {
  nn::use_processors(options.compute.threads);
  const LoadedWeights weights = load_weights(options.network, options.weights, host);
  require_unquantized(weights, "other quantizers");
  const nn::Quantization how =
      measured_with(weights, options.quantization.scheme, options.quantization.granularity,
                    options.quantization.post_training);
  std::vector<graph::FilterPolicy> policies;
  for (const std::string& file : files)
    policies.push_back(load_by_filter(
        PolicyChoice{.file = file, .edge_layers = options.quantization.policy.edge_layers},
        weights.network, graph::Activations::kIntegerOrFloat));
  for (std::size_t i = 0; i < files.size() && !weights::has_widths(weights.file); ++i)
    require_accumulators(files[i], weights, how, policies[i]);
  const Images images = scored_images(options, weights, host);
  CalibrationImages calibration(options, weights.network.graph, host);
  const Images calibrating = calibration.load();
  const bool is_trained = weights::has_widths(weights.file);
  PolicyScores scores{.calibration = is_trained ? "" : calibration.text(),
                      .calibration_images = is_trained ? 0 : calibration.count(),
                      .scheme = quantized_as(how).how(),
                      .files = files,
                      .accuracies = {},
                      .lost_points = {}};
  const data::LoaderOptions loaded = loading(weights, options.compute);
  data::Loader calibration_loader(calibrating, loaded), scored(images, loaded);
  search::AccuracyOracle oracle = [&] {
    Step step(host, "calibrate");
    return search::AccuracyOracle(
        weights.runnable, how, calibration_loader, scored, {},
        [&](std::int64_t done, std::int64_t of) { step.update(static_cast<double>(done), of); });
  }();
  use_trained_widths(oracle, weights);
  Step step(host, "evaluate", "policies");
  for (const graph::FilterPolicy& policy : policies) {
    scores.accuracies.push_back(oracle(policy));
    step.update(static_cast<double>(scores.accuracies.size()),
                static_cast<std::int64_t>(policies.size()));
  }
  if (could_be_post_trained(how) && !is_trained) {
    const ComparedImages compared(images);
    const nn::Accuracy single = single_precision(weights, compared.images(), loaded, host);
    for (const nn::Accuracy& each : scores.accuracies)
      scores.lost_points.push_back(compared.lost_points(single, each));
  }
  return scores;
}

}  // namespace bitloom::pipelines
