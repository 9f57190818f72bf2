// Tables that give accuracies alone: LQ-Nets, QIL, DSQ, SAT and STLQ.
#include <algorithm>

#include <fmt/format.h>

#include "models/graph/policy.h"
#include "pipelines/price.h"
#include "pipelines/reproduction/model_size.h"
#include "pipelines/reproduction/published_rows.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

constexpr const char* kOrientation = "bismo-edge";
constexpr graph::Precision kEightBits = {8, 8};

/// What a source says of the first and the last layer. Where it says nothing, they have the row's
/// bits.
struct EdgeLayers {
  std::optional<int> weight_bits;             // in sizes
  std::optional<graph::Precision> precision;  // in BOPs and latency
  const char* told;
};
constexpr EdgeLayers kUntold{
    {},
    {},
    "The source does not tell the bits of the first and the last layer: they count at the row's."};
constexpr EdgeLayers kUnquantized{
    32, kEightBits,
    "The paper leaves the first and the last layer unquantized: sizes count them at 32 bits; BOPs "
    "and latency count them at 8/8, since bitloom prices integers."};
constexpr EdgeLayers kOfEightBits{
    8, kEightBits,
    "The first and the last layer have 8 bits, as the paper says of its own method."};

/// Methods of a paper that have the same network at the same bits.
struct Accuracies {
  PublishedRow row;                // the first of them
  std::vector<Printed> published;  // top-1, per cent
};

std::vector<Accuracies> by_network_and_bits(const std::string& paper,
                                            const std::vector<std::string>& tables) {
  std::vector<Accuracies> groups;
  for (const std::string& table : tables)
    for (const PublishedRow& row : published_rows(paper, table)) {
      if (!row.is_uniform() || row.top1_pct.empty()) continue;
      const auto group = std::find_if(groups.begin(), groups.end(), [&](const Accuracies& each) {
        return each.row.model == row.model && each.row.weight_bits == row.weight_bits &&
               each.row.activation_bits == row.activation_bits;
      });
      if (group == groups.end())
        groups.push_back({row, {Printed(row.top1_pct)}});
      else
        group->published.push_back(Printed(row.top1_pct));
    }
  return groups;
}

/// `69.3`, or `68.2 to 70.1` where methods differ.
std::string range_text(const std::vector<Printed>& figures) {
  const auto [least, most] =
      std::minmax_element(figures.begin(), figures.end(),
                          [](const Printed& a, const Printed& b) { return a.value < b.value; });
  return least->value == most->value ? least->text : least->text + " to " + most->text;
}

/// BOPs and latency, both against those at 8/8.
std::string cost_text(const std::string& network, graph::Precision bits, const EdgeLayers& edges,
                      const Comparison& comparison) {
  const auto layers = graph::layers_of(graph::make_network(network));
  const graph::Precision edge_bits = edges.precision.value_or(bits);
  graph::Policy policy = graph::uniform_policy(layers.size(), bits);
  graph::set_edge_layers(policy, layers, edge_bits);
  BitOps operations;
  for (std::size_t i = 0; i < layers.size(); ++i) operations += graph::bops(layers[i], policy[i]);
  const auto latency = [&](graph::Precision inner, graph::Precision edge) {
    return bitloom::price(network, kOrientation, {.bits = inner, .edge_layers = edge},
                          comparison.host())
        .latency()
        .count();
  };
  return fmt::format(", {:.2f} GBOPs, {:.3f} of the latency at 8/8",
                     static_cast<double>(operations.count()) * 1e-9,
                     latency(bits, edge_bits) / latency(kEightBits, kEightBits));
}

/// What can be computed of a row: size, BOPs and latency.
std::string computed(const PublishedRow& row, const EdgeLayers& edges,
                     const Comparison& comparison) {
  const auto network = zoo_name(row.model);
  const auto weights = whole_bits(row.weight_bits), activations = whole_bits(row.activation_bits);
  if (!network || !weights) return "";
  const double edge_bits = edges.weight_bits.value_or(*weights);
  const SizeConvention convention{.first_layer = edge_bits,
                                  .last_layer = edge_bits,
                                  .other_layers = static_cast<double>(*weights)};
  std::string text = fmt::format(
      ": {:.2f} MiB", size_bytes(stored_numbers(*network), convention) / kBytesPerMebibyte);
  if (activations && *activations <= graph::kMaxBits)
    text += cost_text(*network, {*weights, *activations}, edges, comparison);
  return text;
}

void tell_accuracies(Comparison& comparison, const std::string& paper, const EdgeLayers& edges,
                     const std::vector<std::string>& tables) {
  comparison.assume(fmt::format(
      "Nothing is compared: accuracies need training. The notes tell what the bits cost: size with "
      "biases and batch norms at 32 bits, BOPs, and latency on {}.",
      kOrientation));
  comparison.assume(edges.told);
  comparison.assume(
      "A row is a network at its bits; the range is over the methods that the paper lists. Rows "
      "whose bits differ from layer to layer are left out: their policies are not published.");
  for (const Accuracies& group : by_network_and_bits(paper, tables)) {
    const PublishedRow& row = group.row;
    const bool is_cifar = row.model == "ResNet-20" || row.model == "VGG-Small";
    const std::string of =
        fmt::format("{} {}", row.model,
                    row.activation_bits.empty() ? row.weight_bits + " bits"
                                                : row.weight_bits + "/" + row.activation_bits);
    comparison.leave_open(
        {of, fmt::format("top-1 of {} (%)", group.published.size()), range_text(group.published)},
        fmt::format("needs {} training{}", is_cifar ? "CIFAR-10" : "ImageNet",
                    computed(row, edges, comparison)));
  }
}

}  // namespace

void lq_nets_accuracies(Comparison& comparison) {
  tell_accuracies(comparison, "LQ-Nets", kUnquantized,
                  {"Table 1", "Table 2", "Table 3", "Table 4", "Table 5", "Table 6"});
}

void qil_accuracies(Comparison& comparison) {
  tell_accuracies(comparison, "QIL", kUntold, {"Table 1", "Table 2", "Table 3"});
}

void dsq_accuracies(Comparison& comparison) {
  tell_accuracies(comparison, "DSQ", kUntold, {"Table 6", "Table 7"});
}

void sat_accuracies(Comparison& comparison) {
  tell_accuracies(comparison, "SAT", kOfEightBits,
                  {"Table 1", "Table 2", "unnumbered (after Table 2)"});
}

void stlq_accuracies(Comparison& comparison) {
  tell_accuracies(comparison, "STLQ", kUntold, {"text section 1", "text section 2"});
}

}  // namespace bitloom::reproduction
