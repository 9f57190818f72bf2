// Nodes whose attributes or inputs misfit: one line, and no work without end.
#include <gtest/gtest.h>

#include "tests/onnx_run/one_node.h"
#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using testing::complaint;
using testing::integer;
using testing::integers;
using testing::node_of;
using testing::outputs_of;
using testing::text;

std::string refusal(const onnx::Node& node, const std::vector<at::Tensor>& inputs) {
  return complaint([&] { outputs_of(node, inputs); });
}

TEST(Malformed, WeightsOfRecurrentLayersAreRefused) {
  EXPECT_EQ(refusal(node_of("GRU", 14, 3),
                    {at::zeros({2, 1, 3}), at::zeros({1, 6, 3}), at::zeros({1, 2, 2})}),
            "weights of 3 gates of 2 elements misfit");
}

TEST(Malformed, SizesFarBeyondMemoryAreRefused) {
  const at::Tensor x = at::zeros({1, 1, 4, 4});
  const std::int64_t huge = std::int64_t{1} << 60;
  EXPECT_EQ(refusal(node_of("Pad", 13, 2, {text("mode", "edge")}),
                    {at::zeros({4}), at::tensor({std::int64_t{0}, huge}, at::kLong)}),
            "paddings of 0 and 1152921504606846976 are none");
  EXPECT_EQ(refusal(node_of("MaxPool", 12, 1, {integers("kernel_shape", {1, huge})}), {x}),
            "kernel_shape is 1152921504606846976, not in [1, 65536]");
  EXPECT_EQ(refusal(node_of("DepthToSpace", 13, 1, {integer("blocksize", huge)}), {x}),
            "blocks need a tensor of 4 dimensions and a side of 1 or more");
  EXPECT_EQ(refusal(node_of("Split", 18, 1, {integer("num_outputs", huge)}), {x}),
            "1152921504606846976 parts for 1 outputs");
  EXPECT_EQ(refusal(node_of("ConvTranspose", 11, 2, {integers("output_shape", {huge, 1})}),
                    {x, at::zeros({1, 1, 1, 1})}),
            "output_shape misfits the input's dimensions");
}

TEST(Malformed, IndicesOutsideAreRefused) {
  EXPECT_EQ(refusal(node_of("Gather", 13, 2), {at::zeros({3}), at::tensor({3}, at::kLong)}),
            "an index lies outside of a dimension of 3");
}

TEST(Malformed, MissingInputsAreNamed) {
  EXPECT_EQ(refusal(node_of("Conv", 11, 1), {at::zeros({1, 1, 4, 4})}), "input 1 is missing");
}

}  // namespace
}  // namespace bitloom
