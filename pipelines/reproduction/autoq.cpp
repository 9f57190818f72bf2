// AutoQ's table 3: latencies on a machine that the paper does not name.
#include <fmt/format.h>

#include "pipelines/reproduction/published_rows.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

/// How many times faster a uniform row is than 16/16.
std::string speedup(const PublishedRow& row, const PublishedRow& original, int bits) {
  return fmt::format(
      "machine not named; {:.2f} times faster than 16/16, with {:.0f} times fewer BOPs",
      Printed(original.latency_ms).value / Printed(row.latency_ms).value, 256.0 / (bits * bits));
}

const PublishedRow& original_of(const PublishedRow& row, const std::vector<PublishedRow>& rows) {
  for (const PublishedRow& each : rows)
    if (each.model == row.model && each.method == "original") return each;
  return row;
}

}  // namespace

void autoq_table3(Comparison& comparison) {
  comparison.assume(
      "Nothing is compared: the paper names no machine, and gives mean bits for its searched "
      "rows.");
  const std::vector<PublishedRow> rows = published_rows("AutoQ", "Table 3");
  for (const PublishedRow& row : rows) {
    const Figure figure{row.label() + ", " + row.constraint, "latency (ms)", row.latency_ms};
    const auto bits = whole_bits(row.weight_bits);
    if (!bits || !row.is_uniform())
      comparison.leave_open(figure, "policy not published; machine not named");
    else if (*bits == 16)
      comparison.leave_open(figure, "machine not named");
    else
      comparison.leave_open(figure, speedup(row, original_of(row, rows), *bits));
  }
}

}  // namespace bitloom::reproduction
