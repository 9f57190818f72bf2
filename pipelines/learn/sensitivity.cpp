#include "pipelines/learn/sensitivity.h"

#include <numeric>
#include <optional>

#include "base/output_file.h"
#include "base/quantity.h"
#include "models/torch/evaluation.h"
#include "models/torch/processors.h"
#include "pipelines/learn/model_loading.h"
#include "pipelines/learn/used_images.h"
#include "pipelines/measurement_record.h"
#include "search/measure/loss_curvature.h"
#include "search/measure/quantization_error.h"
#include "search/measure/sensitivity_methods.h"
#include "search/measure/torch_curvature.h"

namespace bitloom::pipelines {
namespace {

/// The images that are measured on, as they are loaded: in as few batches as may be, of equal size,
/// so that the mean of their losses is that of all. Fewer images than batches may be left over.
struct MeasuredImages {
  Images images;
  data::LoaderOptions loading;
};

MeasuredImages choose_images(const SensitivityOptions& options, const LoadedWeights& weights,
                             const search::SensitivityMethod& method, const Host& host) {
  Images images = load(options.data, data::Part::kTrain, host);
  if (!options.data.count) images = drawn_images(images, method.images);
  data::require_labels_below(*images, weights.network.graph.nodes().back().shape[0]);
  data::LoaderOptions how = loading(weights, options.compute);
  const std::int64_t batches =
      ceil_div(images->size(), options.compute.batch_size.value_or(kGradientBatch));
  how.batch_size = images->size() / batches;
  return {drawn_images(images, batches * how.batch_size), how};
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
  nn::Network& network;
  const Images& images;
  std::vector<data::Batch>& batches;
  std::vector<search::TensorSensitivity> tensors;
};

void measure(Measurement& m, MeasurementRecord& record, const Host& host) {
  Step step(host, m.method.name, m.method.unit);
  const auto loss = search::torch_curvature(m.network, m.batches);
  m.method.measure(*loss,
                   {.seed = m.options.seed,
                    .probes = m.options.probes,
                    .relative_error = m.options.relative_error,
                    .rows = record.rows(),
                    .save = [&](const auto& rows) { record.save(rows, host); },
                    .begin_at = [&](double done) { step.begin_at(done); },
                    .update = [&](double done, std::int64_t of,
                                  std::string note) { step.update(done, of, std::move(note)); }},
                   m.tensors);
}

/// Omega of every width: what the loss minds at most, times what the quantizer changes.
void add_omegas(Measurement& m) {
  std::vector<int> bits(static_cast<std::size_t>(m.options.most_bits));
  std::iota(bits.begin(), bits.end(), 1);
  const nn::QuantizerScheme scheme = nn::quantizer_scheme(m.options.quantizer);
  nn::ActivationSampler sampler(m.network.layers(), m.images->size());
  {
    const torch::NoGradGuard no_gradient;
    for (data::Batch& batch : m.batches)
      m.network.forward(nn::images_of(batch), nn::Mode::kInference, sampler);
  }
  const auto errors =
      search::quantization_errors(m.network, scheme, scheme.weights.granularity, bits, sampler);
  const auto factor = [&](const search::TensorSensitivity& tensor) {
    return search::upper_bound(m.method.figure(tensor).value());
  };
  for (std::size_t i = 0; i < errors.size(); ++i)
    for (std::size_t b = 0; b < bits.size(); ++b) {
      search::TensorSensitivity& weights = m.tensors[i];
      search::TensorSensitivity& inputs = m.tensors[errors.size() + i];
      weights.omega[bits[b]] = factor(weights) * errors[i].weights[b];
      inputs.omega[bits[b]] = factor(inputs) * errors[i].activations[b];
    }
}

search::Sensitivity result_of(const Measurement& m, const graph::Graph& graph) {
  search::Sensitivity result{
      .network = graph.name(),
      .method = m.options.method,
      .quantizer = nn::quantizer_scheme(m.options.quantizer).name,
      .seed = static_cast<std::int64_t>(m.options.seed),
      .layers = {},
      .measured_on = {{m.options.weights, file_hash(m.options.weights), m.options.data.spec,
                       m.images->size(), images_hash(*m.images)}}};
  const auto shapes = graph::layers_of(graph);
  for (std::size_t i = 0; i < shapes.size(); ++i)
    result.layers.push_back({shapes[i].name, m.tensors[i], m.tensors[shapes.size() + i]});
  return result;
}

/// What the figures so far are a function of. More probes, a smaller error, other widths and
/// quantizers go on from the same figures.
Manifest sensitivity_manifest(const SensitivityOptions& options) {
  const auto& [network, weights, data, method, quantizer, compute, probes, relative_error, seed,
               most_bits, output] = options;
  const auto& [batch_size, threads, normalization] = compute;
  Manifest manifest("sensitivity");
  declare(network, manifest);
  manifest.file("weights", weights);
  manifest.option("method", method);
  declare("", data, manifest);
  manifest.option("batch", batch_size.value_or(kGradientBatch));
  manifest.option("normalize",
                  normalization ? std::optional(data::to_text(*normalization)) : std::nullopt);
  manifest.option("seed", seed);
  manifest.leave_out(quantizer, probes, relative_error, most_bits, output, threads);
  return manifest;
}

}  // namespace

MeasuredSensitivity measure_sensitivity(const SensitivityOptions& options, const Host& host) {
  const search::SensitivityMethod& method = search::find_sensitivity_method(options.method);
  nn::quantizer_scheme(options.quantizer);
  OutputFile output(options.output);
  nn::use_processors(options.compute.threads);
  const LoadedWeights weights = load_weights(options.network, options.weights, host);
  require_unquantized(weights, "other quantizers");
  const MeasuredImages chosen = choose_images(options, weights, method, host);
  std::vector<data::Batch> batches = load_batches(chosen);
  MeasurementRecord record(options.output, sensitivity_manifest(options));
  Measurement measurement{
      .options = options,
      .method = method,
      .network = *weights.runnable,
      .images = chosen.images,
      .batches = batches,
      .tensors = std::vector<search::TensorSensitivity>(2 * weights.runnable->layers())};
  measure(measurement, record, host);
  add_omegas(measurement);
  MeasuredSensitivity measured{result_of(measurement, weights.network.graph),
                               chosen.images->size()};
  if (const auto noise = search::noise_warning(measured.sensitivity); noise && host.warning)
    host.warning("sensitivity: " + *noise);
  output.write(search::sensitivity_json(measured.sensitivity));
  output.commit();
  record.remove();
  return measured;
}

}  // namespace bitloom::pipelines
