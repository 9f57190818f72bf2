// Products, traces and eigenvalues against the exact Hessian of a network small enough to form it.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "models/graph/layer_shape.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "search/measure/fisher.h"
#include "search/measure/hessian_eigenvalues.h"
#include "search/measure/hessian_trace.h"
#include "search/measure/lanczos.h"
#include "search/measure/loss_hessian.h"
#include "search/measure/sample_mean.h"

namespace bitloom::search {
namespace {

using torch::Tensor;

/// Convolution, batch norm, ReLU, convolution, residual addition, pool and linear layer.
graph::Graph tiny_graph() {
  using namespace graph;
  Graph graph("tiny");
  const Window window{{3, 3}, {1, 1}, Padding::all(1), {1, 1}};
  NodeId at = graph.add("input", Input{{2, 5, 5}}, {});
  const NodeId first = graph.add("conv1", Convolution{3, window}, {at});
  const NodeId norm = graph.add("bn1", BatchNorm{}, {first});
  const NodeId relu = graph.add("relu1", Activation{}, {norm});
  at = graph.add("conv2", Convolution{3, window}, {relu});
  at = graph.add("bn2", BatchNorm{}, {at});
  at = graph.add("add", Add{}, {at, relu});
  at = graph.add("pool", GlobalAveragePool{}, {at});
  at = graph.add("flatten", Flatten{}, {at});
  graph.add("linear", Linear{4}, {at});
  return graph;
}

struct Tiny {
  explicit Tiny(std::uint64_t seed = 3)
      : network(tiny_graph(), nn::initial_parameters(tiny_graph(), seed)) {
    torch::manual_seed(seed);
    const torch::NoGradGuard no_gradient;
    for (int i = 0; i < 10; ++i) network.forward(torch::randn({16, 2, 5, 5}), nn::Mode::kTraining);
    images = torch::randn({6, 2, 5, 5});
    labels = torch::randint(0, 4, {6});
  }
  nn::Network network;
  Tensor images, labels;
};

/// Block (i, i), column by column.
Tensor exact_block(const LossHessian& hessian, std::size_t i) {
  const std::int64_t n = hessian.tensor(i).numel();
  Tensor matrix = torch::zeros({n, n}, torch::kFloat64);
  for (std::int64_t column = 0; column < n; ++column) {
    Tensor unit = torch::zeros({n});
    unit[column] = 1;
    matrix.select(1, column).copy_(
        hessian.block_product(i, unit.reshape(hessian.tensor(i).sizes())).flatten());
  }
  return matrix;
}

/// The loss with `added` to the first layer's weights, in single precision.
double loss_at(Tiny& tiny, std::size_t layer, const Tensor& added) {
  struct Shift : nn::LayerHooks {
    std::size_t layer = 0;
    Tensor added;
    Tensor weight(std::size_t at, const Tensor& w) override { return at == layer ? w + added : w; }
  } shift;
  shift.layer = layer;
  shift.added = added;
  const torch::NoGradGuard no_gradient;
  const Tensor outputs = tiny.network.forward(tiny.images, nn::Mode::kInference, shift);
  return torch::cross_entropy_loss(outputs.to(torch::kFloat64), tiny.labels).item<double>();
}

TEST(LossHessian, IsTheSecondDifferenceOfTheLoss) {
  Tiny tiny;
  const LossHessian hessian(tiny.network, tiny.images, tiny.labels);
  for (std::size_t layer = 0; layer < hessian.layers(); ++layer) {
    torch::manual_seed(layer);
    Tensor v = torch::randn(hessian.tensor(layer).sizes());
    v /= v.norm();
    constexpr double kStep = 0.03;
    const double second = (loss_at(tiny, layer, kStep * v) - 2 * loss_at(tiny, layer, 0 * v) +
                           loss_at(tiny, layer, -kStep * v)) /
                          (kStep * kStep);
    const auto product = (v * hessian.block_product(layer, v)).sum().item<double>();
    EXPECT_NEAR(product, second, 0.05 * std::abs(second) + 2e-3) << "layer " << layer;
  }
}

TEST(LossHessian, IsSymmetricAndLinear) {
  Tiny tiny;
  const LossHessian hessian(tiny.network, tiny.images, tiny.labels);
  for (std::size_t i = 0; i < 2 * hessian.layers(); ++i) {
    const Tensor a = torch::randn(hessian.tensor(i).sizes());
    const Tensor b = torch::randn(hessian.tensor(i).sizes());
    const Tensor ha = hessian.block_product(i, a), hb = hessian.block_product(i, b);
    const double size = (ha.norm() * b.norm()).item<double>() + 1e-12;
    EXPECT_NEAR((b * ha).sum().item<double>(), (a * hb).sum().item<double>(), 1e-5 * size);
    const Tensor sum = hessian.block_product(i, 2 * a - 3 * b);
    EXPECT_LT((sum - (2 * ha - 3 * hb)).norm().item<double>(),
              1e-5 * (sum.norm().item<double>() + 1));
  }
}

/// Two-sided 95 % points of Student's t, for n - 1 = 29 degrees of freedom.
constexpr double kStudent29 = 2.045;

TEST(Trace, IntervalsOfThirtyProbesCoverTheExactTraceNineteenTimesInTwenty) {
  Tiny tiny;
  const LossHessian hessian(tiny.network, tiny.images, tiny.labels);
  std::vector<double> exact;
  for (std::size_t i = 0; i < 2 * hessian.layers(); ++i) {
    const bool is_input = i >= hessian.layers();
    const Tensor block = exact_block(hessian, i);
    exact.push_back(block.trace().item<double>() /
                    (static_cast<double>(block.size(0)) / (is_input ? 6.0 : 1.0)));
  }
  int covered = 0, intervals = 0;
  for (std::uint64_t seed = 0; seed < 170; ++seed) {
    std::vector<std::vector<double>> samples(exact.size());
    for (int probe = 0; probe < 30; ++probe) {
      const std::vector<double> found =
          trace_probe(seed, probe, 1, [&](std::size_t) -> const LossHessian& { return hessian; });
      for (std::size_t i = 0; i < exact.size(); ++i) samples[i].push_back(found[i]);
    }
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const SampleMean mean = mean_of(samples[i]);
      ++intervals;
      covered += std::abs(mean.mean - exact[i]) <= kStudent29 * mean.standard_error ? 1 : 0;
    }
  }
  EXPECT_GE(intervals, 1000);
  EXPECT_GE(covered, 0.90 * intervals);
  EXPECT_LE(covered, 0.99 * intervals);
}

TEST(Trace, OfBatchesIsTheMeanOfTheirs) {
  Tiny tiny;
  const LossHessian a(tiny.network, tiny.images.narrow(0, 0, 3), tiny.labels.narrow(0, 0, 3));
  const LossHessian b(tiny.network, tiny.images.narrow(0, 3, 3), tiny.labels.narrow(0, 3, 3));
  const LossHessian all(tiny.network, tiny.images, tiny.labels);
  for (std::size_t i = 0; i < all.layers(); ++i) {
    const Tensor halves = (exact_block(a, i) + exact_block(b, i)) / 2;
    EXPECT_LT((halves - exact_block(all, i)).norm().item<double>(),
              1e-4 * (1 + halves.norm().item<double>()));
  }
}

TEST(Lanczos, FindsTheLargestEigenvaluesWithinTheirResiduals) {
  Tiny tiny;
  const LossHessian hessian(tiny.network, tiny.images, tiny.labels);
  for (std::size_t i = 0; i < hessian.layers(); ++i) {
    const Tensor exact = std::get<0>(torch::linalg_eigh(exact_block(hessian, i)));
    const Eigenvalues found =
        largest_eigenvalues([&](const Tensor& v) { return hessian.block_product(i, v); },
                            hessian.tensor(i), 2, 1e-3, 60, 5);
    const double largest = exact[-1].item<double>();
    EXPECT_NEAR(found.values[0], largest, 1e-3 * largest + 1e-6) << "layer " << i;
    ASSERT_GE(found.residuals.size(), 2u);
    const double nearest = (exact - found.values[1]).abs().min().item<double>();
    EXPECT_LE(nearest, found.residuals[1] + 1e-5);
  }
}

TEST(HessianEigenvalues, OfBatchesAreThoseOfAllImages) {
  Tiny tiny;
  const LossHessian a(tiny.network, tiny.images.narrow(0, 0, 3), tiny.labels.narrow(0, 0, 3));
  const LossHessian b(tiny.network, tiny.images.narrow(0, 3, 3), tiny.labels.narrow(0, 3, 3));
  const LossHessian all(tiny.network, tiny.images, tiny.labels);
  const LanczosOptions options{.tolerance = 1e-4, .most_products = 60};
  for (std::size_t i = 0; i < 2 * all.layers(); ++i) {
    const Eigenvalues halves = hessian_eigenvalues(
        i, 2, [&](std::size_t batch) -> const LossHessian& { return batch == 0 ? a : b; }, options);
    const Eigenvalues whole = hessian_eigenvalues(
        i, 1, [&](std::size_t) -> const LossHessian& { return all; }, options);
    EXPECT_NEAR(halves.values[0], whole.values[0], 1e-3 * whole.values[0]) << "tensor " << i;
    const double scale = i < all.layers() ? 1 : 6;  // of an image's own loss
    const Tensor exact = std::get<0>(torch::linalg_eigh(exact_block(all, i))) * scale;
    EXPECT_NEAR(whole.values[0], exact[-1].item<double>(), 1e-3 * whole.values[0]);
  }
}

TEST(Fisher, IsTheMeanSquareOfEachImagesGradient) {
  Tiny tiny;
  std::vector<std::vector<double>> rows(6);
  std::int64_t told = 0;
  FilterSums filters;
  for (std::size_t i = 0; i < 3; ++i)
    filters.emplace_back(static_cast<std::size_t>(tiny.network.layer_weight(i).size(0)));
  add_fisher(tiny.network, tiny.images, tiny.labels, rows, &filters,
             [&](std::int64_t done) { told = done; });
  EXPECT_EQ(told, 6);
  ASSERT_EQ(rows[2].size(), 6u);
  double expected = 0;  // of the linear layer's weights: (softmax - one hot) times its input
  struct Keep : nn::LayerHooks {
    Tensor last;
    Tensor input(std::size_t, const Tensor& x) override { return last = x; }
  } keep;
  const Tensor outputs = tiny.network.forward(tiny.images, nn::Mode::kInference, keep);
  const Tensor difference = torch::softmax(outputs, 1) - torch::one_hot(tiny.labels, 4);
  for (std::int64_t n = 0; n < 6; ++n)
    expected +=
        (difference[n].unsqueeze(1) * keep.last[n].unsqueeze(0)).square().mean().item<double>();
  EXPECT_NEAR(std::accumulate(rows[2].begin(), rows[2].end(), 0.0), expected, 1e-5 * expected);
  // The mean over filters of equal size is that of all weights.
  for (std::size_t i = 0; i < 3; ++i) {
    const std::vector<double>& of_filters = filters[i];
    const double mean = std::accumulate(of_filters.begin(), of_filters.end(), 0.0) /
                        static_cast<double>(of_filters.size());
    const double all = std::accumulate(rows[i].begin(), rows[i].end(), 0.0);
    EXPECT_NEAR(mean, all, 1e-6 * all);
  }
}

}  // namespace
}  // namespace bitloom::search
