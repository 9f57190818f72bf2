// AdaBits' weights: codes of few bits are the leading bits of those of more.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/nn/quantizer_tasks.h"

namespace bitloom::nn {
namespace {

using torch::Tensor;

Tensor weights() {
  torch::manual_seed(4);
  return torch::randn({4, 3, 3, 3});
}

Tensor codes_at(const char* name, int bits, const Tensor& w) {
  return made(name, weights_of(bits))->codes(w)->codes;
}

TEST(AdaBits, CodesAreTheLeadingBitsOfTheEightBitCode) {
  const Tensor w = weights(), eight = codes_at("adabits", 8, w);
  for (const int bits : {2, 3, 4, 6}) {
    const double dropped = std::exp2(8 - bits);
    const Tensor leading = torch::floor(eight.to(torch::kFloat64) / dropped).to(torch::kInt);
    EXPECT_TRUE(torch::equal(codes_at("adabits", bits, w), leading)) << bits;
  }
}

TEST(AdaBits, LevelsAreThoseOfEquationThree) {
  const Tensor w = weights();
  const Tensor u = torch::tanh(w) / torch::tanh(w).abs().max() * 0.5 + 0.5;
  for (const int bits : {2, 3, 8}) {
    const double levels = std::exp2(bits);
    const Tensor k = torch::clamp_max(torch::floor(u * levels), levels - 1);
    const Tensor want = 2 * k / levels - 1;
    const auto layer = [&](const char* name) {
      QuantizerTask task = weights_of(bits);
      task.granularity = QuantizerTask::Granularity::kLayer;
      return made(name, task)->quantize(w);
    };
    EXPECT_TRUE(torch::allclose(layer("adabits"), want, 1e-6, 1e-6)) << bits;
    EXPECT_TRUE(torch::allclose(layer("adabits-centred"), want + 1 / levels, 1e-6, 1e-6)) << bits;
  }
}

}  // namespace
}  // namespace bitloom::nn
