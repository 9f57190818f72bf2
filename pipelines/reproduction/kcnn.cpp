// KCNN's tables 1 and 2: how many multiplications, additions and weights quantization saves.
#include <fmt/format.h>

#include "base/csv.h"
#include "models/graph/layer_table.h"
#include "models/graph/zoo/zoo.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

/// What convolutions need for one image.
struct Work {
  double macs = 0, outputs = 0;     // products; values computed
  double weights = 0, kernels = 0;  // each kernel has a coefficient for each of its bits

  void add(const graph::LayerShape& layer) {
    macs += static_cast<double>(layer.macs().count());
    outputs += static_cast<double>(layer.output_pixels() * layer.out_channels);
    weights += static_cast<double>(layer.weights());
    kernels += static_cast<double>(layer.out_channels);
  }
};

Work work_of(const std::string& table) {
  Work work;
  if (table == "Table 1") {
    for (const graph::LayerRow& row :
         graph::read_layer_table(Comparison::published("kcnn_alexnet.csv")))
      work.add(row.layer);
  } else {
    for (const graph::LayerShape& layer : graph::layers_of(graph::make_network("resnet18")))
      if (layer.kind != graph::LayerKind::kLinear) work.add(layer);
  }
  return work;
}

/// The figures of a row that has n binary bases and no low-rank factors.
void add_reductions(Comparison& comparison, const CsvTable::Row& row, const std::string& of,
                    const Work& work) {
  const auto bits = static_cast<double>(row.integer("bits", 1, 32));
  comparison.add({of, "multiplications, times fewer", row.text("multiplications")},
                 work.macs / (bits * work.outputs), last_digit_cut());
  std::string note = "1 / bits";
  if (row.real("additions") < 1)
    note = "1 / bits; 0.98 / bits, cut, would give it; we do not know what else is added";
  comparison.add_arithmetic({of, "additions, times fewer", row.text("additions")}, 1 / bits,
                            last_digit_cut(), note);
  comparison.add({of, "weights, times smaller", row.text("weights")},
                 32 / (bits * (1 + 32 * work.kernels / work.weights)), last_digit_cut());
}

/// The figures of a row with low-rank factors, from the printed ones at one bit.
void add_low_rank(Comparison& comparison, const CsvTable::Row& row, const CsvTable::Row& one_bit,
                  const std::string& of) {
  const auto bits = static_cast<double>(row.integer("bits", 1, 32));
  const std::pair<const char*, const char*> columns[] = {
      {"multiplications", "multiplications, times fewer"},
      {"additions", "additions, times fewer"},
      {"weights", "weights, times smaller"}};
  for (const auto& [column, name] : columns) {
    const Figure figure{of, name, row.text(column)};
    if (bits == 1)
      comparison.leave_open(figure, "ranks of the factors not published");
    else
      comparison.add_arithmetic(figure, product(Printed(one_bit.text(column)), 1 / bits),
                                "the one-bit row's over the bits");
  }
}

void compare_reductions(Comparison& comparison, const std::string& table) {
  comparison.assume(
      "Convolutions alone. Each of n bits costs a multiplication for each output value and stores "
      "one coefficient of 32 bits for each kernel; figures are cut, not rounded.");
  const CsvTable published = CsvTable::load(Comparison::published("kcnn_reductions.csv"));
  const Work work = work_of(table);
  const std::vector<CsvTable::Row> rows = published.rows();
  std::optional<CsvTable::Row> one_bit;
  for (const CsvTable::Row& row : rows) {
    if (row.text("table") != table) continue;
    const std::string of = fmt::format("{}, {}, {} bit{}", row.text("model"), row.text("method"),
                                       row.text("bits"), row.text("bits") == "1" ? "" : "s");
    if (row.text("method") != "KCNN + Low-rank") {
      add_reductions(comparison, row, of, work);
      continue;
    }
    if (!one_bit) one_bit.emplace(row);
    add_low_rank(comparison, row, *one_bit, of);
  }
}

}  // namespace

void kcnn_table1(Comparison& comparison) {
  comparison.assume(
      "AlexNet is Caffe's without groups (reports/published/kcnn_alexnet.csv): torchvision's would "
      "give 1352 in place of 1656.");
  compare_reductions(comparison, "Table 1");
}

void kcnn_table2(Comparison& comparison) { compare_reductions(comparison, "Table 2"); }

}  // namespace bitloom::reproduction
