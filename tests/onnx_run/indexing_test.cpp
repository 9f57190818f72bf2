// Reductions of scattered updates (from version 16 on), where several meet in one place.
#include <gtest/gtest.h>

#include "tests/onnx_run/one_node.h"

namespace bitloom {
namespace {

using testing::floats;
using testing::node_of;
using testing::outputs_of;
using testing::text;

using Floats = std::vector<float>;

Floats scattered_elements(const std::string& reduction) {
  const auto node = node_of("ScatterElements", 18, 3, {text("reduction", reduction)});
  const at::Tensor x = at::tensor({1.F, 2.F, 3.F});
  const at::Tensor places = at::tensor({1, -2, 0}, at::kLong);
  return floats(outputs_of(node, {x, places, at::tensor({5.F, 4.F, -1.F})})[0]);
}

TEST(Scatter, CombinesUpdatesOfOnePlace) {
  EXPECT_EQ(scattered_elements("add"), (Floats{0, 11, 3}));
  EXPECT_EQ(scattered_elements("mul"), (Floats{-1, 40, 3}));
  EXPECT_EQ(scattered_elements("max"), (Floats{1, 5, 3}));
  EXPECT_EQ(scattered_elements("min"), (Floats{-1, 2, 3}));
}

TEST(Scatter, CombinesRows) {
  const auto node = node_of("ScatterND", 18, 3, {text("reduction", "max")});
  const at::Tensor places = at::tensor({0, 0}, at::kLong).reshape({2, 1});
  const at::Tensor updates = at::tensor({5.F, 0.F, 4.F, 7.F}).reshape({2, 2});
  const at::Tensor x = at::ones({2, 2});
  EXPECT_EQ(floats(outputs_of(node, {x, places, updates})[0]), (Floats{5, 7, 1, 1}));
}

}  // namespace
}  // namespace bitloom
