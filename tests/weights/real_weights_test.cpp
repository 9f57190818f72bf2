// Published weights, where they are at hand, in the zoo's networks.
#include <gtest/gtest.h>

#include "models/graph/zoo/zoo.h"
#include "models/weights/trained_network.h"
#include "tests/support/data_folder.h"

namespace bitloom::weights {
namespace {

struct Row {
  const char* network;
  const char* file;
  const char* normalization;
};

TEST(RealWeights, LoadIntoTheZoosNetworks) {
  const auto data = testing::data_folder();
  if (!data) GTEST_SKIP() << "no data: set BITLOOM_DATA";
  const Row rows[] = {
      {"resnet20", "resnet20_cifar10", "imagenet"},
      {"resnet56", "resnet56_cifar10", "imagenet"},
      {"mobilenet_v1_0.75", "mobilenet_v1_0.75_224_imagenet", "tensorflow"},
      {"squeezenet_v1.1", "squeezenet_v1.1_imagenet", "caffe"},
      {"mobilenet_v2", "tf2_mobilenet_v2_1.0_224_ptq_imagenet", "tensorflow"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.network);
    const auto path = *data / "weights" / (std::string(row.file) + ".safetensors");
    const TrainedNetwork trained =
        read_trained(graph::make_network(row.network), TensorFile::load(path.string()));
    EXPECT_EQ(trained.normalization, row.normalization);
    for (const ParameterShape& each : parameters_of(trained.graph))
      EXPECT_EQ(trained.parameters.at(each.name).shape, each.shape) << each.name;
  }
}

}  // namespace
}  // namespace bitloom::weights
