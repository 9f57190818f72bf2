// Levels and codes of every quantizer, against values computed by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/nn/quantizer_tasks.h"
#include "tests/support/complaint.h"

namespace bitloom::nn {
namespace {

using enum QuantizerTask::Granularity;
using testing::complaint;
using torch::Tensor;
using Floats = std::vector<float>;
using Ints = std::vector<int>;

Floats floats(const Tensor& tensor) {
  const Tensor flat = tensor.detach().contiguous();
  return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

Ints codes_of(Quantizer& quantizer, const Tensor& values) {
  const Tensor codes = quantizer.codes(values)->codes.contiguous();
  return {codes.data_ptr<int>(), codes.data_ptr<int>() + codes.numel()};
}

TEST(UniformWeights, DivideTheLargestMagnitudeSymmetricallyAndRoundHalfToEven) {
  const Tensor w = torch::tensor({-1.5, -0.6, -0.25, 0.0, 0.24, 0.25, 0.74, 0.75, 1.5});
  const auto quantizer = made("uniform", weights_of(3));
  EXPECT_EQ(codes_of(*quantizer, w), (Ints{-3, -1, 0, 0, 0, 0, 1, 2, 3}));
  EXPECT_EQ(floats(quantizer->quantize(w)), (Floats{-1.5, -.5, 0, 0, 0, 0, .5, 1, 1.5}));
  EXPECT_EQ(quantizer->codes(w)->scales, std::vector<double>{0.5});
  EXPECT_EQ(quantizer->codes(w)->type, integer::signed_codes(3));
  EXPECT_EQ(floats(quantizer->quantize(2 * w))[1], -1.0F) << "the range follows the weights";
}

TEST(UniformWeights, HaveARangeForEachChannel) {
  const Tensor w = torch::tensor({1.0, -0.5, -0.25, 0.1}).reshape({2, 2, 1, 1});
  const auto quantizer = made("uniform", weights_of(2, kChannel));
  EXPECT_EQ(floats(quantizer->quantize(w)), (Floats{1, 0, -.25, 0}));
  EXPECT_EQ(quantizer->codes(w)->scales, (std::vector<double>{1, 0.25}));
  const auto signs = made("uniform", weights_of(1, kChannel));
  EXPECT_EQ(floats(signs->quantize(w)), (Floats{.75, -.75, -.175, .175}));
}

TEST(OneBitWeights, AreTheMeanMagnitudeWithTheSignAndZeroIsPositive) {
  const Tensor w = torch::tensor({-2.0, 0.0, 0.5, 1.5});
  for (const char* scheme : {"uniform", "haq", "pact", "dorefa"}) {
    const auto quantizer = calibrated(scheme, weights_of(1), w);
    EXPECT_EQ(floats(quantizer->quantize(w)), (Floats{-1, 1, 1, 1})) << scheme;
    EXPECT_EQ(codes_of(*quantizer, w), (Ints{-1, 1, 1, 1})) << scheme;
    EXPECT_EQ(quantizer->codes(w)->type, integer::bipolar_codes()) << scheme;
  }
}

TEST(UniformActivations, CoverZeroToTheSamplesLargest) {
  const auto quantizer = calibrated("uniform", activations_of(2), torch::tensor({0.0, 3.0}));
  const Tensor x = torch::tensor({-1.0, 0.5, 0.6, 1.5, 2.5, 9.0});
  EXPECT_EQ(floats(quantizer->quantize(x)), (Floats{0, 0, 1, 2, 2, 3}));
  EXPECT_EQ(quantizer->activation_scale(), 1.0);
  EXPECT_EQ(quantizer->codes(x)->type, integer::unsigned_codes(2));
}

TEST(UniformActivations, UseEverySignedCode) {
  const auto quantizer = calibrated("uniform", activations_of(3, true), torch::tensor({-3.0, 2.0}));
  const Tensor x = torch::tensor({-9.0, -3.6, -0.5, 2.5, 9.0});
  EXPECT_EQ(codes_of(*quantizer, x), (Ints{-4, -4, 0, 2, 3}));
  const auto one_bit = calibrated("uniform", activations_of(1, true), torch::tensor({-3.0, 2.0}));
  EXPECT_EQ(floats(one_bit->quantize(x)), (Floats{-3, -3, 0, 0, 0}));
}

TEST(Haq, TakesTheLargestMagnitudeFromFiveBitsOnAndKeepsIt) {
  const auto weights = calibrated("haq", weights_of(5), torch::tensor({-30.0, 7.0}));
  EXPECT_EQ(floats(weights->quantize(torch::tensor({-60.0, 5.0, 7.1}))), (Floats{-30, 4, 8}));
  const auto inputs = calibrated("haq", activations_of(5), torch::tensor({0.0, 31.0}));
  EXPECT_EQ(floats(inputs->quantize(torch::tensor({-1.0, 2.5, 40.0}))), (Floats{0, 2, 31}));
  const auto signed_inputs =
      calibrated("haq", activations_of(5, true), torch::tensor({1.0, -15.0}));
  EXPECT_EQ(floats(signed_inputs->quantize(torch::tensor({-40.0, 40.0}))), (Floats{-16, 15}));
}

TEST(Haq, ClipsOutliersBelowFiveBitsForEachChannel) {
  torch::manual_seed(1);
  Tensor w = torch::randn({2, 4096});
  w[0][0] = 50;
  const auto quantizer = calibrated("haq", weights_of(4, kChannel), w);
  const Tensor range = quantizer->state().at(0).second;
  EXPECT_EQ(range.sizes().vec(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_LT(range[0].item<float>(), 10);
  EXPECT_GT(range[0].item<float>(), 2);
  EXPECT_LT(range[1].item<float>(), w[1].abs().max().item<float>());
}

TEST(Pact, ClipsAtAlphaWhichIsEightUntilCalibrated) {
  const auto quantizer = made("pact", activations_of(2));
  const Tensor x = torch::tensor({-1.0, 1.0, 2.0, 7.0, 8.0, 100.0});
  EXPECT_EQ(codes_of(*quantizer, x), (Ints{0, 0, 1, 3, 3, 3}));
  EXPECT_FLOAT_EQ(static_cast<float>(*quantizer->activation_scale()), 8.0F / 3);
  quantizer->calibrate(torch::tensor({0.0, 1.0, 2.0, 3.0}));
  EXPECT_EQ(floats(quantizer->quantize(x)), (Floats{0, 1, 2, 3, 3, 3}));
  const auto both_signs = made("pact", activations_of(2, true));
  EXPECT_EQ(floats(both_signs->quantize(torch::tensor({-9.0, -3.0, 5.0}))), (Floats{-8, 0, 8}));
}

TEST(PactSatAndDsqActivations, BeginAtTheRangeOfLeastError) {
  torch::manual_seed(4);
  const Tensor x = torch::randn({20000}).relu();
  for (const int bits : {2, 4, 8})
    for (const char* scheme : {"pact", "sat", "dsq"})
      EXPECT_FLOAT_EQ(
          static_cast<float>(*calibrated(scheme, activations_of(bits), x)->activation_scale()),
          static_cast<float>(
              *calibrated("least-error", activations_of(bits), x)->activation_scale()));
}

TEST(Pact, AddsAnL2PenaltyOnAlpha) {
  const auto quantizer = made("pact", activations_of(4));
  const Tensor penalty = quantizer->penalty();
  EXPECT_FLOAT_EQ(penalty.item<float>(), 1e-4F * 64);
  penalty.backward();
  EXPECT_FLOAT_EQ(quantizer->state()[0].second.grad().item<float>(), 2e-4F * 8);
  EXPECT_FALSE(made("uniform", activations_of(4))->penalty().defined());
}

TEST(Dorefa, BoundsWeightsByTanhAndHasOddBipolarCodes) {
  const auto quantizer = made("dorefa", weights_of(2));
  const Tensor w = torch::tensor({0.0, 1.0, -1.0, 0.5, -0.9});
  // 3 (tanh w / (2 tanh 1) + 1/2) = 1.5, 3, 0, 2.410, 0.089
  EXPECT_EQ(codes_of(*quantizer, w), (Ints{1, 3, -3, 1, -3}));
  EXPECT_EQ(quantizer->codes(w)->type, (integer::CodeType{integer::Encoding::kBipolar, 2}));
  EXPECT_EQ(quantizer->codes(w)->scales, std::vector<double>{static_cast<double>(1.0F / 3)});
}

TEST(Dorefa, ClipsActivationsToOne) {
  const auto quantizer = made("dorefa", activations_of(2));
  const Tensor x = torch::tensor({-4.0, -0.5, 0.4, 0.6, 3.0});
  EXPECT_EQ(codes_of(*quantizer, x), (Ints{0, 0, 1, 2, 3}));
  EXPECT_FLOAT_EQ(static_cast<float>(*quantizer->activation_scale()), 1.0F / 3);
  EXPECT_EQ(floats(made("dorefa", activations_of(2, true))->quantize(x)), (Floats{-2, 0, 0, 1, 1}));
}

TEST(Kmeans, GivesEachWeightTheMeanOfItsClusterAsTheWeightsAreNow) {
  const Tensor w = torch::tensor({0.25, 0.0, 2.0, 0.5}).reshape({2, 2});
  const auto quantizer = calibrated("kmeans", weights_of(1), w);
  EXPECT_EQ(floats(quantizer->quantize(w)), (Floats{.25, .25, 2, .25}));
  EXPECT_EQ(floats(quantizer->quantize(torch::tensor({4.0, 1.0, 9.0, 1.0}).reshape({2, 2}))),
            (Floats{2, 2, 9, 2}));
  EXPECT_FALSE(quantizer->codes(w).has_value());
  EXPECT_EQ(complaint([] { made("kmeans", weights_of(4, kChannel)); }),
            "quantizer 'kmeans': has levels for each layer, not for each channel");
}

struct Case {
  const char* scheme;
  QuantizerTask task;
};

bool has_channels(std::string_view name) {
  return name != "kmeans" && name != "inq" && !name.starts_with("stlq");
}

/// Whether some of its values are sums of two levels.
bool has_second_words(const Case& each) {
  return std::string_view(each.scheme).starts_with("stlq") && each.task.bits < kEdgeBits;
}

/// Every quantizer of weights and of activations that takes `bits`.
std::vector<Case> all_cases(int bits) {
  std::vector<Case> cases;
  for (const QuantizerKind& kind : quantizer_kinds(QuantizerTask::Role::kWeights)) {
    if (!kind.takes(bits)) continue;
    cases.push_back({kind.name.data(), weights_of(bits)});
    if (has_channels(kind.name)) cases.push_back({kind.name.data(), weights_of(bits, kChannel)});
  }
  for (const QuantizerKind& kind : quantizer_kinds(QuantizerTask::Role::kActivations))
    for (const bool is_signed : kind.takes(bits) ? std::vector{false, true} : std::vector<bool>{})
      cases.push_back({kind.name.data(), activations_of(bits, is_signed)});
  return cases;
}

std::string name(const Case& each) {
  return std::string(each.scheme) +
         (each.task.role == QuantizerTask::Role::kWeights ? " weights "
          : each.task.is_signed                           ? " signed activations "
                                                          : " activations ") +
         std::to_string(each.task.bits) + (each.task.granularity == kChannel ? " per channel" : "");
}

Tensor sample_for(const QuantizerTask& task) {
  torch::manual_seed(7);
  const Tensor sample = torch::randn({4, 8, 3, 3});
  return task.is_signed ? sample : sample.relu();
}

void expect_codes_to_be_the_levels(const Codes& codes, const Tensor& quantized, int channels,
                                   QuantizerTask::Role role) {
  ASSERT_EQ(codes.codes.scalar_type(), torch::kInt);
  ASSERT_EQ(codes.codes.sizes(), quantized.sizes());
  ASSERT_TRUE(codes.scales.size() == 1 ||
              codes.scales.size() == static_cast<std::size_t>(channels));
  Tensor scales = torch::tensor(codes.scales);
  const Tensor sizes = role == QuantizerTask::Role::kWeights ? scales.abs() : scales;
  EXPECT_TRUE((sizes > 0).all().item<bool>());
  EXPECT_TRUE(scales.to(torch::kFloat).to(torch::kDouble).equal(scales)) << "in single precision";
  scales = scales.to(torch::kFloat).reshape({-1, 1, 1, 1});
  EXPECT_TRUE((codes.codes.to(torch::kFloat) * scales).equal(quantized));
  const std::int64_t bits = codes.type.bits;
  const bool bipolar = codes.type.encoding == integer::Encoding::kBipolar;
  const bool is_unsigned = codes.type.encoding == integer::Encoding::kUnsigned;
  const std::int64_t half = std::int64_t{1} << (bits - 1);
  const std::int64_t lowest = bipolar ? 1 - 2 * half : is_unsigned ? 0 : -half;
  const std::int64_t highest = bipolar || is_unsigned ? 2 * half - 1 : half - 1;
  EXPECT_GE(codes.codes.min().item<int>(), lowest);
  EXPECT_LE(codes.codes.max().item<int>(), highest);
  EXPECT_TRUE(!bipolar || (codes.codes.remainder(2) == 1).all().item<bool>());
}

TEST(EveryQuantizer, HasItsLevelsAtEveryBitsAndCodesThatAreThem) {
  for (int bits = 1; bits <= 16; ++bits)
    for (const Case& each : all_cases(bits)) {
      SCOPED_TRACE(name(each));
      const Tensor values = sample_for(each.task);
      const auto quantizer = calibrated(each.scheme, each.task, values);
      const Tensor quantized = quantizer->quantize(values);
      ASSERT_EQ(quantized.sizes(), values.sizes());
      const bool per_channel = each.task.granularity == kChannel;
      for (const Tensor& part : per_channel ? quantized.unbind(0) : std::vector{quantized}) {
        if (has_second_words(each)) continue;
        const Floats all = floats(part);
        EXPECT_LE(std::set<float>(all.begin(), all.end()).size(), std::size_t{1} << bits);
      }
      if (const auto codes = quantizer->codes(values))
        expect_codes_to_be_the_levels(*codes, quantized, 4, each.task.role);
      const bool has_scale = each.task.role == QuantizerTask::Role::kActivations &&
                             quantizer->codes(values).has_value();
      ASSERT_EQ(quantizer->activation_scale().has_value(), has_scale);
      if (has_scale) {
        EXPECT_EQ(*quantizer->activation_scale(), quantizer->codes(values)->scales[0]);
      }
    }
}

TEST(EveryQuantizer, IsNearTheValuesAtSixteenBits) {
  for (const Case& each : all_cases(16)) {
    const std::string_view name_of = each.scheme;
    if (name_of == "dorefa" || name_of == "sat" || name_of == "inq" || name_of == "hwgq" ||
        name_of.starts_with("adabits"))
      continue;  // tanh and clipping, powers of two
    const Tensor values = sample_for(each.task);
    const auto quantizer = calibrated(each.scheme, each.task, values);
    EXPECT_LT((quantizer->quantize(values) - values).abs().max().item<float>(), 1e-4) << name(each);
  }
}

/// What of `state` is learned, by commas.
std::string learned_of(const Quantizer& quantizer) {
  std::string names;
  for (const auto& [state, tensor] : quantizer.state())
    if (tensor.requires_grad()) names += (names.empty() ? "" : ", ") + state;
  return names;
}

TEST(EveryQuantizer, LearnsAndRunsOnWhatItsRowSays) {
  for (const auto role : {QuantizerTask::Role::kWeights, QuantizerTask::Role::kActivations})
    for (const QuantizerKind& kind : quantizer_kinds(role)) {
      SCOPED_TRACE(kind.name);
      QuantizerTask task = weights_of(std::clamp(5, kind.least_bits, kind.most_bits));
      task.role = role;
      const auto quantizer = kind.make(task);
      quantizer->calibrate(sample_for(task));
      EXPECT_EQ(learned_of(*quantizer), kind.learned);
      const auto codes = quantizer->codes(sample_for(task));
      const bool runs = are_codes(kind.spacing);
      ASSERT_EQ(codes.has_value(), runs);
      if (runs) {
        const bool odd = codes->type.encoding == integer::Encoding::kBipolar;
        EXPECT_EQ(odd, kind.spacing == LevelSpacing::kOdd);
      }
    }
}

TEST(EveryQuantizer, IsMonotone) {
  for (const int bits : {1, 2, 5})
    for (const Case& each : all_cases(bits)) {
      if (each.task.granularity == kChannel || has_second_words(each)) continue;
      const Tensor values = std::get<0>(sample_for(each.task).flatten().sort());
      const Tensor quantized = calibrated(each.scheme, each.task, values)->quantize(values);
      EXPECT_GE(quantized.diff().min().item<float>(), 0) << name(each);
    }
}

TEST(EveryQuantizer, KeepsZerosFinite) {
  for (const int bits : {1, 2, 8})
    for (const Case& each : all_cases(bits)) {
      SCOPED_TRACE(name(each));
      const Tensor zeros = torch::zeros({4, 8, 3, 3});
      const auto quantizer = calibrated(each.scheme, each.task, zeros);
      const Tensor quantized = quantizer->quantize(zeros);
      EXPECT_LE(quantized.abs().max().item<float>(), 1 / static_cast<float>((1 << bits) - 1));
      const auto codes = quantizer->codes(zeros);
      for (const double scale : codes ? codes->scales : std::vector<double>{})
        EXPECT_TRUE(scale > 0 && std::isfinite(scale));
    }
}

TEST(EveryQuantizer, IsTheSameWithItsStateLoaded) {
  for (const int bits : {1, 3, 8})
    for (const Case& each : all_cases(bits)) {
      SCOPED_TRACE(name(each));
      const Tensor values = sample_for(each.task);
      const auto stored = calibrated(each.scheme, each.task, values);
      const auto loaded = made(each.scheme, each.task);
      const auto own = loaded->state();
      ASSERT_EQ(own.size(), stored->state().size());
      for (const auto& [state, tensor] : stored->state()) {
        EXPECT_EQ(tensor.scalar_type(), torch::kFloat);
        loaded->load(state, tensor);
      }
      for (std::size_t i = 0; i < own.size(); ++i)
        EXPECT_TRUE(own[i].second.equal(stored->state()[i].second)) << "the same tensors";
      EXPECT_TRUE(loaded->quantize(values / 2).equal(stored->quantize(values / 2)));
    }
}

TEST(EveryQuantizer, RefusesRangesThatNoCalibrationGives) {
  const std::set<std::string> ranges{"alpha", "bound", "d",   "largest", "range",
                                     "step",  "unit",  "w_n", "w_p"};
  for (const Case& each : all_cases(3)) {
    SCOPED_TRACE(name(each));
    const Tensor zeros = torch::zeros_like(sample_for(each.task));
    const auto quantizer = calibrated(each.scheme, each.task, zeros);
    for (const auto& [state, tensor] : quantizer->state()) {
      EXPECT_NO_THROW(quantizer->load(state, tensor));
      if (!ranges.count(state) && state != "scale") continue;
      for (const double wrong : {0.0, -1.0, 1e38}) {
        if (state == "scale" && wrong < 0) continue;  // least-error's takes either sign
        const Tensor values = torch::full_like(tensor.detach(), wrong);
        EXPECT_NE(complaint([&] { quantizer->load(state, values); }), "") << state << wrong;
      }
    }
  }
}

TEST(State, ThatDoesNotFitIsRefusedByName) {
  const auto alpha = made("pact", activations_of(4));
  EXPECT_EQ(complaint([&] { alpha->load("alhpa", torch::ones({})); }),
            "unknown quantizer state 'alhpa': did you mean alpha? (known: alpha)");
  EXPECT_EQ(complaint([&] { alpha->load("alpha", torch::ones({2})); }),
            "quantizer state 'alpha': must be one number");
  const auto range = made("uniform", activations_of(4));
  EXPECT_EQ(complaint([&] { range->load("range", torch::zeros({})); }),
            "quantizer state 'range': must be positive numbers of at most 1e+30, got 0");
  EXPECT_EQ(complaint([&] { range->load("range", torch::ones({2})); }),
            "quantizer state 'range': must be one number");
  const auto ranges = made("haq", weights_of(4, kChannel));
  ranges->load("range", torch::ones({8, 1, 1, 1}));
  EXPECT_EQ(complaint([&] {
              ranges->quantize(torch::ones({4, 8, 3, 3}));
            }),
            "quantizer state 'range': is 8x1x1x1, the weights are 4x8x3x3");
  const auto clusters = made("kmeans", weights_of(2));
  for (const double wrong : {-1.0, 0.5, 4.0})
    EXPECT_EQ(complaint([&] { clusters->load("assignment", torch::full({3}, wrong)); }),
              "quantizer state 'assignment': must be whole numbers from 0 to 3");
  clusters->load("assignment", torch::ones({3}));
  EXPECT_EQ(complaint([&] {
              clusters->quantize(torch::ones({2, 2}));
            }),
            "quantizer state 'assignment': is 3, the weights are 2x2");
}

TEST(Quantizers, ThatAreNotCalibratedSaySo) {
  EXPECT_THROW(made("uniform", activations_of(4))->quantize(torch::ones({1})), InternalError);
  EXPECT_THROW(made("kmeans", weights_of(4))->quantize(torch::ones({1})), InternalError);
}

TEST(Quantizers, AreNotCalibratedOnWhatIsNotFinite) {
  const std::vector<Case> cases{{"uniform", activations_of(4)},
                                {"haq", weights_of(3)},
                                {"haq", activations_of(3)},
                                {"pact", activations_of(4)},
                                {"kmeans", weights_of(2)}};
  for (const Case& each : cases)
    for (const float wrong : {INFINITY, NAN})
      EXPECT_EQ(complaint([&] {
                  calibrated(each.scheme, each.task, torch::tensor({1.0F, wrong, 2.0F}));
                }),
                "not all values are finite, a quantizer cannot be calibrated")
          << name(each);
}

}  // namespace
}  // namespace bitloom::nn
