#include "search/measure/accuracy_oracle.h"

#include <gtest/gtest.h>

#include <numeric>

#include "models/data/split.h"
#include "models/graph/zoo/zoo.h"
#include "models/torch/codes_network.h"

namespace bitloom::search {
namespace {

std::shared_ptr<nn::Network> network() {
  const graph::Graph graph = graph::make_network("resnet20");
  return std::make_shared<nn::Network>(graph, nn::initial_parameters(graph, 1));
}

/// Twelve images of shapes32 in batches of five.
data::Loader images(data::Part part) {
  std::vector<std::int64_t> first(12);
  std::iota(first.begin(), first.end(), std::int64_t{0});
  return data::Loader(
      std::make_shared<data::Subset>(data::make_dataset("shapes32", part), std::move(first)),
      {.input = {3, 32, 32},
       .normalization = data::parse_normalization("imagenet"),
       .batch_size = 5});
}

/// The accuracy of a network that is quantized for `policy` alone.
nn::Accuracy by_itself(const std::string& scheme, const graph::Policy& policy) {
  const auto fresh = network();
  auto model = std::make_shared<nn::QuantizedNetwork>(fresh, nn::Quantization{scheme, policy, {}});
  nn::ActivationSampler sampler(fresh->layers(), 12);
  data::Loader calibration = images(data::Part::kTrain), scored = images(data::Part::kTest);
  const torch::NoGradGuard no_gradient;
  while (auto batch = calibration.next())
    fresh->forward(nn::images_of(*batch), nn::Mode::kInference, sampler);
  model->calibrate(sampler);
  return nn::evaluate(nn::classifier_of(model), scored, 12);
}

TEST(AccuracyOracle, AnswersAsANetworkThatIsQuantizedForThePolicyAlone) {
  graph::Policy mixed = graph::uniform_policy(20, {4, 6});
  mixed[3] = {2, 8};
  for (const char* scheme : {"uniform", "kmeans"}) {  // with integers and without
    data::Loader calibration = images(data::Part::kTrain), scored = images(data::Part::kTest);
    AccuracyOracle oracle(network(), nn::Quantization{scheme, {}, {}}, calibration, scored);
    for (const graph::Policy& policy :
         {mixed, graph::uniform_policy(20, {2, 2}), graph::uniform_policy(20, {8, 8}), mixed}) {
      const nn::Accuracy expected = by_itself(scheme, policy), found = oracle(policy);
      EXPECT_EQ(found.images, 12);
      EXPECT_EQ(found.loss.value, expected.loss.value) << scheme;
      EXPECT_EQ(found.loss.standard_error, expected.loss.standard_error);
      EXPECT_EQ(found.top1_pct.value, expected.top1_pct.value);
    }
  }
}

}  // namespace
}  // namespace bitloom::search
