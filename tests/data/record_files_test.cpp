// cifar10:, idx:, and what a spec may be.
#include <gtest/gtest.h>

#include "models/data/dataset.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::data {
namespace {

using testing::complaint;
using testing::TemporaryFolder;

/// A record whose pixels are label, label + 1, ... modulo 256.
std::string cifar10_record(int label) {
  std::string record(3073, '\0');
  for (std::size_t i = 0; i < record.size(); ++i)
    record[i] = static_cast<char>(i == 0 ? label : label + static_cast<int>(i) - 1);
  return record;
}

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
  return bytes;
}

std::string idx_header(const std::vector<std::uint32_t>& sizes, int type = 8) {
  std::string header{'\0', '\0', static_cast<char>(type), static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) header += big_endian(size);
  return header;
}

class RecordFiles : public ::testing::Test {
 protected:
  std::string mistake(const std::string& spec) const {
    return testing::without(complaint([&] { make_dataset(spec, Part::kTest); }),
                            folder_.path().string() + "/");
  }
  std::string write(const std::string& name, const std::string& bytes) const {
    return folder_.write(name, bytes);
  }
  TemporaryFolder folder_;
};

TEST_F(RecordFiles, OfCifar10FollowOneAnother) {
  const std::string one = write("one.bin", cifar10_record(3) + cifar10_record(9));
  const std::string two = write("two.bin", cifar10_record(0));
  const auto dataset = make_dataset("cifar10:" + one + "," + two, Part::kTrain);
  ASSERT_EQ(dataset->size(), 3);
  EXPECT_EQ(dataset->classes(), 10);
  EXPECT_EQ(dataset->label(0), 3);
  EXPECT_EQ(dataset->label(1), 9);
  EXPECT_EQ(dataset->label(2), 0);
  const Image image = dataset->image(1);
  EXPECT_EQ(image.channels, 3);
  EXPECT_EQ(image.height, 32);
  EXPECT_EQ(image.width, 32);
  EXPECT_EQ(image.pixels[0], 9);
  EXPECT_EQ(image.plane(2)[1023], (9 + 3071) % 256);
  EXPECT_EQ(dataset->place(2), two + ": record 0");
}

TEST_F(RecordFiles, OfCifar10ThatAreBrokenAreNamed) {
  write("cut.bin", cifar10_record(1) + cifar10_record(2).substr(1));
  EXPECT_EQ(mistake("cifar10:" + folder_.file("cut.bin")),
            "cut.bin: 6145 bytes are no whole number of CIFAR-10 records of 3073 bytes (a label, 3 "
            "x 32 x 32 pixels)");
  write("empty.bin", "");
  EXPECT_EQ(
      mistake("cifar10:" + folder_.file("empty.bin")),
      "empty.bin: 0 bytes are no whole number of CIFAR-10 records of 3073 bytes (a label, 3 x "
      "32 x 32 pixels)");
  write("label.bin", cifar10_record(1) + cifar10_record(10));
  EXPECT_EQ(mistake("cifar10:" + folder_.file("label.bin")),
            "label.bin: record 1: label 10 must be in [0, 9]");
  EXPECT_EQ(mistake("cifar10:" + folder_.file("none.bin")), "none.bin: no such file");
  EXPECT_EQ(mistake("cifar10:" + folder_.path().string()),
            folder_.path().string() + ": is a folder, not a file");
  EXPECT_EQ(mistake("cifar10:/dev/zero"), "/dev/zero: is a pipe or device, not a file");
}

TEST_F(RecordFiles, OfIdxHaveOneChannelOrThree) {
  const std::string labels = write("labels", idx_header({2}) + std::string{4, 7});
  const std::string grey = write("grey", idx_header({2, 1, 3}) + "abcdef");
  const auto dataset = make_dataset("idx:" + grey + "," + labels, Part::kTest);
  ASSERT_EQ(dataset->size(), 2);
  EXPECT_EQ(dataset->classes(), 8);
  EXPECT_EQ(dataset->label(1), 7);
  EXPECT_EQ(dataset->place(1), labels + ": label 1");
  const Image image = dataset->image(1);
  EXPECT_EQ(image.channels, 1);
  EXPECT_EQ(image.height, 1);
  EXPECT_EQ(image.width, 3);
  EXPECT_EQ(image.pixels, (std::vector<std::uint8_t>{'d', 'e', 'f'}));

  const std::string colour = write("colour", idx_header({2, 3, 1, 1}) + "abcdef");
  EXPECT_EQ(make_dataset("idx:" + colour + "," + labels, Part::kTest)->image(1).channels, 3);
}

TEST_F(RecordFiles, OfIdxThatAreBrokenAreNamed) {
  const std::string labels = "," + write("labels", idx_header({2}) + std::string{4, 7});
  const auto images = [&](const std::string& bytes) {
    return mistake("idx:" + write("images", bytes) + labels);
  };
  EXPECT_EQ(images("\x1f\x8b\x08"), "images: is compressed by gzip; gunzip it first");
  EXPECT_EQ(images("PK"),
            "images: is no idx file, which begins with two bytes of 0 and has a header");
  EXPECT_EQ(images(idx_header({2, 1, 3}, 0x0d) + "abcdef"),
            "images: byte 2: type 0x0d must be 0x08, unsigned bytes");
  EXPECT_EQ(images(idx_header({2, 1, 3}).substr(0, 10)),
            "images: ends in its header: 10 bytes, 3 dimensions need 16");
  EXPECT_EQ(images(idx_header({2, 1, 3}) + "abcde"),
            "images: header announces 2 x 1 x 3 values, 5 bytes follow it");
  EXPECT_EQ(images(idx_header({4294967295, 4294967295, 4294967295}) + "abcde"),
            "images: header announces 4294967295 x 4294967295 x 4294967295 values, 5 bytes follow "
            "it");
  EXPECT_EQ(images(idx_header({2, 2, 1, 1}) + "abcd"),
            "images: dimensions 2 x 2 x 1 x 1 must be images x height x width, or images x 3 x "
            "height x width");
  EXPECT_EQ(images(idx_header({3, 1, 1}) + "abc"), "labels: 2 labels for the 3 images of images");
  EXPECT_EQ(images(idx_header({2, 0, 3})), "images: holds no values: one of its sizes is 0");
  const std::string good = write("images", idx_header({2, 1, 3}) + "abcdef");
  EXPECT_EQ(mistake("idx:" + good + "," + good),
            "images: dimensions 2 x 1 x 3 must be one, of labels");
}

TEST_F(RecordFiles, AreChosenByASpec) {
  EXPECT_EQ(mistake("cifar:x"),
            "unknown data set 'cifar': did you mean cifar10? (known: cifar10, idx, images, folder, "
            "shapes32)");
  EXPECT_EQ(mistake("cifar10"), "data 'cifar10': cifar10:FILE[,FILE..] would be right");
  EXPECT_EQ(mistake("idx:a"), "data 'idx:a': idx:IMAGES,LABELS would be right");
  EXPECT_EQ(mistake("images:a,b"), "data 'images:a,b': images:FILE.csv would be right");
  EXPECT_EQ(mistake("folder:"), "data 'folder:': folder:DIR would be right");
  EXPECT_EQ(mistake("shapes32:x"),
            "data 'shapes32:x': shapes32:SEED or shapes32 would be right");
  EXPECT_EQ(mistake("cifar10:"), "data 'cifar10:': cifar10:FILE[,FILE..] would be right");
}

TEST_F(RecordFiles, LabelsMustSuitTheNetwork) {
  const std::string file = write("one.bin", cifar10_record(3) + cifar10_record(9));
  const auto dataset = make_dataset("cifar10:" + file, Part::kTest);
  EXPECT_EQ(complaint([&] { require_labels_below(*dataset, 10); }), "no complaint");
  EXPECT_EQ(complaint([&] { require_labels_below(*dataset, 9); }),
            file + ": record 1: label 9 must be in [0, 8], the network has 9 outputs");
}

}  // namespace
}  // namespace bitloom::data
