// cifar10:, idx:, and what a spec may be.
#include <gtest/gtest.h>

#include <zlib.h>

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

TEST_F(RecordFiles, ThatAreNamedTwiceAreRefused) {
  const std::string one = write("one.bin", cifar10_record(3)), copy = write("copy.bin", "");
  EXPECT_EQ(mistake("cifar10:" + one + "," + one),
            "one.bin: is the same file as one before, and its images would count twice");
  EXPECT_EQ(mistake("cifar10:" + one + "," + folder_.file("./one.bin")),
            "./one.bin: is the same file as one.bin, and its images would count twice");
  std::filesystem::remove(copy);
  std::filesystem::create_symlink(one, copy);
  EXPECT_EQ(mistake("cifar10:" + copy + "," + one),
            "one.bin: is the same file as copy.bin, and its images would count twice");
  const std::string hundred = write("hundred.bin", std::string(1, '\0') + cifar10_record(1));
  EXPECT_EQ(mistake("cifar100:" + hundred + "," + hundred),
            "hundred.bin: is the same file as one before, and its images would count twice");
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
  const std::string last = write("last", idx_header({2, 2, 1, 3}) + "abcdefghijkl");
  const Image by_pixel = make_dataset("idx:" + last + "," + labels, Part::kTest)->image(1);
  EXPECT_EQ(by_pixel.channels, 3);
  EXPECT_EQ(by_pixel.height, 2);
  EXPECT_EQ(std::string(by_pixel.pixels.begin(), by_pixel.pixels.end()), "gjhkil");
}

/// `bytes` as gzip writes them.
std::string gzipped(const std::string& bytes) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

TEST_F(RecordFiles, MayBeCompressedByGzip) {
  const std::string records = cifar10_record(3) + cifar10_record(9);
  const std::string packed = gzipped(records);
  const auto dataset = make_dataset("cifar10:" + write("a.bin.gz", packed), Part::kTest);
  ASSERT_EQ(dataset->size(), 2);
  EXPECT_EQ(dataset->label(1), 9);
  EXPECT_EQ(dataset->image(1).plane(2)[1023], (9 + 3071) % 256);
  const auto twice =
      make_dataset("cifar10:" + write("b.gz", packed + gzipped(cifar10_record(1))), Part::kTest);
  EXPECT_EQ(twice->size(), 3) << "members follow one another";
  const std::string labels = write("labels.gz", gzipped(idx_header({1}) + "\x04"));
  const std::string images = write("images.gz", gzipped(idx_header({1, 1, 1}) + "a"));
  EXPECT_EQ(make_dataset("idx:" + images + "," + labels, Part::kTest)->label(0), 4);
}

TEST_F(RecordFiles, OfGzipThatAreBrokenAreNamed) {
  const std::string packed = gzipped(cifar10_record(3));
  const auto broken = [&](const std::string& bytes) {
    return mistake("cifar10:" + write("a.gz", bytes));
  };
  for (std::size_t size = 2; size < packed.size(); size += 5)
    EXPECT_EQ(broken(packed.substr(0, size)), "a.gz: is compressed by gzip, and ends early")
        << size;
  std::string flipped = packed;
  flipped[flipped.size() - 6] = static_cast<char>(flipped[flipped.size() - 6] ^ 1);
  EXPECT_EQ(broken(flipped), "a.gz: is compressed by gzip, and damaged at byte " +
                                 std::to_string(packed.size() - 4) + ": incorrect data check");
  EXPECT_NE(broken(packed + "more").find("a.gz: is compressed by gzip, and damaged at byte "),
            std::string::npos);
  std::string tar(512, '\0');
  tar.replace(257, 5, "ustar");
  EXPECT_EQ(broken(gzipped(tar)), "a.gz: is a tar archive; tar -xf takes the files out of it");
  EXPECT_EQ(broken(gzipped("short")),
            "a.gz: 5 bytes are no whole number of CIFAR-10 records of 3073 bytes (a label, 3 x 32 "
            "x 32 pixels)");
}

TEST_F(RecordFiles, OfCifar100HaveTheFineLabel) {
  const auto record = [](int coarse, int fine) {
    return std::string(1, static_cast<char>(coarse)) + cifar10_record(fine);
  };
  const std::string file = write("test.bin", record(19, 99) + record(0, 7));
  const auto dataset = make_dataset("cifar100:" + file, Part::kTest);
  ASSERT_EQ(dataset->size(), 2);
  EXPECT_EQ(dataset->classes(), 100);
  EXPECT_EQ(dataset->label(0), 99);
  EXPECT_EQ(dataset->label(1), 7);
  EXPECT_EQ(dataset->image(1).pixels[0], 7);
  EXPECT_EQ(dataset->image(1).plane(2)[1023], (7 + 3071) % 256);
  EXPECT_EQ(mistake("cifar100:" + write("a", record(0, 1) + record(20, 0))),
            "a: record 1: label 20 must be in [0, 19]");
  EXPECT_EQ(mistake("cifar100:" + write("a", record(0, 100))),
            "a: record 0: label 100 must be in [0, 99]");
  EXPECT_EQ(mistake("cifar100:" + write("a", cifar10_record(1))),
            "a: 3073 bytes are no whole number of CIFAR-100 records of 3074 bytes (a coarse and a "
            "fine label, 3 x 32 x 32 pixels)");
}

TEST_F(RecordFiles, OfIdxThatAreBrokenAreNamed) {
  const std::string labels = "," + write("labels", idx_header({2}) + std::string{4, 7});
  const auto images = [&](const std::string& bytes) {
    return mistake("idx:" + write("images", bytes) + labels);
  };
  EXPECT_EQ(images("\x1f\x8b\x08"), "images: is compressed by gzip, and ends early");
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
  EXPECT_EQ(images(idx_header({2, 2, 1, 2}) + "abcdefgh"),
            "images: dimensions 2 x 2 x 1 x 2 must be images x height x width, images x 3 x height "
            "x width or images x height x width x 3");
  EXPECT_EQ(images(idx_header({3, 1, 1}) + "abc"), "labels: 2 labels for the 3 images of images");
  EXPECT_EQ(images(idx_header({2, 0, 3})), "images: holds no values: one of its sizes is 0");
  const std::string good = write("images", idx_header({2, 1, 3}) + "abcdef");
  EXPECT_EQ(mistake("idx:" + good + "," + good),
            "images: dimensions 2 x 1 x 3 must be one, of labels");
}

TEST_F(RecordFiles, AreChosenByASpec) {
  EXPECT_EQ(mistake("cifar:x"),
            "unknown data set 'cifar': did you mean cifar10, cifar100? (known: cifar10, cifar100, "
            "idx, npy, "
            "images, folder, shapes32)");
  EXPECT_EQ(mistake("cifar10"), "data 'cifar10': cifar10:FILE[,FILE..] would be right");
  EXPECT_EQ(mistake("idx:a"), "data 'idx:a': idx:IMAGES,LABELS would be right");
  EXPECT_EQ(mistake("images:a,b"), "data 'images:a,b': images:FILE.csv would be right");
  EXPECT_EQ(mistake("folder:"), "data 'folder:': folder:DIR would be right");
  EXPECT_EQ(mistake("shapes32:x"), "data 'shapes32:x': shapes32:SEED or shapes32 would be right");
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
