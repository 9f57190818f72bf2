// Networks of the zoo with another number of classes than they were published with.
#include <gtest/gtest.h>

#include "models/graph/classifier.h"
#include "models/graph/zoo/zoo.h"
#include "tests/support/complaint.h"

namespace bitloom::graph {
namespace {

TEST(ZooClasses, AreThoseOfTheLastLayerOfEveryClassifier) {
  for (const ZooEntry& entry : zoo()) {
    const Graph published = entry.make(entry.image);
    const auto classifier = classifier_of(published);
    if (entry.dataset == "COCO") {
      EXPECT_FALSE(classifier) << entry.name;
      continue;
    }
    ASSERT_TRUE(classifier) << entry.name;
    const Graph other = make_network(entry.name, {.classes = 37});
    EXPECT_EQ(other.only_output().shape, Shape{37}) << entry.name;
    const auto layers = layers_of(published), changed = layers_of(other);
    ASSERT_EQ(layers.size(), changed.size());
    EXPECT_EQ(changed.back().out_channels, 37) << entry.name;
    for (std::size_t i = 0; i + 1 < layers.size(); ++i)
      EXPECT_EQ(layers[i].macs(), changed[i].macs()) << entry.name << " " << layers[i].name;
    EXPECT_EQ(
        make_network(entry.name, {.classes = published.only_output().shape[0]}).only_output().shape,
        published.only_output().shape);
  }
}

TEST(ZooClasses, AreRefusedWhereNothingPutsThemOut) {
  EXPECT_EQ(testing::complaint([] { make_network("retinanet_r50", {.classes = 10}); }),
            "network retinanet_r50: is no classifier, whose last layer has an output for each "
            "class; leave out the number of classes");
  EXPECT_EQ(testing::complaint([] { make_network("resnet20", {.classes = 0}); }),
            "classes must be in [1, 1048576], got 0");
}

}  // namespace
}  // namespace bitloom::graph
