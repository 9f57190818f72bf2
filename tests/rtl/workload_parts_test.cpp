// Parts of a layer by filter compute what the whole layer does.
#include <gtest/gtest.h>

#include "rtl/verify/workload.h"
#include "tests/support/complaint.h"

namespace bitloom::verify {
namespace {

using testing::complaint;

graph::LayerShape layer_of(std::int64_t groups, std::int64_t in, std::int64_t out) {
  graph::LayerShape layer{.name = "conv", .in_channels = groups * in, .out_channels = groups * out};
  layer.kernel = {3, 2};
  layer.stride = {1, 2};
  layer.input = {5, 7};
  layer.output = {5, 4};
  layer.groups = groups;
  return layer;
}

/// A workload whose weights are codes of their filter's bits, of 0 bits 0.
Workload drawn(const graph::LayerShape& layer, const graph::FilterBits& filters,
               std::mt19937_64& random) {
  Workload whole =
      random_workload(layer, {8, 3}, 2, false, WeightCoding::kSigned, Draw::kUniform, random());
  const auto each = static_cast<std::size_t>(layer.reduction());
  for (std::size_t i = 0; i < whole.weights.size(); ++i) {
    const int bits = filters[i / each];
    std::int32_t& weight = whole.weights[i];
    if (bits == 0)
      weight = 0;
    else if (bits == 1)
      weight = weight < 0 ? -1 : 1;
    else
      weight = weight >> (8 - bits);
  }
  return whole;
}

TEST(PartsOfAWorkload, ComputeTheirOutputsOfTheWhole) {
  std::mt19937_64 random(3);
  for (const auto& [groups, in, out] : {std::tuple{1, 3, 7}, {4, 1, 1}, {3, 2, 4}}) {
    const graph::LayerShape layer = layer_of(groups, in, out);
    for (int round = 0; round < 10; ++round) {
      graph::FilterBits filters;
      for (std::int64_t f = 0; f < layer.out_channels; ++f)
        filters.push_back(static_cast<int>(random() % 5));
      const Workload whole = drawn(layer, filters, random);
      const std::vector<std::int64_t> outputs = reference_outputs(whole);
      for (const graph::FilterPart& part : graph::parts_of(layer, {4, 3}, filters)) {
        const Workload some = part_of(whole, part);
        EXPECT_EQ(some.precision, part.bits);
        EXPECT_EQ(some.weight_coding,
                  part.bits.weight_bits == 1 &&
                          std::count(some.weights.begin(), some.weights.end(), 1) > 0
                      ? WeightCoding::kBipolar
                      : WeightCoding::kSigned);
        EXPECT_EQ(reference_outputs(some), outputs_of(outputs, whole, part)) << part.layer.name;
      }
    }
  }
}

TEST(PartsOfAWorkload, HaveCodesOfTheirBits) {
  const graph::LayerShape layer = layer_of(1, 2, 2);
  const Workload whole =
      random_workload(layer, {8, 3}, 1, false, WeightCoding::kSigned, Draw::kUniform, 1);
  const auto parts = graph::parts_of(layer, {8, 3}, {2, 8});
  EXPECT_EQ(complaint([&] { part_of(whole, parts[0]); }),
            "layer 'conv[2b]': has weights that are no codes of 2 bits");
}

}  // namespace
}  // namespace bitloom::verify
