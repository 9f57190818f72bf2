// Levels as sums of planes, and their products plane by plane.
#include <gtest/gtest.h>

#include "models/quantizers/planes.h"
#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using enum QuantizerTask::Granularity;
using torch::Tensor;
using Role = QuantizerTask::Role;

Tensor pattern_row(const std::vector<std::int64_t>& patterns) {
  return torch::tensor(patterns, torch::kLong).unsqueeze(0);
}

TEST(Planes, OfTwosComplementHaveANegativeHighestCoefficient) {
  const Planes planes =
      planes_of({integer::signed_codes(3), torch::tensor({-4, -1, 0, 3}, torch::kInt), {0.5}});
  EXPECT_EQ(planes.kind, PlaneBits::kZeroOne);
  EXPECT_TRUE(planes.coefficients.equal(torch::tensor({{0.5, 1.0, -2.0}}, torch::kDouble)));
  EXPECT_TRUE(
      planes.bits.equal(torch::tensor({{0, 1, 0, 1}, {0, 1, 0, 1}, {1, 1, 0, 0}}, torch::kUInt8)));
}

TEST(Planes, OfBipolarCodesAreSigns) {
  const Planes planes = planes_of({{integer::Encoding::kBipolar, 2},
                                   torch::tensor({-3, -1, 1, 3}, torch::kInt).reshape({2, 2}),
                                   {1.0, 10.0}});
  EXPECT_EQ(planes.kind, PlaneBits::kSigns);
  EXPECT_TRUE(planes.coefficients.equal(torch::tensor({{1.0, 2.0}, {10.0, 20.0}}, torch::kDouble)));
  EXPECT_TRUE(values_of(planes).equal(torch::tensor({{-3.0, -1.0}, {10.0, 30.0}}, torch::kDouble)));
}

TEST(Planes, HaveCodesWhereThereIsOne) {
  const Tensor patterns = torch::tensor({1, 0, 0, 1}, torch::kLong).reshape({2, 2});
  const Tensor basis = torch::tensor({{0.5}, {-3.0}}, torch::kDouble);
  const Codes signs = *codes_of(planes_of(basis, patterns, PlaneBits::kSigns));
  EXPECT_EQ(signs.type, integer::bipolar_codes());
  EXPECT_EQ(signs.scales, (std::vector<double>{0.5, -3}));
  EXPECT_TRUE(signs.codes.equal(torch::tensor({{1, -1}, {-1, 1}}, torch::kInt)));
  const Codes bits = *codes_of(planes_of(basis.slice(0, 0, 1), patterns, PlaneBits::kZeroOne));
  EXPECT_EQ(bits.type, integer::unsigned_codes(1));
  EXPECT_TRUE(bits.codes.equal(torch::tensor({{1, 0}, {0, 1}}, torch::kInt)));
  EXPECT_FALSE(codes_of(planes_of(basis.t(), patterns, PlaneBits::kSigns)).has_value());
}

TEST(Planes, FindTheNearestLevelAndOfTwoTheLower) {
  const Tensor basis = torch::tensor({{1.0, 5.0}}, torch::kDouble);  // 0, 1, 5, 6
  const Tensor x = torch::tensor({{-2.0, 0.5, 0.6, 3.0, 3.1, 5.5, 5.6, 9.0}});
  EXPECT_TRUE(
      nearest_patterns(x, basis, PlaneBits::kZeroOne).equal(pattern_row({0, 0, 1, 1, 2, 2, 3, 3})));
  const Tensor crossed = torch::tensor({{5.0, -1.0}}, torch::kDouble);  // -4, 6, -6, 4
  EXPECT_TRUE(nearest_patterns(torch::tensor({{-9.0, -4.0, 4.0, 9.0}}), crossed, PlaneBits::kSigns)
                  .equal(pattern_row({2, 0, 3, 1})));
}

/// Every quantizer at every number of bits that it takes, with what it is calibrated on.
void for_each_quantizer(const std::function<void(Quantizer&, const Tensor&, const Tensor&)>& test) {
  torch::manual_seed(21);
  const Tensor sample = torch::randn({4, 8, 3, 3});
  for (const Role role : {Role::kWeights, Role::kActivations})
    for (const QuantizerKind& kind : quantizer_kinds(role))
      for (int bits = 1; bits <= 8; ++bits) {
        if (!kind.takes(bits)) continue;
        SCOPED_TRACE(std::string(kind.name) + " " + std::to_string(bits));
        const bool is_weights = role == Role::kWeights;
        const QuantizerTask task =
            is_weights ? weights_of(bits, kind.granularity) : activations_of(bits);
        const Tensor values = is_weights ? sample : sample.relu();
        const auto quantizer = kind.make(task);
        quantizer->calibrate(values);
        test(*quantizer, values, quantizer->quantize(values).to(torch::kDouble));
      }
}

TEST(EveryQuantizerWithPlanes, HasPlanesWhoseSumIsWhatItQuantizesTo) {
  int with_planes = 0;
  for_each_quantizer([&](Quantizer& quantizer, const Tensor& values, const Tensor& quantized) {
    const auto planes = quantizer.planes(values);
    EXPECT_TRUE(planes || !quantizer.codes(values)) << "codes are planes";
    if (!planes) return;
    ++with_planes;
    EXPECT_TRUE((planes->bits <= 1).all().item<bool>());
    EXPECT_EQ(planes->bits.size(0), planes->coefficients.size(1));
    EXPECT_TRUE(values_of(*planes).allclose(quantized, 1e-6, 1e-7));
  });
  EXPECT_GT(with_planes, 100);
}

TEST(EveryQuantizerWithPlanes, IsWhatItsSpacingSays) {
  for (const Role role : {Role::kWeights, Role::kActivations})
    for (const QuantizerKind& kind : quantizer_kinds(role)) {
      if (kind.spacing != LevelSpacing::kPlanes) continue;
      QuantizerTask task = weights_of(kind.most_bits);
      task.role = role;
      const Tensor values = torch::randn({4, 8, 3, 3});
      const auto quantizer = kind.make(task);
      quantizer->calibrate(values);
      EXPECT_TRUE(quantizer->planes(values).has_value()) << kind.name;
      EXPECT_FALSE(quantizer->codes(values).has_value()) << kind.name;
    }
}

/// The plane of `planes` as whole numbers: what its bits stand for, [rows][n].
Tensor plane(const Planes& planes, std::int64_t k) {
  const Tensor bits = planes.bits[k].flatten(1).to(torch::kLong);
  return planes.kind == PlaneBits::kSigns ? bits * 2 - 1 : bits;
}

/// LQ-Nets, eq. 6: sum_ij v_i^w v_j^a (b_i^w . b_j^a), the products of bits counted.
Tensor product_by_planes(const Planes& weights, const Planes& inputs) {
  Tensor sum = torch::zeros({weights.bits.size(1), inputs.bits.size(1)}, torch::kDouble);
  for (std::int64_t i = 0; i < weights.bits.size(0); ++i)
    for (std::int64_t j = 0; j < inputs.bits.size(0); ++j) {
      const Tensor counts = plane(weights, i).mm(plane(inputs, j).t()).to(torch::kDouble);
      sum =
          sum + weights.coefficients.select(1, i).unsqueeze(1) * inputs.coefficients[0][j] * counts;
    }
  return sum;
}

TEST(EveryQuantizerWithPlanes, MultipliesPlaneByPlane) {
  torch::manual_seed(22);
  const Tensor x = torch::randn({5, 72}).relu();
  for (const auto& [name, bits] :
       {std::pair("lq-nets", 2), {"lq-nets", 3}, {"xnor", 1}, {"uniform", 4}}) {
    const auto inputs = calibrated(name, activations_of(bits), x);
    const Planes input_planes = *inputs->planes(x);
    const Tensor quantized_inputs = inputs->quantize(x).to(torch::kDouble);
    for_each_quantizer([&](Quantizer& weights, const Tensor& w, const Tensor& quantized) {
      if (w.min().item<float>() >= 0 || !weights.planes(w)) return;
      const Tensor product = product_by_planes(*weights.planes(w), input_planes);
      EXPECT_TRUE(product.allclose(quantized.flatten(1).mm(quantized_inputs.t()), 1e-5, 1e-5));
    });
  }
}

}  // namespace
}  // namespace bitloom::nn
