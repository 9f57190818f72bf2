#pragma once

#include <optional>
#include <string>
#include <vector>

namespace bitloom::reproduction {

/// A row of a paper's table, every figure as it is printed and empty where there is none.
struct PublishedRow {
  std::string model = {}, method = {};
  std::string weight_bits = {},
              activation_bits = {};  // empty where they differ from layer to layer
  std::string kind = {};             // `fp`, `uniform`, `mixed`, `kernelwise`
  std::string top1_pct = {}, latency_ms = {}, energy_mj = {}, size_mb = {};
  std::string w_compression = {}, a_compression = {}, bitops_g = {};
  std::string platform = {}, constraint = {};
  std::string variant = {};  // what tells rows of one network and method apart: `beside PACT 4/4`

  /// `ResNet-18, PACT 4/4`, `MobileNet-V1, HAQ beside PACT 4/4`.
  std::string label() const;
  bool is_uniform() const { return kind == "uniform"; }
  bool is_float() const { return kind == "fp"; }
};

/// The rows of a table in reports/published/results.csv.
std::vector<PublishedRow> published_rows(const std::string& paper, const std::string& table);

/// Why a searched row is not compared, and how its figure stands to that of the row `Original` of
/// the same network and platform, both as printed.
std::string searched_text(const PublishedRow& row, const std::vector<PublishedRow>& rows,
                          std::string PublishedRow::*figure);

/// `ResNet-18` -> `resnet18`; nothing where the zoo has no such network.
std::optional<std::string> zoo_name(const std::string& model);

/// A whole number of bits; nothing where there is none, or an average.
std::optional<int> whole_bits(const std::string& bits);

}  // namespace bitloom::reproduction
