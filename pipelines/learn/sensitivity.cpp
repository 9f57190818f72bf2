#include "pipelines/learn/sensitivity.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"
#include "models/torch/evaluation.h"
#include "models/torch/processors.h"
#include "pipelines/learn/measurement_record.h"
#include "pipelines/learn/model_loading.h"
#include "search/measure/fisher.h"
#include "search/measure/hessian_eigenvalues.h"
#include "search/measure/quantization_error.h"
#include "search/measure/trace.h"

namespace bitloom::pipelines {
namespace {

using search::LossHessian;
using torch::Tensor;

/// The images that are measured on: batches of equal size, so that the mean of theirs is that of
/// all.
struct Batches {
  std::vector<Tensor> images, labels;
  std::int64_t count = 0;
};

Batches load_batches(const SensitivityOptions& options, const LoadedWeights& weights) {
  constexpr std::int64_t kImages = 128;
  Images dataset = load(options.data, data::Part::kTrain);
  if (!options.data.count) dataset = first_images(dataset, kImages);
  data::require_labels_below(*dataset, weights.network.graph.nodes().back().shape[0]);
  data::LoaderOptions how = loading(weights, options.compute);
  how.batch_size = std::min(options.compute.batch_size.value_or(kGradientBatch), dataset->size());
  dataset = first_images(dataset, dataset->size() / how.batch_size * how.batch_size);
  data::Loader loader(dataset, how);
  Batches batches;
  while (auto each = loader.next()) {
    batches.images.push_back(nn::images_of(*each).clone());
    batches.labels.push_back(nn::labels_of(*each).clone());
    batches.count += each->size;
  }
  return batches;
}

/// Hessians of the batches' losses. That of a single batch is made once.
class Hessians {
 public:
  Hessians(nn::Network& network, const Batches& batches) : network_(network), batches_(batches) {}

  std::size_t count() const { return batches_.images.size(); }
  const LossHessian& of(std::size_t batch) {
    if (!at_ || count() > 1) at_.emplace(network_, batches_.images[batch], batches_.labels[batch]);
    return *at_;
  }

 private:
  nn::Network& network_;
  const Batches& batches_;
  std::optional<LossHessian> at_;
};

/// What is measured, and where its results go: weights of all layers, then their inputs.
struct Measurement {
  const SensitivityOptions& options;
  nn::Network& network;
  const Batches& batches;
  MeasurementRecord& record;
  const Host& host;
  std::vector<search::TensorSensitivity> tensors;
};

void measure_traces(Measurement& m) {
  constexpr std::int64_t kLeastProbes = 30;
  const std::int64_t most = std::max(m.options.probes, kLeastProbes);
  const double error = m.options.relative_error;
  search::TraceEstimator trace(m.options.seed, m.record.rows());
  Hessians hessians(m.network, m.batches);
  Step step(m.host, "trace", "probes");
  step.begin_at(static_cast<double>(trace.probes()));
  while (trace.probes() < most &&
         (trace.probes() < kLeastProbes || trace.largest_relative_error() > error)) {
    trace.probe(hessians.count(),
                [&](std::size_t batch) -> const LossHessian& { return hessians.of(batch); });
    m.record.save(trace.samples(), m.host);
    step.update(static_cast<double>(trace.probes()), most,
                fmt::format(", largest error {:.1f} % (goal {:g})",
                            100 * trace.largest_relative_error(), 100 * error));
  }
  for (std::size_t i = 0; i < m.tensors.size(); ++i) {
    const search::SampleMean mean = search::mean_of(trace.samples()[i]);
    m.tensors[i].trace = mean.mean;
    m.tensors[i].standard_error = mean.standard_error;
    m.tensors[i].probes = mean.samples;
  }
}

/// Rows of the record: values, then residuals, of the tensors so far.
void measure_eigenvalues(Measurement& m) {
  Hessians hessians(m.network, m.batches);
  auto rows = m.record.rows();
  Step step(m.host, "eigenvalues");
  step.begin_at(static_cast<double>(rows.size()));
  while (rows.size() < m.tensors.size()) {
    const search::Eigenvalues found = search::hessian_eigenvalues(
        rows.size(), hessians.count(),
        [&](std::size_t batch) -> const LossHessian& { return hessians.of(batch); },
        {.seed = m.options.seed + rows.size()});
    rows.push_back(found.values);
    rows.back().insert(rows.back().end(), found.residuals.begin(), found.residuals.end());
    m.record.save(rows, m.host);
    step.update(static_cast<double>(rows.size()), static_cast<std::int64_t>(m.tensors.size()));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto half = rows[i].begin() + static_cast<std::ptrdiff_t>(rows[i].size() / 2);
    m.tensors[i].eigenvalues.assign(rows[i].begin(), half);
    m.tensors[i].residuals.assign(half, rows[i].end());
  }
}

void measure_fisher(Measurement& m) {
  std::vector<double> sums;
  Step step(m.host, "fisher", "images");
  std::int64_t done = 0;
  for (std::size_t batch = 0; batch < m.batches.images.size(); ++batch) {
    search::add_fisher(m.network, m.batches.images[batch], m.batches.labels[batch], sums);
    step.update(static_cast<double>(done += m.batches.images[batch].size(0)), m.batches.count);
  }
  for (std::size_t i = 0; i < m.tensors.size(); ++i)
    m.tensors[i].fisher = sums[i] / static_cast<double>(m.batches.count);
}

struct Measure {
  std::string_view name;
  void (*measure)(Measurement&);
  double (*factor)(const search::TensorSensitivity&);  // Omega = factor x squared error
};
constexpr Measure kMeasures[] = {
    {"trace", measure_traces, [](const search::TensorSensitivity& t) { return *t.trace; }},
    {"eigenvalue", measure_eigenvalues,
     [](const search::TensorSensitivity& t) { return t.eigenvalues.front(); }},
    {"fisher", measure_fisher, [](const search::TensorSensitivity& t) { return *t.fisher; }},
    {"mse", [](Measurement&) {}, [](const search::TensorSensitivity&) { return 1.0; }},
};

const Measure& measure_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Measure& method : kMeasures) {
    if (method.name == name) return method;
    known.emplace_back(method.name);
  }
  throw unknown_name("method", name, known);
}

/// Omega of every width: what the loss minds, times what the quantizer changes. Where the loss is
/// not convex, or the estimate within its error of 0, a factor may come out negative: quantizing
/// never counts as a gain, so it counts as 0.
void add_omegas(Measurement& m, const Measure& method) {
  std::vector<int> bits(static_cast<std::size_t>(m.options.most_bits));
  std::iota(bits.begin(), bits.end(), 1);
  const nn::QuantizerScheme scheme = nn::quantizer_scheme(m.options.quantizer);
  nn::ActivationSampler sampler(m.network.layers(), m.batches.count);
  {
    const torch::NoGradGuard no_gradient;
    for (const Tensor& images : m.batches.images)
      m.network.forward(images, nn::Mode::kInference, sampler);
  }
  const auto errors =
      search::quantization_errors(m.network, scheme, scheme.weights.granularity, bits, sampler);
  for (std::size_t i = 0; i < errors.size(); ++i)
    for (std::size_t b = 0; b < bits.size(); ++b) {
      search::TensorSensitivity& weights = m.tensors[i];
      search::TensorSensitivity& inputs = m.tensors[errors.size() + i];
      weights.omega[bits[b]] = std::max(0.0, method.factor(weights)) * errors[i].weights[b];
      inputs.omega[bits[b]] = std::max(0.0, method.factor(inputs)) * errors[i].activations[b];
    }
}

search::Sensitivity result_of(const Measurement& m, const graph::Graph& graph) {
  search::Sensitivity result{.network = graph.name(),
                             .method = m.options.method,
                             .quantizer = nn::quantizer_scheme(m.options.quantizer).name,
                             .seed = static_cast<std::int64_t>(m.options.seed),
                             .layers = {}};
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
  const Measure& method = measure_named(options.method);
  nn::quantizer_scheme(options.quantizer);
  OutputFile output(options.output);
  nn::use_processors(options.compute.threads);
  const LoadedWeights weights = load_weights(load(options.network), options.weights);
  const Batches batches = load_batches(options, weights);
  MeasurementRecord record(options.output, sensitivity_manifest(options));
  Measurement measurement{
      .options = options,
      .network = *weights.runnable,
      .batches = batches,
      .record = record,
      .host = host,
      .tensors = std::vector<search::TensorSensitivity>(2 * weights.runnable->layers())};
  method.measure(measurement);
  add_omegas(measurement, method);
  MeasuredSensitivity measured{result_of(measurement, weights.network.graph), batches.count};
  output.write(search::sensitivity_json(measured.sensitivity));
  output.commit();
  record.remove();
  return measured;
}

}  // namespace bitloom::pipelines
