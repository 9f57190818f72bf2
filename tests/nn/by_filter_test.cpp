// Weights whose filters have different bits.
#include "models/quantizers/by_filter.h"

#include <gtest/gtest.h>

#include "models/operators/linear.h"
#include "models/quantizers/planes.h"
#include "models/torch/post_training/layer_fit.h"
#include "tests/nn/quantizer_tasks.h"
#include "tests/support/complaint.h"

namespace bitloom::nn {
namespace {

using testing::complaint;
using torch::Tensor;
using enum QuantizerTask::Granularity;

const std::vector<int> kBits{2, 0, 4, 2, 1, 4};

Tensor six_filters() {
  torch::manual_seed(3);
  return torch::randn({6, 2, 3, 3});
}

MadeQuantizer by_filter_of(const std::string& scheme, const std::vector<int>& bits = kBits) {
  return by_filter(
      bits, [scheme](int width) { return made(scheme.c_str(), weights_of(width, kChannel)); });
}

TEST(ByFilter, QuantizesEachFilterAsAtItsBitsAlone) {
  const Tensor w = six_filters();
  for (const char* scheme : {"uniform", "least-error", "lsq", "dorefa"}) {
    SCOPED_TRACE(scheme);
    const auto quantizer = by_filter_of(scheme);
    quantizer->calibrate(w);
    const Tensor found = quantizer->quantize(w).detach();
    for (const int width : {1, 2, 4}) {
      std::vector<std::int64_t> filters;
      for (std::size_t i = 0; i < kBits.size(); ++i)
        if (kBits[i] == width) filters.push_back(static_cast<std::int64_t>(i));
      const Tensor some = w.index_select(0, torch::tensor(filters));
      const auto alone = calibrated(scheme, weights_of(width, kChannel), some);
      EXPECT_TRUE(torch::equal(found.index_select(0, torch::tensor(filters)),
                               alone->quantize(some).detach()));
    }
    EXPECT_EQ(found[1].abs().max().item<double>(), 0);
  }
}

TEST(ByFilter, GivesCodesThatStandForItsLevels) {
  const Tensor w = six_filters();
  for (const char* scheme : {"uniform", "least-error", "dorefa"})
    for (const std::vector<int>& bits : {kBits, std::vector<int>{1, 1, 1, 2, 3, 3}}) {
      SCOPED_TRACE(scheme);
      const auto quantizer = by_filter_of(scheme, bits);
      quantizer->calibrate(w);
      const Codes codes = quantizer->codes(w).value();
      const Tensor scales = torch::tensor(codes.scales, torch::kDouble).reshape({6, 1, 1, 1});
      const Tensor values = codes.codes.to(torch::kDouble) * scales;
      EXPECT_LT((values - quantizer->quantize(w).detach()).abs().max().item<double>(), 1e-6);
      EXPECT_LE(codes.codes.max().item<int>(), codes.type.highest());
      EXPECT_GE(codes.codes.min().item<int>(), codes.type.lowest());
    }
}

TEST(ByFilter, GivesPlanesWhoseSumsAreItsLevels) {
  const Tensor w = six_filters();
  const std::vector<int> edges{2, 8, 8, 2, 2, 0};
  for (const auto& [scheme, bits] :
       {std::pair("lq-nets", kBits), {"kcnn", kBits}, {"uniform", kBits}, {"ttq", edges}}) {
    SCOPED_TRACE(scheme);
    const auto quantizer = by_filter_of(scheme, bits);
    quantizer->calibrate(w);
    const Planes planes = quantizer->planes(w).value();
    EXPECT_TRUE(values_of(planes).allclose(quantizer->quantize(w).to(torch::kDouble), 1e-6, 1e-7));
  }
}

TEST(ByFilter, HasNoPlanesWhereBitsOfOneWidthAreSignsAndOfAnotherNot) {
  const Tensor w = six_filters();
  const auto quantizer = by_filter_of("lq-nets", {2, 8, 8, 2, 2, 2});
  quantizer->calibrate(w);
  EXPECT_FALSE(quantizer->planes(w).has_value());
}

TEST(ByFilter, MovesTheBasisOfEachWidthAtItsSteps) {
  const Tensor w = six_filters();
  const auto quantizer = by_filter_of("lq-nets");
  quantizer->calibrate(2 * w);
  const Tensor before = quantizer->quantize(w).detach();
  quantizer->at_step({}, w);
  EXPECT_TRUE(torch::equal(quantizer->quantize(w).detach(), before));
  EXPECT_FALSE(torch::equal(quantizer->quantize(w).detach(), before));
}

TEST(ByFilter, HasNoCodesWhereAWidthHasNone) {
  const auto quantizer = by_filter(
      {2, 2, 2, 2, 2, 2}, [](int width) { return made("kmeans", weights_of(width, kLayer)); });
  quantizer->calibrate(six_filters());
  EXPECT_FALSE(quantizer->codes(six_filters()).has_value());
}

TEST(ByFilter, PassesGradientsToTheFiltersThatStay) {
  const auto quantizer = by_filter_of("uniform");
  const Tensor w = six_filters().requires_grad_(true);
  quantizer->calibrate(w.detach());
  quantizer->quantize(w).sum().backward();
  const Tensor each = w.grad().flatten(1).sum(1);
  for (std::int64_t i = 0; i < 6; ++i) EXPECT_EQ(each[i].item<double>(), i == 1 ? 0 : 18);
}

TEST(ByFilter, KeepsTheStateOfEachWidth) {
  const Tensor w = six_filters();
  const auto one = by_filter_of("least-error"), other = by_filter_of("least-error");
  one->calibrate(w);
  std::vector<std::string> names;
  for (const auto& [name, tensor] : one->state()) {
    names.push_back(name);
    other->load(name, tensor);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"2b.scale", "2b.shift", "4b.scale", "4b.shift"}));
  EXPECT_TRUE(torch::equal(one->quantize(w), other->quantize(w)));
  EXPECT_EQ(complaint([&] {
              other->load("2b.scale", torch::zeros({2, 1, 1, 1}));
            }),
            "quantizer state '2b.scale': must be numbers other than 0");
}

TEST(ByFilter, IsFittedByGptqAsItsRowsAreAlone) {
  torch::manual_seed(8);
  const Tensor w = torch::randn({6, 20}), x = torch::randn({200, 20}).relu();
  const LayerProduct product = [](const LayerOperands& operands) {
    return torch::linear(operands.input, operands.weight, operands.bias);
  };
  const graph::Operator op = graph::Linear{6};
  const LayerCase layer{op, w, {}, x, (x * 4).round() / 4, product};
  const auto quantizer = by_filter_of("least-error");
  quantizer->calibrate(w);
  auto* fittable = dynamic_cast<FittableWeights*>(quantizer.get());
  ASSERT_NE(fittable, nullptr);
  const FittedLevels found = gptq(layer, *fittable);
  fittable->fit_to(w, found.codes, found.scale);
  const Tensor levels = quantizer->quantize(w);
  for (const int width : {2, 4}) {
    LeastErrorWeights all(weights_of(width, kChannel));
    all.calibrate(w);
    const FittedLevels alone = gptq(layer, all);
    for (std::int64_t i = 0; i < 6; ++i) {
      if (kBits[static_cast<std::size_t>(i)] != width) continue;
      EXPECT_TRUE(torch::equal(found.codes[i], alone.codes[i]));
      // Scales are sums, which processors add in orders of their own.
      EXPECT_TRUE(torch::allclose(levels[i], alone.codes[i] * alone.scale[i], 1e-6, 1e-7));
    }
  }
  EXPECT_EQ(levels[1].abs().max().item<double>(), 0);
  // One bit stays a sign times the mean magnitude.
  EXPECT_LT((levels[4].abs() - w[4].abs().mean()).abs().max().item<double>(), 1e-6);
}

TEST(ByFilter, IsNotFittedWhereAWidthHasOneScaleForItsLayer) {
  const auto quantizer = by_filter(
      {2, 2, 4, 4}, [](int width) { return made("least-error", weights_of(width, kLayer)); });
  EXPECT_EQ(dynamic_cast<FittableWeights*>(quantizer.get()), nullptr);
}

}  // namespace
}  // namespace bitloom::nn
