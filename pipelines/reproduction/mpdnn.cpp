// MPDNN's tables 3 and 4: memory of weights and activations.
#include <algorithm>

#include "base/csv.h"
#include "models/graph/zoo/zoo.h"
#include "pipelines/reproduction/model_size.h"
#include "pipelines/reproduction/published_rows.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

/// Values that layers compute for one image.
struct Outputs {
  double largest = 0, all = 0;  // of a layer; of all convolutions
};

Outputs outputs_of(const std::string& network) {
  Outputs outputs;
  for (const graph::LayerShape& layer : graph::layers_of(graph::make_network(network))) {
    const auto values = static_cast<double>(layer.output_pixels() * layer.out_channels);
    outputs.largest = std::max(outputs.largest, values);
    if (layer.kind != graph::LayerKind::kLinear) outputs.all += values;
  }
  return outputs;
}

/// Bytes of weights; biases only where the table counts them.
double weight_bytes(const std::string& network, int bits, bool with_biases) {
  const auto width = static_cast<double>(bits);
  return size_bytes(stored_numbers(network), {.first_layer = width,
                                              .last_layer = width,
                                              .other_layers = width,
                                              .biases = with_biases ? width : 0,
                                              .norms = 0});
}

struct Sizes {
  std::string table;
  double unit;
  std::string unit_name;
  bool with_biases;
};

void compare_sizes(Comparison& comparison, const Sizes& sizes) {
  const CsvTable published = CsvTable::load(Comparison::published("mpdnn_sizes.csv"));
  const auto add = [&](const Figure& figure, std::optional<int> bits, double bytes_at_8) {
    if (figure.published.empty()) return;
    if (bits)
      comparison.add(figure, bytes_at_8 * *bits / 8 / sizes.unit, last_digit());
    else
      comparison.leave_open(figure, "bits are learned, and not published");
  };
  for (const CsvTable::Row& row : published.rows()) {
    if (row.text("table") != sizes.table) continue;
    const std::string network = *zoo_name(row.text("model"));
    const auto weights = whole_bits(row.text("weight_bits"));
    const auto activations = whole_bits(row.text("activation_bits"));
    const PublishedRow label{.model = row.text("model"),
                             .method = row.text("method"),
                             .weight_bits = row.text("weight_bits"),
                             .activation_bits = row.text("activation_bits")};
    const auto figure = [&](const char* name, const char* column) {
      return Figure{label.label(), name + (" (" + sizes.unit_name + ")"), row.text(column)};
    };
    const Outputs outputs = outputs_of(network);
    add(figure("weights", "weights"), weights, weight_bytes(network, 8, sizes.with_biases));
    add(figure("largest activation", "largest_activation"), activations, outputs.largest);
    add(figure("activations", "all_activations"), activations, outputs.all);
  }
}

}  // namespace

void mpdnn_table3(Comparison& comparison) {
  comparison.assume("KiB. Weights alone, all layers at the row's bits.");
  comparison.assume("Activations: what convolutions compute, for one image.");
  compare_sizes(comparison, {"Table 3", kBytesPerKibibyte, "KiB", false});
}

void mpdnn_table4(Comparison& comparison) {
  comparison.assume(
      "MiB. Weights and biases of all layers at the row's bits, no batch norms: without biases "
      "ResNet-18's 44.56 would be 44.55, and neither way gives MobileNet-V2's 13.23.");
  comparison.assume("Activations: the largest output of a layer, for one image.");
  compare_sizes(comparison, {"Table 4", kBytesPerMebibyte, "MiB", true});
}

}  // namespace bitloom::reproduction
