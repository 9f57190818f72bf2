#include "models/data/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "base/error.h"
#include "tests/data/image_files.h"
#include "tests/support/complaint.h"

namespace bitloom::data {
namespace {

using testing::complaint;
using testing::image_of;

/// 4 x 4 images of one channel whose pixels are their index; some cannot be read.
class Numbered final : public Dataset {
 public:
  explicit Numbered(std::int64_t size, std::int64_t broken = -1) : size_(size), broken_(broken) {}
  std::int64_t size() const override { return size_; }
  std::int64_t classes() const override { return 10; }
  Image image(std::int64_t index) const override {
    ++read;
    if (index == broken_) throw UserError("image 7: is broken");
    return image_of(1, 4, 4, [=](auto, auto, auto) { return index; });
  }
  std::int64_t label(std::int64_t index) const override { return index % 10; }
  std::string place(std::int64_t index) const override { return "image " + std::to_string(index); }

  mutable std::atomic<int> read = 0;

 private:
  std::int64_t size_, broken_;
};

LoaderOptions options() {
  LoaderOptions options;
  options.input = {1, 4, 4};
  options.normalization = {1.0, {0.0}, {1.0}};
  options.batch_size = 4;
  options.epochs = 3;
  options.shuffle = true;
  options.seed = 5;
  return options;
}

std::vector<Batch> batches_of(Loader& loader) {
  std::vector<Batch> batches;
  while (auto batch = loader.next()) batches.push_back(std::move(*batch));
  return batches;
}

std::vector<Batch> batches_of(const LoaderOptions& options, Position start = {}) {
  Loader loader(std::make_shared<Numbered>(22), options, start);
  return batches_of(loader);
}

void expect_equal(const std::vector<Batch>& a, const std::vector<Batch>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].position, b[i].position);
    EXPECT_EQ(a[i].indices, b[i].indices);
    EXPECT_EQ(a[i].labels, b[i].labels);
    EXPECT_EQ(a[i].images, b[i].images);
    EXPECT_EQ(a[i].last_of_epoch, b[i].last_of_epoch);
  }
}

std::vector<std::int64_t> indices_of(const std::vector<Batch>& batches, std::int64_t epoch) {
  std::vector<std::int64_t> indices;
  for (const Batch& batch : batches)
    if (batch.position.epoch == epoch)
      indices.insert(indices.end(), batch.indices.begin(), batch.indices.end());
  return indices;
}

TEST(Loader, GivesEachImageOnceAnEpochInADifferentOrder) {
  const std::vector<Batch> batches = batches_of(options());
  ASSERT_EQ(batches.size(), 3u * 6u);
  std::vector<std::vector<std::int64_t>> orders;
  for (std::int64_t epoch = 0; epoch < 3; ++epoch) {
    std::vector<std::int64_t> order = indices_of(batches, epoch);
    orders.push_back(order);
    std::sort(order.begin(), order.end());
    for (std::int64_t i = 0; i < 22; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
  }
  EXPECT_NE(orders[0], orders[1]);
  EXPECT_NE(orders[1], orders[2]);
  LoaderOptions other = options();
  other.seed = 6;
  EXPECT_NE(indices_of(batches_of(other), 0), orders[0]);
}

TEST(Loader, FillsBatchesWithTheirImagesAndLabels) {
  LoaderOptions plain = options();
  plain.shuffle = false;
  plain.epochs = 1;
  const std::vector<Batch> batches = batches_of(plain);
  ASSERT_EQ(batches.size(), 6u);
  EXPECT_EQ(batches[1].size, 4);
  EXPECT_EQ(batches[1].indices, (std::vector<std::int64_t>{4, 5, 6, 7}));
  EXPECT_EQ(batches[5].labels, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(batches[5].size, 2);
  EXPECT_EQ(batches[5].images.size(), 2u * 16u);
  EXPECT_EQ(batches[5].images[0], 20.0f);
  EXPECT_EQ(batches[5].images[31], 21.0f);
  EXPECT_TRUE(batches[5].last_of_epoch);
  EXPECT_FALSE(batches[4].last_of_epoch);
  plain.drop_last = true;
  EXPECT_EQ(batches_of(plain).size(), 5u);
}

TEST(Loader, GivesTheSameWithAnyThreads) {
  LoaderOptions varied = options();
  varied.augmentation = Augmentation::kPadCropFlip;
  varied.threads = 0;
  const std::vector<Batch> expected = batches_of(varied);
  for (const int threads : {1, 2, 5})
    for (const int prefetch : {1, 3}) {
      varied.threads = threads;
      varied.prefetch = prefetch;
      expect_equal(batches_of(varied), expected);
    }
}

TEST(Loader, GoesOnFromAnyBatchAsIfItHadComeThere) {
  LoaderOptions varied = options();
  varied.augmentation = Augmentation::kPadCropFlip;
  const std::vector<Batch> all = batches_of(varied);
  for (std::size_t i = 0; i < all.size(); ++i)
    expect_equal(batches_of(varied, all[i].position),
                 {all.begin() + static_cast<std::ptrdiff_t>(i), all.end()});
  EXPECT_TRUE(batches_of(varied, {3, 0}).empty());
}

TEST(Loader, PreparesNoMoreThanItsPrefetchAhead) {
  const auto dataset = std::make_shared<Numbered>(200);
  LoaderOptions ahead = options();
  ahead.threads = 2;
  ahead.prefetch = 3;
  Loader loader(dataset, ahead);
  for (int taken = 1; taken <= 10; ++taken) {
    loader.next();
    EXPECT_LE(dataset->read, 4 * (taken + 3));
  }
}

TEST(Loader, ThrowsWhatWentWrongWhereTheBatchWouldCome) {
  for (const int threads : {0, 1, 3}) {
    LoaderOptions plain = options();
    plain.shuffle = false;
    plain.threads = threads;
    Loader loader(std::make_shared<Numbered>(22, 7), plain);
    EXPECT_TRUE(loader.next().has_value());
    EXPECT_EQ(complaint([&] { loader.next(); }), "image 7: is broken");
    EXPECT_EQ(complaint([&] { loader.next(); }), "image 7: is broken");
  }
}

TEST(Loader, IsDestroyedWhileBatchesAreBeingPrepared) {
  for (int i = 0; i < 20; ++i) {
    LoaderOptions plain = options();
    plain.threads = 3;
    Loader loader(std::make_shared<Numbered>(200), plain);
    if (i % 2 == 0) loader.next();
  }
}

TEST(Loader, RefusesWhatMakesNoBatch) {
  LoaderOptions full = options();
  full.batch_size = 23;
  full.drop_last = true;
  EXPECT_EQ(complaint([&] { batches_of(full); }),
            "batch size 23: larger than the data set of 22 images");
  LoaderOptions colour = options();
  colour.input = {2, 4, 4};
  colour.threads = 0;
  class ThreeChannels final : public Dataset {
    std::int64_t size() const override { return 1; }
    std::int64_t classes() const override { return 1; }
    Image image(std::int64_t) const override { return Image(3, 4, 4); }
    std::int64_t label(std::int64_t) const override { return 0; }
    std::string place(std::int64_t) const override { return "photo.png"; }
  };
  EXPECT_EQ(complaint([&] { Loader(std::make_shared<ThreeChannels>(), colour).next(); }),
            "the network: takes images of 2 channels, and photo.png has 3");
}

}  // namespace
}  // namespace bitloom::data
