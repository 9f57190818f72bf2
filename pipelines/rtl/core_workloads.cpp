#include "pipelines/rtl/core_workloads.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "base/temporary_file.h"
#include "models/onnx/import.h"
#include "models/weights/integer_layers.h"
#include "pipelines/calibration_program.h"
#include "pipelines/layer_selection.h"
#include "pipelines/network_table.h"
#include "pipelines/rtl/verdicts.h"
#include "pipelines/weights_choice.h"
#include "rtl/verify/learned_levels.h"
#include "rtl/verify/plane_codes.h"

namespace bitloom::pipelines {
namespace {

constexpr std::size_t kRandomLayers = 100;  // where there is no network

bool has_integers(const std::string& weights) {
  return weights::has_integer_layers(weights::TensorFile::load(weights));
}

bool is_short(const mapping::Mapping& m) {
  constexpr std::int64_t kMostIssueSlots = 20'000;
  return m.gemms.count * m.activations.tiles() * m.weights.tiles() * m.chunks.words *
             m.precision.activation_bits * m.precision.weight_bits <=
         kMostIssueSlots;
}

/// Warns of inputs whose codes take more bits than the file states, for which `simulate --bits
/// model` prices it.
void tell_more_bits(const NetworkToVerify& asked, const Network& network, const RealTensors& real,
                    const Host& host) {
  constexpr std::size_t kMostNamed = 5;
  const std::string& file = asked.tensors->weights;
  if (!host.warning) return;
  const std::vector<onnx::OwnBits> own = onnx::own_bits_of(file, asked.network.inputs);
  std::size_t found = 0;
  for (std::size_t i = 0; i < std::min(own.size(), real.layers()); ++i) {
    if (!real.has(i) || !own[i].activations) continue;
    const int bits = real.precision(i).activation_bits, stated = *own[i].activations;
    if (bits <= stated || ++found > kMostNamed) continue;
    host.warning(fmt::format(
        "{}: layer '{}' runs with {} activation bits, and the file states {}: {}", file,
        shown_name(network.layers[i].name), bits, stated,
        stated == 1 ? "-1 and +1 take two in two's complement"
                    : "code - zero point, which the arithmetic multiplies, takes one more"));
  }
  if (found > kMostNamed)
    host.warning(fmt::format("{}: so do {} more of its layers", file, found - kMostNamed));
}

/// Whether the codes are those of a file of ONNX.
bool has_own_codes(const NetworkToVerify& asked) {
  return asked.tensors && !asked.tensors->post_training &&
         (!asked.policy.is_given() || asked.policy.of_model) &&
         onnx::is_model_file(asked.tensors->weights);
}

/// Layers whose input codes take more bits than the network's.
std::set<std::size_t> wider_layers(const NetworkToVerify& asked, const RealTensors& real) {
  std::set<std::size_t> wider;
  for (std::size_t i = 0; i < real.layers(); ++i)
    if (real.has(i) && real.has_padding_plane(i)) wider.insert(i);
  if (!has_own_codes(asked)) return wider;
  const std::vector<onnx::OwnBits> own =
      onnx::own_bits_of(asked.tensors->weights, asked.network.inputs);
  for (std::size_t i = 0; i < std::min(own.size(), real.layers()); ++i)
    if (real.has(i) && own[i].activations &&
        real.precision(i).activation_bits > *own[i].activations)
      wider.insert(i);
  return wider;
}

/// Warns of layers whose input takes a plane more than it has bits.
void tell_padding_planes(const std::vector<std::size_t>& chosen, const Network& network,
                         const RealTensors& real, const Host& host) {
  const auto has = [&](std::size_t i) { return real.has_padding_plane(i); };
  const auto first = std::find_if(chosen.begin(), chosen.end(), has);
  if (!host.warning || first == chosen.end()) return;
  const auto others = std::count_if(first + 1, chosen.end(), has);
  const int bits = real.precision(*first).activation_bits;
  host.warning(fmt::format(
      "layer '{}'{} runs with {} activation bits, one more than simulate counts: levels of signs "
      "have no 0, which padding needs",
      network.layers[*first].name, others > 0 ? fmt::format(", and {} more,", others) : "", bits));
}

/// A UserError unless the hardware multiplies with codes that large, where the layer has some.
void require_codes(const verify::Workload& workload, const hardware::Bismo& hardware) {
  if (!workload.codes) return;
  const std::uint32_t sum = verify::greatest_code_sum(*workload.codes, workload.precision);
  if (!hardware.multiplies())
    throw UserError(
        fmt::format("layer '{}' has learned levels, and the hardware shifts; --set "
                    "coefficients=fixed_point multiplies by their coefficients",
                    workload.layer.name));
  if (sum >> hardware.coefficient_bits != 0)
    throw UserError(fmt::format(
        "layer '{}' has learned levels whose codes add up to {}; --set coefficient_bits={} holds "
        "them, and the hardware has {}",
        workload.layer.name, sum, std::bit_width(sum), hardware.coefficient_bits));
}

/// A quantized network's integers on images. Weights that have none, or are to have other bits, are
/// calibrated first, on images of the same data.
std::unique_ptr<const RealTensors> load_real_tensors(const NetworkToVerify& asked,
                                                     const Network& network, std::int64_t batch,
                                                     const Host& host) {
  const graph::Graph& graph = network.graph;
  const auto& [weights, data, post_training] = *asked.tensors;
  if (has_own_codes(asked)) {
    if (asked.policy.edge_layers)
      throw UserError("--bits model: are the file's own: leave out --edge-layers");
    const TemporaryFile codes(".safetensors");
    record_by_program({.network = asked.network,
                       .weights = weights,
                       .data = data,
                       .images = batch,
                       .output = codes.path()},
                      host);
    auto real = std::make_unique<RealTensors>(graph, codes.path(), batch);
    tell_more_bits(asked, network, *real, host);
    return real;
  }
  if (!post_training && !asked.policy.is_given() && has_integers(weights))
    return std::make_unique<RealTensors>(graph, weights, data, batch);
  const auto product = std::find_if(network.layers.begin(), network.layers.end(),
                                    [](const auto& layer) { return !layer.has_weights(); });
  if (product != network.layers.end())
    throw UserError(
        fmt::format("{}: has no integers for the RTL: layer '{}' multiplies two "
                    "activations",
                    weights, shown_name(product->name)));
  const TemporaryFile calibrated(".safetensors");
  {
    const Step step(host, "calibrate", {}, "choosing the levels of weights and activations");
    calibrate_by_program({.network = asked.network,
                          .policy = asked.policy,
                          .weights = weights,
                          .data = data,
                          .output = calibrated.path(),
                          .post_training = post_training},
                         host);
  }
  if (!has_integers(calibrated.path()))
    throw UserError(
        fmt::format("{}: has no integers for the RTL: activations in single precision, or "
                    "levels that are neither multiples of one step nor sums of planes",
                    weights));
  return std::make_unique<RealTensors>(graph, calibrated.path(), data, batch);
}

}  // namespace

CoreWorkloads::CoreWorkloads(const VerifyOptions& options, const hardware::Bismo& hardware,
                             const Host& host)
    : batch_(hardware.batch),
      code_bits_(hardware.code_bits()),
      seed_(options.seed),
      random_(hardware, options.seed, is_short) {
  if (options.network) choose_layers(*options.network, hardware, host);
  random_count_ = options.random.value_or(parts_.empty() ? kRandomLayers : 0);
}

void CoreWorkloads::choose_layers(const NetworkToVerify& asked, const hardware::Bismo& hardware,
                                  const Host& host) {
  const Network network = load(
      asked.tensors ? with_classes_of(asked.network, asked.tensors->weights) : asked.network, host);
  require_batch(network, batch_);
  std::vector<std::size_t> chosen = select_layers(asked.layers, network.layers);
  graph::FilterPolicy policy{graph::Policy(network.layers.size())};
  if (asked.tensors) {
    real_ = load_real_tensors(asked, network, batch_, host);
    std::erase_if(chosen, [&](std::size_t i) { return !real_->has(i); });
    if (chosen.empty())
      throw UserError("--layers: none of them multiplies codes, which the RTL needs");
    policy.filters.resize(network.layers.size());
    for (const std::size_t i : chosen) {
      policy.layers[i] = real_->precision(i);
      policy.filters[i] = real_->filters(i);
    }
  } else {
    policy = load_by_filter(asked.policy, network);
  }
  if (real_) {
    tell_padding_planes(chosen, network, *real_, host);
    wider_ = wider_layers(asked, *real_);
  }
  for (const std::size_t i : chosen) {
    graph::LayerShape layer = network.layers[i];
    if (real_) {  // which lays the windows of dilated layers apart
      layer.input = real_->workload(i).layer.input;
      layer.stride = real_->workload(i).layer.stride;
    }
    if (real_) require_codes(real_->workload(i), hardware);
    for (graph::FilterPart& part : graph::parts_of(layer, policy.layers[i], policy.of(i))) {
      mapping::map_layer(part.layer, part.bits, hardware, batch_);
      parts_.push_back(std::move(part));
      chosen_.push_back(i);
    }
  }
}

bool CoreWorkloads::has_more_bits(std::size_t index) const {
  return index < chosen_.size() && wider_.count(chosen_[index]) > 0;
}

std::optional<std::vector<std::int64_t>> CoreWorkloads::integer_sums(std::size_t index) const {
  if (!real_ || index >= parts_.size()) return std::nullopt;
  const std::size_t layer = chosen_[index];
  const std::vector<std::int64_t>& sums = real_->sums(layer);
  if (real_->filters(layer).empty()) return sums;
  return verify::outputs_of(sums, real_->workload(layer), parts_[index]);
}

verify::Workload CoreWorkloads::make(std::size_t index) {
  if (index >= parts_.size()) {
    verify::Workload workload = random_.next();
    workload.layer.name = fmt::format("random {}", index - parts_.size());
    return workload;
  }
  const graph::FilterPart& part = parts_[index];
  if (real_) {
    const verify::Workload& whole = real_->workload(chosen_[index]);
    return real_->filters(chosen_[index]).empty() ? whole : verify::part_of(whole, part);
  }
  verify::Workload workload = verify::random_workload(
      part.layer, part.bits, batch_, part.layer.signed_activations,
      coding_of(part.layer, part.bits, batch_), verify::Draw::kUniform, seed_ + index);
  if (code_bits_ > 0)
    workload.codes = verify::random_codes(workload, code_bits_, false, seed_ + index);
  return workload;
}

}  // namespace bitloom::pipelines
