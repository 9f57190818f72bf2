// Fake quantization = integer engine on trained weights and real images. Skipped where there are
// none.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "models/data/loader.h"
#include "models/graph/zoo/zoo.h"
#include "models/torch/evaluation.h"
#include "models/torch/quantized_network.h"
#include "models/weights/trained_network.h"
#include "tests/nn/same_integers.h"
#include "tests/support/data_folder.h"

namespace bitloom::nn {
namespace {

constexpr std::int64_t kImages = 16;

struct RealNetwork {
  const char* network;
  const char* weights;
  const char* images;
  int policies;
};

class OnTrained : public ::testing::TestWithParam<RealNetwork> {
 protected:
  void SetUp() override {
    if (!testing::data_folder())
      GTEST_SKIP() << "no real weights and images here (BITLOOM_DATA names them)";
  }
};

/// Mixed widths: 2 to 8 bits, the image and the last layer at 8.
graph::Policy mixed_policy(std::size_t layers, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<int> bits(2, 8);
  graph::Policy policy(layers);
  for (graph::Precision& each : policy) each = {bits(random), bits(random)};
  policy.front() = policy.back() = {8, 8};
  return policy;
}

TEST_P(OnTrained, CodesAndAccumulatorsAreTheIntegerEnginesInEveryLayer) {
  const RealNetwork& c = GetParam();
  const std::string data = testing::data_folder()->string();
  const auto file = weights::TensorFile::load(data + "/weights/" + c.weights + ".safetensors");
  const auto trained = weights::read_trained(graph::make_network(c.network), file);
  const graph::Shape input = trained.graph.only_input().shape;
  std::string spec = c.images;
  spec.replace(spec.find("{}"), 2, data);
  data::Loader loader(data::make_dataset(spec, data::Part::kTest),
                      {.input = {input[0], input[1], input[2]},
                       .normalization = data::parse_normalization(trained.normalization),
                       .batch_size = kImages,
                       .threads = 0});
  data::Batch batch = *loader.next();
  const torch::Tensor images = images_of(batch);
  for (int p = 0; p < c.policies; ++p) {
    auto network = std::make_shared<Network>(trained.graph, trained.parameters);
    QuantizedNetwork quantized(
        network, {.scheme = p % 3 == 2 ? "haq" : "uniform",
                  .policy = mixed_policy(network->layers(), static_cast<std::uint64_t>(p))});
    ActivationSampler sampler(network->layers(), kImages);
    network->forward(images, Mode::kInference, sampler);
    quantized.calibrate(sampler);
    const integer::Program program = quantized.program();
    for (const torch::Tensor& image : images.unbind(0)) {
      const float* pixels = image.data_ptr<float>();
      expect_the_same_integers(program, {pixels, pixels + image.numel()}, input);
    }
  }
}

constexpr const char* kCifar = "cifar10:{}/cifar10_lossless/test_0000_0999.bin";
constexpr const char* kSample = "images:{}/imagenet_sample/labels.csv";

INSTANTIATE_TEST_SUITE_P(
    Weights, OnTrained,
    ::testing::Values(RealNetwork{"resnet20", "resnet20_cifar10", kCifar, 8},
                      RealNetwork{"mobilenet_v1_0.75", "mobilenet_v1_0.75_224_imagenet", kSample,
                                  2},
                      RealNetwork{"squeezenet_v1.1", "squeezenet_v1.1_imagenet", kSample, 2}),
    [](const auto& info) {
      std::string name = info.param.network;
      std::replace(name.begin(), name.end(), '.', '_');
      return name;
    });

}  // namespace
}  // namespace bitloom::nn
