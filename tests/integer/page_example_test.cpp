// The examples of docs/reference/integer-arithmetic.md.
#include <gtest/gtest.h>

#include "models/integer/gemm.h"
#include "models/integer/requantize.h"

namespace bitloom::integer {
namespace {

TEST(PageExample, MultipliesByBitPlanes) {
  const std::vector<std::int32_t> weights{-3, 2}, activations{3, 1};
  const BitMatrix left = pack(weights, 1, 2, signed_codes(3));
  const BitMatrix right = pack(activations, 1, 2, unsigned_codes(2));
  for (const Kernel kernel : available_kernels())
    EXPECT_EQ(gemm(left, right, kernel), std::vector<std::int32_t>{-7}) << to_text(kernel);
}

TEST(PageExample, ScalesByADyadicFactor) {
  const Dyadic sixth = dyadic_from(1.0 / 6);
  EXPECT_EQ(sixth, (Dyadic{1431655765, 33}));
  EXPECT_EQ(scaled(40, sixth), 7);
  EXPECT_EQ(scaled(-40, sixth), -7);
  EXPECT_EQ(scaled(57, sixth), 9);
  EXPECT_EQ(scaled(-57, sixth), -9);
}

}  // namespace
}  // namespace bitloom::integer
