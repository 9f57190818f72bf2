// The policies that HAQ published: MobileNet-V2 by latency, ResNet-50 by size.
#include <fmt/format.h>

#include "base/csv.h"
#include "base/error.h"
#include "pipelines/price.h"
#include "pipelines/reproduction/model_size.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

void compare_mobilenet(Comparison& comparison) {
  const std::string all = "MobileNet-V2 at 8/8, bismo-cloud", name = "cycles of 16 images";
  const std::string searched = "MobileNet-V2, policy of the README, bismo-cloud";
  const auto cycles = [&](const PriceOptions& options) {
    const Price cost = bitloom::price("mobilenet_v2", "bismo-cloud", options, comparison.host());
    return static_cast<double>(cost.cycles().count());
  };
  const double at_eight = cycles({.batch = 16});
  const double by_policy =
      cycles({.policy = Comparison::golden("haq_policy_mobilenet_v2_0.6.json"), .batch = 16});
  comparison.add({all, name, "39624933"}, at_eight, exact());
  comparison.add({searched, name, "23634821"}, by_policy, exact());
  comparison.add(
      {searched, "of the cycles at 8/8", "0.6"}, by_policy / at_eight, at_most(),
      fmt::format("a ratio of {:.4f}; HAQ's own code reads -1 as an index, 7 bits, and gets 0.5914",
                  by_policy / at_eight));
}

/// Bits of all weights over those at single precision.
double size_ratio(const std::vector<std::int64_t>& weights, const CsvTable& policies,
                  const char* column) {
  const std::vector<CsvTable::Row> rows = policies.rows();
  ensure(rows.size() == weights.size(), "a policy has a row for each layer");
  double bits = 0, numbers = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    bits += static_cast<double>(weights[i] * rows[i].integer(column, 1, 8));
    numbers += static_cast<double>(weights[i]);
  }
  return bits / (32 * numbers);
}

}  // namespace

void haq_policies(Comparison& comparison) {
  comparison.assume(
      "Cycles are sums over the published latency table, at 8/8 and at the policy, whose -1 for "
      "the image counts as 8 bits. Budgets of 0.6 and 0.1 are bounds.");
  comparison.assume(
      "Sizes of ResNet-50 with k-means weights: weights alone, against those of 32 bits, without "
      "codebooks.");
  compare_mobilenet(comparison);
  const std::vector<std::int64_t> weights = stored_numbers("resnet50").weights;
  const CsvTable policies = CsvTable::load(Comparison::published("haq_kmeans_resnet50.csv"));
  for (const auto& [of, column] :
       {std::pair{"ResNet-50, policy of the README", "readme_bits"},
        std::pair{"ResNet-50, policy of finetune.py", "finetune_bits"}}) {
    const double ratio = size_ratio(weights, policies, column);
    comparison.add({of, "size, of single precision", "0.1"}, ratio, at_most(),
                   fmt::format("a ratio of {:.4f}", ratio));
  }
}

}  // namespace bitloom::reproduction
