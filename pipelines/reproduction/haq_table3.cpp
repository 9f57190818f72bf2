// HAQ's table 3: latency of uniform and searched policies on BISMO.
#include <cmath>

#include <fmt/format.h>

#include "pipelines/price.h"
#include "pipelines/reproduction/published_rows.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

/// Milliseconds of the layers `begin` up to `end`.
double latency_of(const Price& price, std::size_t begin, std::size_t end) {
  Cycles cycles;
  for (std::size_t i = begin; i < end; ++i) cycles += price.layers.at(i).cost.timing.total;
  return runtime(cycles, price.clock).count();
}

}  // namespace

void haq_table3(Comparison& comparison) {
  comparison.assume(
      "All layers but the first convolution and the classifier, at the row's bits, at 200 MHz; "
      "edge "
      "is bismo-edge at batch 1, cloud is bismo-cloud at batch 16.");
  comparison.assume(
      "The paper gives the batches, but neither the clock nor which layers count. Both were found "
      "from this table: with them thirteen of its sixteen figures agree within 0.02 % "
      "(reports/haq-table.md).");
  const std::vector<PublishedRow> rows = published_rows("HAQ", "Table 3");
  for (const PublishedRow& row : rows) {
    const Figure figure{row.label() + ", " + row.platform, "latency (ms)", row.latency_ms};
    if (!row.is_uniform()) {
      comparison.leave_open(figure, searched_text(row, rows, &PublishedRow::latency_ms));
      continue;
    }
    const int bits = *whole_bits(row.weight_bits);
    const std::string network = *zoo_name(row.model);
    const Price price =
        bitloom::price(network, row.platform, {.bits = {bits, bits}}, comparison.host());
    const double ours = latency_of(price, 1, price.layers.size() - 1);
    const Tolerance tolerance = within_percent(0.1);
    std::optional<std::string> note;
    if (!tolerance.holds(Printed(figure.published), ours)) {
      const Price at_eight = bitloom::price(network, row.platform, {}, comparison.host());
      note = fmt::format("with the first layer at 8/8: {:.3f} ms; only these figures include it",
                         ours + latency_of(at_eight, 0, 1));
    }
    comparison.add(figure, ours, tolerance, note);
  }
}

}  // namespace bitloom::reproduction
