// What tells that an image is the same, wherever it lies.
#include <gtest/gtest.h>

#include <filesystem>

#include "models/data/dataset.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::data {
namespace {

constexpr std::size_t kRecord = 3073;

TEST(Fingerprint, OfRecordsIsThatOfTheirPixelsAndLabel) {
  const testing::TemporaryFolder folder;
  std::string records(2 * kRecord, '\3');
  records[kRecord + 1] = '\4';
  const std::string one = folder.write("one.bin", records);
  std::string other = records.substr(kRecord) + records.substr(0, kRecord);
  const std::string two = folder.write("two.bin", other);
  other[0] = '\5';  // a label
  const std::string three = folder.write("three.bin", other);
  const auto a = make_dataset("cifar10:" + one, Part::kTest);
  const auto b = make_dataset("cifar10:" + two, Part::kTest);
  const auto c = make_dataset("cifar10:" + three, Part::kTest);
  EXPECT_EQ(a->fingerprint(0), b->fingerprint(1));
  EXPECT_EQ(a->fingerprint(1), b->fingerprint(0));
  EXPECT_NE(a->fingerprint(0), a->fingerprint(1));
  EXPECT_NE(b->fingerprint(0), c->fingerprint(0));
}

TEST(Fingerprint, OfFilesIsThatOfTheirBytesAndLabel) {
  const testing::TemporaryFolder folder;
  for (const char* name : {"a", "b"}) std::filesystem::create_directories(folder.path() / name);
  folder.write("a/1.png", "bytes");
  folder.write("a/2.png", "bytes");
  folder.write("a/3.png", "other");
  folder.write("b/1.png", "bytes");
  const auto images = make_dataset("folder:" + folder.path().string(), Part::kTest);
  EXPECT_EQ(images->fingerprint(0), images->fingerprint(1));
  EXPECT_NE(images->fingerprint(0), images->fingerprint(2));
  EXPECT_NE(images->fingerprint(0), images->fingerprint(3));
}

TEST(Fingerprint, OfGeneratedImagesTellsThemApart) {
  const auto test = make_dataset("shapes32", Part::kTest);
  const auto training = make_dataset("shapes32", Part::kTrain);
  EXPECT_NE(test->fingerprint(0), test->fingerprint(1));
  EXPECT_NE(test->fingerprint(0), training->fingerprint(0));
  EXPECT_NE(test->fingerprint(0), make_dataset("shapes32:7", Part::kTest)->fingerprint(0));
}

}  // namespace
}  // namespace bitloom::data
