#include "pipelines/learn/sensitivity.h"

#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"
#include "base/quantity.h"
#include "models/torch/evaluation.h"
#include "models/torch/post_training/post_training_table.h"
#include "models/torch/processors.h"
#include "pipelines/learn/model_loading.h"
#include "pipelines/learn/used_images.h"
#include "pipelines/measurement_record.h"
#include "search/measure/loss_curvature.h"
#include "search/measure/quantization_error.h"
#include "search/measure/sensitivity_methods.h"
#include "search/measure/torch_curvature.h"
#include "search/measure/torch_lowering.h"

namespace bitloom::pipelines {
namespace {

/// The images that are measured on, and how they are loaded.
struct MeasuredImages {
  Images images;
  data::LoaderOptions loading;
};

/// In as few batches as may be, of equal size, so that the mean of their losses is that of all.
/// Fewer images than batches may be left over.
void load_in_equal_batches(MeasuredImages& chosen, std::int64_t most) {
  const std::int64_t batches = ceil_div(chosen.images->size(), most);
  chosen.loading.batch_size = chosen.images->size() / batches;
  chosen.images = drawn_images(chosen.images, batches * chosen.loading.batch_size);
}

MeasuredImages choose_images(const SensitivityOptions& options, const LoadedWeights& weights,
                             const search::SensitivityMethod& method, const Host& host) {
  Images images = load(options.data, data::Part::kTrain, host);
  if (!options.data.count) images = drawn_images(images, method.images);
  if (method.needs_labels)
    data::require_labels_below(*images, weights.network.graph.nodes().back().shape[0]);
  MeasuredImages chosen{std::move(images), loading(weights, options.compute)};
  if (method.measure) {
    load_in_equal_batches(chosen, options.compute.batch_size.value_or(kGradientBatch));
  } else {
    chosen.loading.seed = options.seed;
    chosen.loading.augmentation =
        options.augmentation.value_or(data::usual_augmentation(chosen.loading.input));
  }
  return chosen;
}

std::vector<data::Batch> load_batches(const MeasuredImages& chosen) {
  data::Loader loader(chosen.images, chosen.loading);
  std::vector<data::Batch> batches;
  while (auto each = loader.next()) batches.push_back(std::move(*each));
  return batches;
}

/// What is measured, and where its results go: weights of all layers, then their inputs.
struct Measurement {
  const SensitivityOptions& options;
  const search::SensitivityMethod& method;
  const nn::Quantization& how;  // without a policy
  const LoadedWeights& weights;
  const MeasuredImages& chosen;
  std::vector<data::Batch>& batches;
  std::vector<int> bits;
  std::vector<search::TensorSensitivity> tensors;
  std::int64_t done = 0, already = 0;
};

void require_options_of(const search::SensitivityMethod& method,
                        const SensitivityOptions& options) {
  if (options.augmentation && method.measure)
    throw UserError(
        fmt::format("--augment: {} measures on images as they are; leave it out", method.name));
  const bool probes = method.unit == "probes";
  if (const bool asks = options.probes || options.relative_error; asks && !probes)
    throw UserError(fmt::format("--{}: {} has no probes; leave it out, or --method trace",
                                options.probes ? "probes" : "relative-error", method.name));
  if (options.by_filter && !method.knows_filters)
    throw UserError(fmt::format(
        "--by-filter: {} measures no filters; --method fisher would be right", method.name));
  if (!options.post_training) return;
  if (method.measure)
    throw UserError(
        fmt::format("--ptq: {} measures how much the loss minds any error, whatever the levels; "
                    "--method divergence would be right",
                    method.name));
  if (nn::post_training_method(*options.post_training).learns_roundings)
    throw UserError(
        fmt::format("--ptq: {} learns roundings of a whole block, not of one operand; good would "
                    "be right",
                    *options.post_training));
}

std::vector<int> widths_of(const SensitivityOptions& options,
                           const search::SensitivityMethod& method) {
  const int least = options.least_bits.value_or(method.measure ? 1 : 2);
  if (least > options.most_bits)
    throw UserError(fmt::format("--least-bits: must be at most --most-bits, {}, got {}",
                                options.most_bits, least));
  std::vector<int> bits(static_cast<std::size_t>(options.most_bits - least + 1));
  std::iota(bits.begin(), bits.end(), least);
  return bits;
}

/// A UserError where a quantizer does not take a width, before anything is measured.
void require_quantizers(const nn::Quantization& how, const std::vector<int>& bits) try {
  const nn::QuantizerScheme scheme = nn::quantizer_scheme(how.scheme);
  using Role = nn::QuantizerTask::Role;
  for (const int each : bits) {
    scheme.weights.make({Role::kWeights, each, true, scheme.weights.granularity});
    scheme.activations.make({Role::kActivations, each, true});
  }
} catch (const UserError& mistake) {
  throw mistake.with_text(
      fmt::format("{}: --least-bits and --most-bits tell the widths", mistake.what()));
}

/// A UserError names the first layer that could not be quantized, or that has no filters where they
/// are asked for, before anything is measured.
void require_operands(const nn::Network& network, bool by_filter) {
  network.require_quantizable();
  for (std::size_t layer = 0; by_filter && layer < network.layers(); ++layer)
    network.layer_weight(layer);
}

/// The network calibrated at each width, by what calibrates networks for evaluation.
search::NetworkAtBits networks_at(const Measurement& m, const Host& host) {
  data::LoaderOptions how = m.chosen.loading;
  how.augmentation = data::Augmentation::kNone;
  search::NetworkAtBits at_bits;
  QuantizationChoice choice;
  choice.scheme = m.options.quantizer;
  choice.post_training = m.options.post_training;
  for (const int bits : m.bits) {
    choice.policy.bits = graph::Precision{bits, bits};
    at_bits[bits] = make_quantized(
        choice, m.weights,
        [&] {
          return drawn_images(m.chosen.images,
                              usual_calibration_images(choice, m.weights.network.graph));
        },
        how, host, LevelsFor::kOperandsAlone);
  }
  return at_bits;
}

/// How many filters each layer has; none where they are not measured.
std::vector<std::size_t> filters_of(const Measurement& m) {
  std::vector<std::size_t> filters;
  if (!m.options.by_filter) return filters;
  for (const graph::LayerShape& layer : m.weights.network.layers)
    filters.push_back(static_cast<std::size_t>(layer.out_channels));
  return filters;
}

void measure(Measurement& m, MeasurementRecord& record, const Host& host) {
  nn::Network& network = *m.weights.runnable;
  std::unique_ptr<search::LossCurvature> loss;
  std::unique_ptr<search::LoweredOperands> lowered;
  if (m.method.measure)
    loss = search::torch_curvature(network, m.batches);
  else
    lowered = search::torch_lowering(network, networks_at(m, host), m.batches);
  Step step(host, m.method.name, m.method.unit);
  const auto tell = [&](double done, std::int64_t of, std::string note) {
    m.done = static_cast<std::int64_t>(done);
    step.update(done, of, std::move(note));
  };
  const auto begin_at = [&](double done) {
    m.done = m.already = static_cast<std::int64_t>(done);
    step.begin_at(done);
  };
  search::SensitivityTask task{.seed = m.options.seed,
                               .filters = filters_of(m),
                               .rows = record.rows(),
                               .save = [&](const auto& rows) { record.save(rows, host); },
                               .begin_at = begin_at,
                               .update = tell};
  task.probes = m.options.probes.value_or(task.probes);
  task.relative_error = m.options.relative_error.value_or(task.relative_error);
  if (loss)
    m.method.measure(*loss, task, m.tensors);
  else
    m.method.measure_widths(*lowered, task, m.tensors);
}

/// Omega of a layer's filters, of which each has its share of the layer's `bound`: what is not
/// known of the layer's figure is as large a part of each filter's. Omega of the layer is their
/// sum.
void add_filter_omega(const search::QuantizationError& error, double bound,
                      search::TensorSensitivity& weights) {
  search::FilterSensitivity& filters = *weights.filters;
  const double times = *weights.fisher > 0 ? bound / *weights.fisher : 0;
  for (const auto& [bits, changes] : error.filters)
    for (std::size_t f = 0; f < changes.size(); ++f)
      filters.omega[bits].push_back(filters.fisher[f] * times * changes[f]);
  for (auto& [bits, sum] : weights.omega) {
    const std::vector<double>& each = filters.omega.at(bits);
    sum = std::accumulate(each.begin(), each.end(), 0.0);
  }
}

/// Omega of every width where a factor was measured: what the loss minds at most, times what the
/// quantizer changes.
void add_products(Measurement& m, const Host& host) {
  nn::Network& network = *m.weights.runnable;
  const nn::QuantizerScheme scheme = nn::quantizer_scheme(m.how.scheme);
  nn::ActivationSampler sampler(network.layers(), m.chosen.images->size());
  {
    const torch::NoGradGuard no_gradient;
    Step step(host, "inputs", "images");
    std::int64_t done = 0;
    for (data::Batch& batch : m.batches) {
      network.forward(nn::images_of(batch), nn::Mode::kInference, sampler);
      step.update(static_cast<double>(done += batch.size), m.chosen.images->size());
    }
  }
  Step step(host, "quantization errors", "layers");
  const std::int64_t rounds = m.options.by_filter ? 2 : 1;
  const auto layers = static_cast<std::int64_t>(network.layers());
  auto errors =
      search::quantization_errors(network, scheme, scheme.weights.granularity, m.bits, sampler,
                                  [&](double done) { step.update(done, rounds * layers); });
  if (m.options.by_filter)
    search::add_filter_errors(network, scheme, m.bits, errors, [&](double done) {
      step.update(static_cast<double>(layers) + done, rounds * layers);
    });
  const auto factor = [&](const search::TensorSensitivity& tensor) {
    return search::upper_bound(m.method.figure(tensor).value());
  };
  for (std::size_t i = 0; i < errors.size(); ++i) {
    for (std::size_t b = 0; b < m.bits.size(); ++b) {
      search::TensorSensitivity& weights = m.tensors[i];
      search::TensorSensitivity& inputs = m.tensors[errors.size() + i];
      weights.omega[m.bits[b]] = factor(weights) * errors[i].weights[b];
      inputs.omega[m.bits[b]] = factor(inputs) * errors[i].activations[b];
    }
    if (m.tensors[i].filters) add_filter_omega(errors[i], factor(m.tensors[i]), m.tensors[i]);
  }
}

/// Omega of every width where each was measured: what the change is at most.
void add_changes(Measurement& m) {
  for (search::TensorSensitivity& tensor : m.tensors)
    for (const auto& [bits, change] : tensor.change)
      tensor.omega[bits] = search::upper_bound(search::change_at(tensor, bits));
}

search::Sensitivity result_of(const Measurement& m) {
  const graph::Graph& graph = m.weights.network.graph;
  const data::Augmentation varied = m.chosen.loading.augmentation;
  const std::string augmentation = varied == data::Augmentation::kNone ? "" : to_text(varied);
  search::Sensitivity result{
      .network = graph.name(),
      .method = m.options.method,
      .quantizer = quantized_as(m.how).how(),
      .seed = static_cast<std::int64_t>(m.options.seed),
      .layers = {},
      .measured_on = {{m.options.weights, file_hash(m.options.weights), m.options.data.spec,
                       m.chosen.images->size(), images_hash(*m.chosen.images), augmentation,
                       image_list(*m.chosen.images)}}};
  const auto shapes = graph::layers_of(graph);
  for (std::size_t i = 0; i < shapes.size(); ++i)
    result.layers.push_back({shapes[i].name, m.tensors[i], m.tensors[shapes.size() + i]});
  return result;
}

/// What the figures so far are a function of. Where these are factors, more probes, a smaller
/// error, other widths and quantizers go on from the same figures.
Manifest sensitivity_manifest(const Measurement& m) {
  const auto& [network, weights, data, method, quantizer, post_training, compute, probes,
               relative_error, seed, least_bits, most_bits, augmentation, by_filter, output] =
      m.options;
  const auto& [batch_size, threads, normalization] = compute;
  Manifest manifest("sensitivity");
  declare(network, manifest);
  manifest.file("weights", weights);
  manifest.option("method", method);
  declare("", data, manifest);
  manifest.option("batch", m.chosen.loading.batch_size);
  manifest.option("normalize",
                  normalization ? std::optional(data::to_text(*normalization)) : std::nullopt);
  manifest.option("seed", seed);
  if (by_filter) manifest.option("by_filter", by_filter);
  if (m.method.measure_widths) {
    manifest.option("quantizer", quantized_as(m.how).how());
    manifest.fact("widths", m.bits);
    manifest.option("augmentation", to_text(m.chosen.loading.augmentation));
  }
  manifest.leave_out(quantizer, post_training, probes, relative_error, least_bits, most_bits,
                     augmentation, output, threads);
  return manifest;
}

}  // namespace

MeasuredSensitivity measure_sensitivity(const SensitivityOptions& options, const Host& host) {
  const search::SensitivityMethod& method = search::find_sensitivity_method(options.method);
  require_options_of(method, options);
  const nn::Quantization how = scheme_of(options.quantizer, {}, options.post_training);
  require_quantizers(how, widths_of(options, method));
  OutputFile output(options.output);
  nn::use_processors(options.compute.threads);
  const LoadedWeights weights = load_weights(options.network, options.weights, host);
  require_unquantized(weights, "other quantizers");
  require_operands(*weights.runnable, options.by_filter);
  const MeasuredImages chosen = choose_images(options, weights, method, host);
  if (chosen.images->size() < 2)
    throw UserError(fmt::format(
        "--data {}: is one image, whose figures have no error; at least 2 images would be right",
        options.data.spec));
  std::vector<data::Batch> batches = load_batches(chosen);
  Measurement measurement{
      .options = options,
      .method = method,
      .how = how,
      .weights = weights,
      .chosen = chosen,
      .batches = batches,
      .bits = widths_of(options, method),
      .tensors = std::vector<search::TensorSensitivity>(2 * weights.runnable->layers())};
  MeasurementRecord record(options.output, sensitivity_manifest(measurement));
  measure(measurement, record, host);
  if (method.measure)
    add_products(measurement, host);
  else
    add_changes(measurement);
  MeasuredSensitivity measured{result_of(measurement), chosen.images->size(), measurement.done,
                               measurement.already};
  if (const auto noise = search::noise_warning(measured.sensitivity); noise && host.warning)
    host.warning("sensitivity: " + *noise);
  output.write(search::sensitivity_json(measured.sensitivity));
  output.commit();
  record.remove();
  return measured;
}

}  // namespace bitloom::pipelines
