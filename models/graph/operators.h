#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bitloom::graph {

/// Shape of one image's tensor: {channels, height, width} or {features}. The batch is not part of
/// it.
using Shape = std::vector<std::int64_t>;

struct Extent {
  std::int64_t height = 1;
  std::int64_t width = 1;
  bool operator==(const Extent&) const = default;
};

/// Rows and columns added around an image. `same()` is TensorFlow's SAME, resolved by shape
/// inference: the output has ceil(input / stride) rows, and of an odd padding the larger half lies
/// at the bottom and right.
struct Padding {
  std::int64_t top = 0, left = 0, bottom = 0, right = 0;
  bool is_same = false;
  static Padding all(std::int64_t each) { return {each, each, each, each}; }
  static Padding same() { return {.is_same = true}; }
  bool operator==(const Padding&) const = default;
};

struct Window {
  Extent kernel;
  Extent stride;
  Padding padding;
  Extent dilation;
};

struct Input {
  Shape shape;
};

/// Convolution over {channels, height, width}; depthwise where groups == input channels.
///
/// `weights_of` names an earlier convolution whose weights and bias this one uses, as a detector's
/// heads do on every level of its pyramid; empty where it has its own. Such a node is a layer of
/// its own, with its own size, bits and cost; its parameters exist, and are counted, once, in the
/// named node. Graph::add checks that the two fit.
struct Convolution {
  std::int64_t out_channels;
  Window window;
  std::int64_t groups = 1;
  bool bias = false;
  std::string weights_of = {};
};

/// Fully connected over {features}.
struct Linear {
  std::int64_t out_features;
  bool bias = true;
};

/// Per channel: scale and shift, with running mean and variance.
struct BatchNorm {
  double epsilon = 1e-5;
};

enum class ActivationKind { kRelu, kRelu6 };
struct Activation {
  ActivationKind kind = ActivationKind::kRelu;
};

enum class PoolKind { kMax, kAverage };
struct Pool {
  PoolKind kind;
  Window window;
  bool ceil_mode = false;     // a last, partial window counts
  bool count_padding = true;  // averages divide by the whole window
};

/// Mean over height and width: {channels, 1, 1}.
struct GlobalAveragePool {};

/// Enlarges to `size` by the nearest neighbour: output row y is input row floor(y * input height /
/// size.height), and columns likewise.
struct Upsample {
  Extent size;
};

/// Element-wise sum of inputs of one shape.
struct Add {};

/// Inputs of one height and width joined along channels.
struct Concat {};

/// {channels, height, width} -> {channels * height * width}.
struct Flatten {};

/// The parameter-free shortcut of CIFAR ResNets (He et al. 2016, option A): every `stride`-th row
/// and column, and zero channels added before and after.
struct PaddedSubsample {
  std::int64_t stride;
  std::int64_t channels_before;
  std::int64_t channels_after;
};

using Operator = std::variant<Input, Convolution, Linear, BatchNorm, Activation, Pool,
                              GlobalAveragePool, Upsample, Add, Concat, Flatten, PaddedSubsample>;

/// The operator's name as reports and errors print it: `convolution`, `max pool`, ...
std::string name_of(const Operator& op);

}  // namespace bitloom::graph
