// HAWQ's tables I, III and IV and HAWQ-V2's tables 1 to 4: sizes and compressions.
#include <fmt/format.h>

#include "pipelines/reproduction/model_size.h"
#include "pipelines/reproduction/published_rows.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

constexpr const char* kMixedBits = "bits of the layers not in the table";

/// The size at single precision from which a row's compression is told; HAQ's rows keep HAQ's own.
std::string baseline_of(const PublishedRow& row, const std::vector<PublishedRow>& rows) {
  if (row.method == "HAQ" || row.method == "Deep Compression") return "97.49";
  for (const PublishedRow& each : rows)
    if (each.is_float() && each.model == row.model) return each.size_mb;
  return "";
}

/// What the network stores, all of it at so many bits.
double bytes_at(const std::string& model, int bits) {
  const auto width = static_cast<double>(bits);
  return size_bytes(stored_numbers(*zoo_name(model)), {.first_layer = width,
                                                       .last_layer = width,
                                                       .other_layers = width,
                                                       .biases = width,
                                                       .norms = width,
                                                       .statistics = width});
}

std::string over_bits(int bits) { return fmt::format("32 / {}", bits); }

void add_baseline(Comparison& comparison, const PublishedRow& row) {
  comparison.add({row.label(), "size (MiB)", row.size_mb},
                 bytes_at(row.model, 32) / kBytesPerMebibyte, within_percent(0.2));
}

void add_size(Comparison& comparison, const PublishedRow& row, const std::string& baseline) {
  const Figure size{row.label(), "size (MiB)", row.size_mb};
  const auto bits = whole_bits(row.weight_bits);
  if (!bits)
    comparison.leave_open(size, kMixedBits);
  else if (row.method == "Deep Compression")
    comparison.add(size,
                   size_bytes(stored_numbers(*zoo_name(row.model)),
                              {.last_layer = static_cast<double>(*bits),
                               .other_layers = static_cast<double>(*bits)}) /
                       kBytesPerMebibyte,
                   last_digit(), "as HAQ's table 6 counts it");
  else
    comparison.add(size, bytes_at(row.model, *bits) / kBytesPerMebibyte, within_percent(0.2),
                   fmt::format("{} x {} / 32 is {:.3f}", baseline, *bits,
                               Printed(baseline).value * *bits / 32));
}

void add_compression(Comparison& comparison, const PublishedRow& row, const std::string& baseline) {
  const Figure compression{row.label(), "weights, times smaller", row.w_compression};
  const auto bits = whole_bits(row.weight_bits);
  if (bits && row.is_uniform())
    comparison.add_arithmetic(compression, 32.0 / *bits, last_digit(), over_bits(*bits));
  else if (row.size_mb.empty())
    comparison.leave_open(compression, kMixedBits);
  else
    comparison.add_arithmetic(compression, quotient(Printed(baseline), Printed(row.size_mb)),
                              fmt::format("{} / {}", baseline, row.size_mb));
}

void add_activations(Comparison& comparison, const PublishedRow& row) {
  const Figure compression{row.label(), "activations, times smaller", row.a_compression};
  if (const auto bits = whole_bits(row.activation_bits))
    comparison.add_arithmetic(compression, 32.0 / *bits, last_digit(), over_bits(*bits));
  else
    comparison.leave_open(compression, kMixedBits);
}

void compare_rows(Comparison& comparison, const std::string& paper, const std::string& table) {
  comparison.assume(
      "Sizes at single precision are those of PyTorch's files in MiB: trained parameters and "
      "running "
      "statistics. Bitloom's leave the files' names and headers out (0.06 % of torchvision's "
      "resnet50-19c8e357.pth, which has 102,502,400 bytes).");
  comparison.assume(
      "Sizes at the row's bits are those of bitloom's networks, too: all parameters count at these "
      "bits, also where the paper says that edge layers have 8.");
  comparison.assume(
      "Compressions follow from the bits or from the printed sizes. They are the paper's "
      "arithmetic, and no agreement of bitloom's.");
  const std::vector<PublishedRow> rows = published_rows(paper, table);
  for (const PublishedRow& row : rows) {
    if (row.is_float()) {
      if (!row.size_mb.empty()) add_baseline(comparison, row);
      continue;
    }
    const std::string baseline = baseline_of(row, rows);
    if (!row.size_mb.empty()) add_size(comparison, row, baseline);
    add_compression(comparison, row, baseline);
    if (!row.a_compression.empty()) add_activations(comparison, row);
  }
}

}  // namespace

void hawq_table1(Comparison& comparison) { compare_rows(comparison, "HAWQ", "Table I"); }
void hawq_table3(Comparison& comparison) { compare_rows(comparison, "HAWQ", "Table III"); }
void hawq_table4(Comparison& comparison) { compare_rows(comparison, "HAWQ", "Table IV"); }
void hawq_v2_table1(Comparison& comparison) { compare_rows(comparison, "HAWQ-V2", "Table 1"); }
void hawq_v2_table2(Comparison& comparison) { compare_rows(comparison, "HAWQ-V2", "Table 2"); }
void hawq_v2_table3(Comparison& comparison) { compare_rows(comparison, "HAWQ-V2", "Table 3"); }
void hawq_v2_table4(Comparison& comparison) { compare_rows(comparison, "HAWQ-V2", "Table 4"); }

}  // namespace bitloom::reproduction
