// HAQ's table 6: sizes of networks with k-means weights.
#include "pipelines/reproduction/model_size.h"
#include "pipelines/reproduction/published_rows.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {

void haq_table6(Comparison& comparison) {
  comparison.assume(
      "MiB. Weights of all layers but the first at the row's bits; the first layer's, biases, and "
      "scales and shifts of batch norms at 32 bits; running statistics and codebooks not counted.");
  comparison.assume("Of the conventions tried this one alone gives all twelve sizes.");
  const std::vector<PublishedRow> rows = published_rows("HAQ", "Table 6");
  for (const PublishedRow& row : rows) {
    const Figure figure{row.label(), "size (MiB)", row.size_mb};
    const auto bits = whole_bits(row.weight_bits);
    if (!bits) {
      comparison.leave_open(figure, searched_text(row, rows, &PublishedRow::size_mb));
      continue;
    }
    const SizeConvention convention{.last_layer = static_cast<double>(*bits),
                                    .other_layers = static_cast<double>(*bits)};
    comparison.add(figure,
                   size_bytes(stored_numbers(*zoo_name(row.model)), convention) / kBytesPerMebibyte,
                   last_digit());
  }
}

}  // namespace bitloom::reproduction
