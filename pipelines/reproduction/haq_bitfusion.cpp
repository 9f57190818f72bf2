// HAQ's tables 4 and 5: latency and energy of MobileNet-V1 on BitFusion.
#include <fmt/format.h>

#include "pipelines/price.h"
#include "pipelines/reproduction/published_rows.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

constexpr const char* kHaqMachine = "bitfusion-haq-leakage";

constexpr const char* kNoPolicy = "policy not published; finding one needs ImageNet training";

Price price_of(const PublishedRow& row, const Comparison& comparison) {
  return bitloom::price("mobilenet_v1", kHaqMachine,
                        {.bits = {*whole_bits(row.weight_bits), *whole_bits(row.activation_bits)}},
                        comparison.host());
}

void assume_machine(Comparison& comparison) {
  comparison.assume(
      fmt::format("Configuration {}, one for both tables: batch 1, all layers at the row's bits. "
                  "Its scratchpads "
                  "were chosen knowing the tables (reports/bitfusion-haq.md).",
                  kHaqMachine));
}

}  // namespace

void haq_table4(Comparison& comparison) {
  assume_machine(comparison);
  const std::vector<PublishedRow> rows = published_rows("HAQ", "Table 4");
  for (const PublishedRow& row : rows) {
    const Figure figure{row.label(), "latency (ms)", row.latency_ms};
    if (row.is_uniform())
      comparison.add(figure, price_of(row, comparison).latency().count(), within_percent(3));
    else
      comparison.leave_open(figure, searched_text(row, rows, &PublishedRow::latency_ms));
  }
}

void haq_table5(Comparison& comparison) {
  constexpr double kPicojoulesPerMillijoule = 1e9;
  assume_machine(comparison);
  const std::vector<PublishedRow> rows = published_rows("HAQ", "Table 5");
  for (const PublishedRow& row : rows) {
    const Figure figure{row.label(), "energy (mJ)", row.energy_mj};
    if (row.is_uniform())
      comparison.add(figure, price_of(row, comparison).energy().count() / kPicojoulesPerMillijoule,
                     within_percent(5));
    else
      comparison.leave_open(figure, searched_text(row, rows, &PublishedRow::energy_mj));
  }
}

}  // namespace bitloom::reproduction
