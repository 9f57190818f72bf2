#include <algorithm>
#include <limits>
#include <memory>
#include <numeric>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"
#include "cli/learn/learn_commands.h"
#include "cli/learn/measurement_record.h"
#include "cli/learn/model_loading.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/run_folder.h"
#include "models/torch/evaluation.h"
#include "models/torch/processors.h"
#include "reports/text/text_table.h"
#include "search/measure/fisher.h"
#include "search/measure/hessian_eigenvalues.h"
#include "search/measure/quantization_error.h"
#include "search/measure/sensitivity_file.h"
#include "search/measure/trace.h"

namespace bitloom::cli {
namespace {

using search::LossHessian;
using torch::Tensor;

struct SensitivityOptions {
  NetworkOption network;
  std::string weights, method = "trace", quantizer = "uniform";
  ImagesOption data;
  RunOptions run;
  std::string probes = "300", relative_error = "0.05", seed = "0", most_bits = "8";
  std::string output;
};

/// The images that are measured on: batches of equal size, so that the mean of theirs is that of
/// all.
struct Batches {
  std::vector<Tensor> images, labels;
  std::int64_t count = 0;
};

Batches load_batches(const SensitivityOptions& options, const LoadedWeights& weights) {
  constexpr std::int64_t kImages = 128;
  auto dataset = options.data.load(data::Part::kTrain);
  if (!options.data.count) dataset = first_images(dataset, kImages);
  data::require_labels_below(*dataset, weights.network.graph.nodes().back().shape[0]);
  const std::int64_t batch = std::min(options.run.batch_size(), dataset->size());
  dataset = first_images(dataset, dataset->size() / batch * batch);
  data::Loader loader(dataset,
                      {.input = input_of(weights.network.graph),
                       .normalization = options.run.normalization_or(weights.normalization),
                       .batch_size = batch});
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
  std::vector<search::TensorSensitivity> tensors;
  std::uint64_t seed = 0;
};

void measure_traces(Measurement& m) {
  constexpr std::int64_t kLeastProbes = 30;
  const std::int64_t most = parse_integer("--probes", m.options.probes, kLeastProbes, 1'000'000);
  const double error = parse_real("--relative-error", m.options.relative_error, 0, 1);
  search::TraceEstimator trace(m.seed, m.record.rows());
  Hessians hessians(m.network, m.batches);
  Progress progress("trace", "probes");
  progress.begin_at(static_cast<double>(trace.probes()));
  while (trace.probes() < most &&
         (trace.probes() < kLeastProbes || trace.largest_relative_error() > error)) {
    trace.probe(hessians.count(),
                [&](std::size_t batch) -> const LossHessian& { return hessians.of(batch); });
    m.record.save(trace.samples());
    progress.update(static_cast<double>(trace.probes()), most,
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
  Progress progress("eigenvalues");
  progress.begin_at(static_cast<double>(rows.size()));
  while (rows.size() < m.tensors.size()) {
    const search::Eigenvalues found = search::hessian_eigenvalues(
        rows.size(), hessians.count(),
        [&](std::size_t batch) -> const LossHessian& { return hessians.of(batch); },
        {.seed = m.seed + rows.size()});
    rows.push_back(found.values);
    rows.back().insert(rows.back().end(), found.residuals.begin(), found.residuals.end());
    m.record.save(rows);
    progress.update(static_cast<double>(rows.size()), static_cast<std::int64_t>(m.tensors.size()));
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto half = rows[i].begin() + static_cast<std::ptrdiff_t>(rows[i].size() / 2);
    m.tensors[i].eigenvalues.assign(rows[i].begin(), half);
    m.tensors[i].residuals.assign(half, rows[i].end());
  }
}

void measure_fisher(Measurement& m) {
  std::vector<double> sums;
  Progress progress("fisher", "images");
  std::int64_t done = 0;
  for (std::size_t batch = 0; batch < m.batches.images.size(); ++batch) {
    search::add_fisher(m.network, m.batches.images[batch], m.batches.labels[batch], sums);
    progress.update(static_cast<double>(done += m.batches.images[batch].size(0)), m.batches.count);
  }
  for (std::size_t i = 0; i < m.tensors.size(); ++i)
    m.tensors[i].fisher = sums[i] / static_cast<double>(m.batches.count);
}

struct Method {
  std::string_view name;
  void (*measure)(Measurement&);
  double (*factor)(const search::TensorSensitivity&);  // Omega = factor x squared error
};
constexpr Method kMethods[] = {
    {"trace", measure_traces, [](const search::TensorSensitivity& t) { return *t.trace; }},
    {"eigenvalue", measure_eigenvalues,
     [](const search::TensorSensitivity& t) { return t.eigenvalues.front(); }},
    {"fisher", measure_fisher, [](const search::TensorSensitivity& t) { return *t.fisher; }},
    {"mse", [](Measurement&) {}, [](const search::TensorSensitivity&) { return 1.0; }},
};

const Method& method_named(const std::string& name) {
  std::vector<std::string> known;
  for (const Method& method : kMethods) {
    if (method.name == name) return method;
    known.emplace_back(method.name);
  }
  throw unknown_name("method", name, known);
}

/// Omega of every width: what the loss minds, times what the quantizer changes. Where the loss is
/// not convex, or the estimate within its error of 0, a factor may come out negative: quantizing
/// never counts as a gain, so it counts as 0.
void add_omegas(Measurement& m, const Method& method) {
  std::vector<int> bits(
      static_cast<std::size_t>(parse_integer("--most-bits", m.options.most_bits, 1, 16)));
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

std::string with_error(const search::TensorSensitivity& tensor) {
  if (tensor.trace) return fmt::format("{:.3g} +- {:.1g}", *tensor.trace, *tensor.standard_error);
  if (!tensor.eigenvalues.empty())
    return fmt::format("{:.3g} +- {:.1g}", tensor.eigenvalues.front(), tensor.residuals.front());
  return tensor.fisher ? fmt::format("{:.3g}", *tensor.fisher) : "1";
}

std::string sensitivity_text(const search::Sensitivity& found) {
  reports::TextTable table({{"layer", reports::Align::kLeft},
                            {"weights"},
                            {"omega 2"},
                            {"omega 4"},
                            {"inputs"},
                            {"omega 2"},
                            {"omega 4"}});
  const auto omega = [](const search::TensorSensitivity& tensor, int bits) {
    const auto at = tensor.omega.find(bits);
    return at == tensor.omega.end() ? std::string("-") : fmt::format("{:.2g}", at->second);
  };
  for (const search::LayerSensitivity& layer : found.layers)
    table.add_row({layer.name, with_error(layer.weights), omega(layer.weights, 2),
                   omega(layer.weights, 4), with_error(layer.activations),
                   omega(layer.activations, 2), omega(layer.activations, 4)});
  return table.text(output_width());
}

search::Sensitivity result_of(const Measurement& m, const graph::Graph& graph) {
  search::Sensitivity result{.network = graph.name(),
                             .method = m.options.method,
                             .quantizer = m.options.quantizer,
                             .seed = static_cast<std::int64_t>(m.seed),
                             .layers = {}};
  const auto shapes = graph::layers_of(graph);
  for (std::size_t i = 0; i < shapes.size(); ++i)
    result.layers.push_back({shapes[i].name, m.tensors[i], m.tensors[shapes.size() + i]});
  return result;
}

nlohmann::ordered_json record_options(const SensitivityOptions& options) {
  return {{"network", options.network.name},
          {"weights_hash", file_hash(options.weights)},
          {"method", options.method},
          {"data", options.data.spec},
          {"split", options.data.split.value_or("")},
          {"images", options.data.count.value_or("")},
          {"batch", options.run.batch},
          {"normalize", options.run.normalization.value_or("")},
          {"seed", options.seed}};
}

void run(const SensitivityOptions& options) {
  const Method& method = method_named(options.method);
  require_different_files({{"--output", options.output}}, {{"--weights", options.weights}});
  OutputFile output(options.output);
  nn::use_processors(options.run.processors());
  const Network network = options.network.load();
  const LoadedWeights weights = load_weights(network, options.weights);
  const Batches batches = load_batches(options, weights);
  MeasurementRecord record(options.output, record_options(options));
  Measurement measurement{
      .options = options,
      .network = *weights.runnable,
      .batches = batches,
      .record = record,
      .tensors = std::vector<search::TensorSensitivity>(2 * weights.runnable->layers()),
      .seed = static_cast<std::uint64_t>(
          parse_integer("--seed", options.seed, 0, std::numeric_limits<std::int32_t>::max()))};
  method.measure(measurement);
  add_omegas(measurement, method);
  const search::Sensitivity result = result_of(measurement, weights.network.graph);
  output.write(search::sensitivity_json(result));
  output.commit();
  record.remove();
  print(fmt::format("{} of {} by {}, {} images of {}, quantizer {}\n\n", options.method,
                    options.network.name, options.weights, batches.count, options.data.spec,
                    options.quantizer) +
        sensitivity_text(result) + fmt::format("\nwritten to {}\n", options.output));
}

}  // namespace

void add_sensitivity(CLI::App& program) {
  auto options = std::make_shared<SensitivityOptions>();
  CLI::App* command =
      program.add_subcommand("sensitivity", "how much the loss minds each layer's bits");
  options->network.add_to(*command);
  command->add_option("--weights", options->weights, "its weights: a safetensors file")
      ->required()
      ->type_name("FILE");
  options->data
      .add_to(*command, "", "images to measure on, 128 of them; not those that report accuracy")
      ->required();
  command
      ->add_option("--method", options->method,
                   "trace: mean trace of the Hessian (HAWQ-V2); eigenvalue: its largest (HAWQ); "
                   "fisher: squared gradients; mse: quantization error alone (trace)")
      ->type_name("NAME");
  command->add_option("--quantizer", options->quantizer, "whose error Omega is of (uniform)")
      ->type_name("NAME");
  command->add_option("--most-bits", options->most_bits, "widths 1 to N are tabulated (8)")
      ->type_name("N");
  command->add_option("--probes", options->probes, "of the trace: at most, 30 at least (300)")
      ->type_name("N");
  command
      ->add_option("--relative-error", options->relative_error,
                   "standard error of every layer's trace at which probing ends (0.05)")
      ->type_name("X");
  command->add_option("--seed", options->seed, "of random probes and starts (0)")->type_name("N");
  options->run.add_to(*command, "128");
  command
      ->add_option("-o,--output", options->output,
                   "the figures as JSON, for `bitloom search`; a .partial beside it lets an "
                   "interrupted measurement go on")
      ->required()
      ->type_name("FILE");
  command->callback([options] {
    options->quantizer = nn::quantizer_scheme(options->quantizer).name;
    run(*options);
  });
}

}  // namespace bitloom::cli
