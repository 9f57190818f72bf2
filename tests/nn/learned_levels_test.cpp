// Networks with learned levels in integers: coefficients are rounded, and everything behind that is
// exact.
#include <gtest/gtest.h>

#include "models/data/loader.h"
#include "models/graph/zoo/zoo.h"
#include "models/quantizers/level_codes.h"
#include "models/quantizers/planes.h"
#include "models/torch/evaluation.h"
#include "models/torch/quantized_network.h"
#include "models/weights/trained_network.h"
#include "tests/nn/same_integers.h"

namespace bitloom::nn {
namespace {

constexpr const char* kLearned[] = {"lq-nets", "ttq", "abc-net", "kcnn", "xnor"};

TEST(RoundedCoefficients, MoveALevelByHalfAStepForEachPlaneAtMost) {
  torch::manual_seed(31);
  const Tensor w = torch::randn({6, 4, 3, 3});
  for (const char* scheme : kLearned)
    for (const int bits : {1, 2, 3, 5}) {
      const QuantizerKind& kind = quantizer_scheme(scheme).weights;
      if (!kind.chooses_levels_of(bits)) continue;
      const auto quantizer = kind.make(
          {QuantizerTask::Role::kWeights, bits, true, QuantizerTask::Granularity::kChannel, true});
      quantizer->calibrate(w);
      const Planes planes = quantizer->planes(w).value();
      const LevelCodes levels = level_codes(planes, QuantizerTask::Role::kWeights);
      const Tensor steps = torch::tensor(levels.steps, torch::kDouble).reshape({6, 1, 1, 1});
      const Tensor rounded = codes_of(planes, levels.coefficients).to(torch::kDouble) * steps;
      const Tensor moved = (rounded - values_of(planes)).abs() / steps;
      const double most = 0.5 * static_cast<double>(planes.bits.size(0));
      EXPECT_LE(moved.max().item<double>(), most + 1e-5) << scheme << " " << bits;
      EXPECT_LE(values_of(planes).sub(quantizer->quantize(w)).abs().max().item<double>(), 1e-5);
    }
}

/// ResNet-20 and images of shapes32.
struct Trained {
  graph::Graph graph = graph::make_network("resnet20");
  std::shared_ptr<Network> network;
  Tensor images, labels;

  explicit Trained(std::int64_t count) {
    const auto file = weights::TensorFile::load(BITLOOM_SOURCE_DIR
                                                "/models/trained/resnet20-shapes32.safetensors");
    const auto trained = weights::read_trained(graph, file);
    graph = trained.graph;
    network = std::make_shared<Network>(graph, trained.parameters);
    const graph::Shape input = graph.only_input().shape;
    data::Loader loader(data::make_dataset("shapes32", data::Part::kTest),
                        {.input = {input[0], input[1], input[2]},
                         .normalization = data::parse_normalization(trained.normalization),
                         .batch_size = count,
                         .threads = 0});
    data::Batch batch = *loader.next();
    images = images_of(batch).clone();
    labels = torch::tensor(batch.labels).to(torch::kLong);
  }

  std::shared_ptr<QuantizedNetwork> quantized(const std::string& scheme,
                                              const graph::Policy& policy) const {
    auto made = std::make_shared<QuantizedNetwork>(
        network, Quantization{.scheme = scheme, .policy = policy});
    constexpr std::int64_t kPerLayer = 1 << 14;
    ActivationSampler sampler(network->layers(), images.size(0), kPerLayer);
    const torch::NoGradGuard no_gradient;
    network->forward(images, Mode::kInference, sampler);
    made->calibrate(sampler);
    return made;
  }

  graph::Policy policy(int bits, int edge) const {
    graph::Policy all(network->layers(), {bits, bits});
    all.front() = all.back() = {edge, edge};
    return all;
  }
};

TEST(SlowLearnedLevels, ComputeTheSameIntegersInBothWays) {
  const Trained trained(8);
  const auto run = [&](const std::string& scheme, const graph::Policy& policy) {
    SCOPED_TRACE(scheme);
    const auto network = trained.quantized(scheme, policy);
    ASSERT_EQ(network->why_no_integers().value_or(""), "");
    EXPECT_TRUE(network->has_learned_levels());
    const Tensor image = trained.images[0].contiguous();
    const float* pixels = image.data_ptr<float>();
    expect_the_same_integers(network->program(), {pixels, pixels + image.numel()}, {3, 32, 32});
  };
  run("lq-nets", trained.policy(2, 8));
  run("lq-nets", trained.policy(3, 3));  // the image's levels are signs
  run("ttq", trained.policy(2, 8));
  run("abc-net", trained.policy(3, 8));
  run("weights=kcnn,activations=lq-nets", trained.policy(2, 8));
  graph::Policy mixed = trained.policy(2, 8);
  for (std::size_t i = 1; i + 1 < mixed.size(); ++i)
    mixed[i] = {1 + static_cast<int>(i % 4), 1 + static_cast<int>(i % 3)};
  run("lq-nets", mixed);
}

double top1(const Tensor& outputs, const Tensor& labels) {
  return outputs.argmax(1).eq(labels).to(torch::kDouble).mean().item<double>();
}

/// Keeps what one layer reads.
class InputKept : public LayerHooks {
 public:
  InputKept(std::unique_ptr<LayerHooks> inner, std::size_t layer)
      : inner_(std::move(inner)), layer_(layer) {}
  Tensor input(std::size_t layer, const Tensor& x) override {
    const Tensor read = inner_->input(layer, x);
    if (layer == layer_) kept = read.clone();
    return read;
  }
  Tensor weight(std::size_t layer, const Tensor& w) override { return inner_->weight(layer, w); }
  Tensor bias(std::size_t layer, const Tensor& b) override { return inner_->bias(layer, b); }

  Tensor kept;

 private:
  std::unique_ptr<LayerHooks> inner_;
  std::size_t layer_;
};

/// The numbers of values among the different ones, from the least on.
Tensor ranks(const Tensor& values) { return std::get<1>(torch::_unique2(values, true, true)); }

/// Of what the first layer with learned levels reads: the share at another level in integers.
double share_at_other_levels(QuantizedNetwork& network, const Tensor& images,
                             int coefficient_bits) {
  constexpr std::size_t kLayer = 1;
  InputKept real(network.hooks(), kLayer);
  network.network().forward(images, Mode::kInference, real);
  Tensor codes;
  CodesNetwork(network.program(coefficient_bits))
      .forward(images, [&](std::size_t layer, const Tensor& read, const Tensor&) {
        if (layer == kLayer) codes = read.clone();
      });
  return ranks(real.kept).ne(ranks(codes)).to(torch::kDouble).mean().item<double>();
}

// Coefficients move by half a code at most, and values beside a threshold come to another level: a
// quarter as many with two bits more. Behind 18 such layers the answers differ, and are as good.
TEST(SlowLearnedLevels, OfResNet20AnswerAsWellAsWithRealCoefficients) {
  const Trained trained(200);
  for (const int bits : {2, 3}) {
    SCOPED_TRACE(bits);
    const auto network = trained.quantized("lq-nets", trained.policy(bits, 8));
    const torch::NoGradGuard no_gradient;
    const Tensor some = trained.images.slice(0, 0, 20);
    const double others = share_at_other_levels(*network, some, 8);
    EXPECT_LE(others, 0.01);
    EXPECT_LE(share_at_other_levels(*network, some, 10), 0.5 * others + 1e-4);
    const double real = top1(network->forward(trained.images), trained.labels);
    const double rounded =
        top1(CodesNetwork(network->program()).forward(trained.images), trained.labels);
    EXPECT_NEAR(real, rounded, 0.04);
    EXPECT_GE(rounded, bits == 2 ? 0.6 : 0.9);
  }
}

}  // namespace
}  // namespace bitloom::nn
