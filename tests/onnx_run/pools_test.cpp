// Pools with `ceil_mode`, which ONNX's own data hardly have.
#include <gtest/gtest.h>

#include "tests/onnx_run/one_node.h"

namespace bitloom {
namespace {

using testing::floats;
using testing::integer;
using testing::integers;
using testing::node_of;
using testing::outputs_of;

using Floats = std::vector<float>;

at::Tensor line(std::int64_t size) {
  return at::arange(1, size + 1, at::kFloat).reshape({1, 1, size});
}

TEST(CeilPools, LetTheLastWindowReachBeyondTheEnd) {
  const auto node =
      node_of("MaxPool", 12, 1,
              {integers("kernel_shape", {2}), integers("strides", {2}), integer("ceil_mode", 1)});
  EXPECT_EQ(floats(outputs_of(node, {line(5)})[0]), (Floats{2, 4, 5}));
  EXPECT_EQ(floats(outputs_of(node, {line(4)})[0]), (Floats{2, 4}));
}

TEST(CeilPools, HaveNoWindowThatBeginsInThePadding) {
  const auto node = node_of("MaxPool", 12, 1,
                            {integers("kernel_shape", {1}), integers("strides", {3}),
                             integers("pads", {0, 1}), integer("ceil_mode", 1)});
  // Windows begin at 0, 3 and 6; the last of them would hold nothing but padding.
  EXPECT_EQ(floats(outputs_of(node, {line(6)})[0]), (Floats{1, 4}));
}

TEST(CeilPools, CountOnlyWhatIsThereInMeans) {
  const auto node =
      node_of("AveragePool", 19, 1,
              {integers("kernel_shape", {3}), integers("strides", {2}), integer("ceil_mode", 1)});
  EXPECT_EQ(floats(outputs_of(node, {line(6)})[0]), (Floats{2, 4, 5.5}));
}

TEST(CeilPools, CountPaddingButNotWhatTheyAddToIt) {
  const auto node =
      node_of("AveragePool", 19, 1,
              {integers("kernel_shape", {3}), integers("strides", {2}), integers("pads", {1, 0}),
               integer("count_include_pad", 1), integer("ceil_mode", 1)});
  // {0 1 2} {2 3 4} {4 5 6} and, of 7 elements with padding, none more.
  EXPECT_EQ(floats(outputs_of(node, {line(6)})[0]), (Floats{1, 3, 5}));
  // {0 1 2} {2 3 4} {4 5}: the third lacks an element that is no padding.
  EXPECT_EQ(floats(outputs_of(node, {line(5)})[0]), (Floats{1, 3, 4.5}));
}

TEST(Pools, TellPlacesWithoutPadding) {
  const auto node = node_of("MaxPool", 12, 1,
                            {integers("kernel_shape", {2, 2}), integers("pads", {1, 1, 0, 0})}, 2);
  const at::Tensor x = at::tensor({1.F, 2.F, 3.F, 4.F}).reshape({1, 1, 2, 2});
  const auto y = outputs_of(node, {x});
  EXPECT_EQ(floats(y[0]), (Floats{1, 2, 3, 4}));
  EXPECT_EQ(floats(y[1]), (Floats{0, 1, 2, 3}));
}

TEST(Pools, SkipElementsWhereTheyAreDilated) {
  const auto node =
      node_of("AveragePool", 19, 1, {integers("kernel_shape", {2}), integers("dilations", {2})});
  EXPECT_EQ(floats(outputs_of(node, {line(4)})[0]), (Floats{2, 3}));
}

TEST(Pools, TakeNormsOfWindows) {
  const auto node =
      node_of("LpPool", 18, 1, {integers("kernel_shape", {2}), integers("strides", {2})});
  const at::Tensor x = at::tensor({3.F, -4.F, 0.F, 2.F}).reshape({1, 1, 4});
  EXPECT_EQ(floats(outputs_of(node, {x})[0]), (Floats{5, 2}));
}

}  // namespace
}  // namespace bitloom
