// AdaBits' table 4: sizes and bit operations of networks at one width, and of adaptive ones.
#include <fmt/format.h>

#include "models/graph/policy.h"
#include "models/graph/zoo/zoo.h"
#include "pipelines/reproduction/model_size.h"
#include "pipelines/reproduction/published_rows.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

/// In units of 1e9, the first and the last layer at 8/8.
double giga_bit_operations(const std::string& network, int bits) {
  const auto layers = graph::layers_of(graph::make_network(network));
  graph::Policy policy = graph::uniform_policy(layers.size(), {bits, bits});
  graph::set_edge_layers(policy, layers, {8, 8});
  BitOps total;
  for (std::size_t i = 0; i < layers.size(); ++i) total += graph::bops(layers[i], policy[i]);
  return static_cast<double>(total.count()) * 1e-9;
}

/// An adaptive model keeps 8 bits of each weight, and norms for each of its four widths.
SizeConvention convention_of(const PublishedRow& row, int bits) {
  const bool is_adaptive = row.method.starts_with("AdaBits");
  return {.first_layer = 8,
          .last_layer = 8,
          .other_layers = is_adaptive ? 8.0 : bits,
          .biases = 0,
          .norms = is_adaptive ? 4 * 32.0 : 32.0};
}

}  // namespace

void adabits_table4(Comparison& comparison) {
  comparison.assume(
      "Sizes in MiB: first and last layer at 8 bits, the others at the row's; scales and shifts of "
      "batch norms at 32 bits; no biases, no running statistics.");
  comparison.assume(
      "Adaptive models of the modified scheme: all weights at 8 bits and batch norms for each of "
      "four widths. Those of the original scheme need the full-precision model.");
  comparison.assume("Bit operations in 1e9: MACs x weight bits x activation bits, edges at 8/8.");
  for (const PublishedRow& row : published_rows("AdaBits", "Table 4")) {
    const std::string network = *zoo_name(row.model);
    const int bits = *whole_bits(row.weight_bits);
    const std::string of = row.label();
    if (!row.size_mb.empty())
      comparison.add(
          {of, "size (MiB)", row.size_mb},
          size_bytes(stored_numbers(network), convention_of(row, bits)) / kBytesPerMebibyte,
          last_digit());
    std::optional<std::string> note;
    if (network == "resnet50")
      note =
          "38.5 M further MACs at the row's bits would give all three figures, such as "
          "layer1.0.conv1 with 256 inputs in place of 64; the sizes do not have its weights";
    comparison.add({of, "BOPs (G)", row.bitops_g}, giga_bit_operations(network, bits), last_digit(),
                   note);
  }
}

}  // namespace bitloom::reproduction
