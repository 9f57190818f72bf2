// Published images, where they are at hand: BITLOOM_DATA, or ../shared/data beside the project.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "models/data/dataset.h"
#include "models/data/loader.h"
#include "models/data/split.h"

namespace bitloom::data {
namespace {

class RealData : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* given = std::getenv("BITLOOM_DATA");
    folder_ = given ? given : std::string(BITLOOM_SOURCE_DIR) + "/../shared/data";
    if (!std::filesystem::is_directory(folder_))
      GTEST_SKIP() << "no published images: " << folder_ << " is no folder (set BITLOOM_DATA)";
  }
  std::string folder_;
};

TEST_F(RealData, OfCifar10HasItsClassesAndMeans) {
  const auto dataset =
      make_dataset("cifar10:" + folder_ + "/cifar10_lossless/train_subset.bin", Part::kTrain);
  ASSERT_EQ(dataset->size(), 7292);
  std::vector<int> counts(10);
  double sums[3] = {};
  for (std::int64_t index = 0; index < dataset->size(); ++index) {
    ++counts[static_cast<std::size_t>(dataset->label(index))];
    const Image image = dataset->image(index);
    for (std::int64_t c = 0; c < 3; ++c)
      sums[c] += std::accumulate(image.plane(c), image.plane(c) + 1024, 0.0);
  }
  for (const int count : counts) EXPECT_NEAR(count, 729, 100);
  const double means[3] = {0.4914, 0.4822,
                           0.4465};  // of CIFAR-10's training images, as widely used
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(sums[c] / (7292 * 1024 * 255.0), means[c], 0.01);
}

TEST_F(RealData, OfImageNetLoadsAsBatches) {
  const std::shared_ptr<const Dataset> dataset =
      make_dataset("images:" + folder_ + "/imagenet_sample/labels.csv", Part::kTest);
  ASSERT_EQ(dataset->size(), 1000);
  EXPECT_EQ(dataset->classes(), 1000);
  const auto split = read_split(folder_ + "/splits/imagenet_calib_200.txt", dataset->size());
  ASSERT_EQ(split.size(), 200u);
  LoaderOptions options;
  options.input = {3, 224, 224};
  options.normalization = parse_normalization("imagenet");
  options.batch_size = 50;
  Loader loader(std::make_shared<Subset>(dataset, split), options);
  double sum = 0;
  std::int64_t images = 0;
  while (const auto batch = loader.next()) {
    sum += std::accumulate(batch->images.begin(), batch->images.end(), 0.0);
    for (std::size_t i = 0; i < batch->labels.size(); ++i)
      EXPECT_EQ(batch->labels[i], split[static_cast<std::size_t>(batch->indices[i])]);
    images += batch->size;
  }
  EXPECT_EQ(images, 200);
  EXPECT_NEAR(sum / static_cast<double>(200 * 3 * 224 * 224), 0.0, 0.2);
}

}  // namespace
}  // namespace bitloom::data
