// npy:X.npy,Y.npy.
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "models/data/dataset.h"
#include "models/data/loader.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::data {
namespace {

using testing::complaint;

class ArrayFiles : public ::testing::Test {
 protected:
  template <class Value>
  std::string write(const std::string& name, const std::string& type, const std::string& shape,
                    const std::vector<Value>& values, const std::string& order = "False") const {
    std::string header =
        "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': (" + shape + "), }\n";
    std::string file = std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) + '\0';
    file += header;
    file.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
    return folder_.write(name, file);
  }
  std::string labels(const std::vector<std::int64_t>& values) const {
    return write("y.npy", "<i8", std::to_string(values.size()) + ",", values);
  }
  std::unique_ptr<Dataset> made(const std::string& inputs, const std::string& labels) const {
    return make_dataset("npy:" + inputs + "," + labels, Part::kTest);
  }
  std::string mistake(const std::string& inputs, const std::string& labels) const {
    return testing::without(complaint([&] { made(inputs, labels); }),
                            folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

using Bytes = std::vector<std::uint8_t>;

TEST_F(ArrayFiles, OfBytesArePixels) {
  const std::string y = labels({4, 2});
  const auto grey = made(write("x.npy", "|u1", "2, 1, 3", Bytes{1, 2, 3, 4, 5, 6}), y);
  ASSERT_EQ(grey->size(), 2);
  EXPECT_EQ(grey->classes(), 5);
  EXPECT_EQ(grey->label(1), 2);
  EXPECT_EQ(grey->image(1).pixels, (Bytes{4, 5, 6}));
  EXPECT_EQ(grey->place(1), folder_.file("x.npy") + ": input 1 (label in " + y + ")");
  const Bytes colours{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  EXPECT_EQ(made(write("x.npy", "|u1", "2, 3, 1, 2", colours), y)->image(1).pixels,
            (Bytes{7, 8, 9, 10, 11, 12}));
  EXPECT_EQ(made(write("x.npy", "|u1", "2, 1, 2, 3", colours), y)->image(1).channels, 1)
      << "a channel of 2 x 3";
  EXPECT_EQ(made(write("x.npy", "|u1", "2, 2, 1, 3", colours), y)->image(1).pixels,
            (Bytes{7, 10, 8, 11, 9, 12}));
}

TEST_F(ArrayFiles, OfRealNumbersAreWhatANetworkTakes) {
  const std::vector<float> values{0.5F, -1, 2, 3e3F, 5, 6, 7, 8, 9, 10, 11, 12};
  const std::string y = write("y.npy", "|u1", "2,", Bytes{0, 1});
  const std::shared_ptr<const Dataset> dataset =
      made(write("x.npy", "<f4", "2, 3, 1, 2", values), y);
  Loader loader(dataset, {.input = {3, 1, 2},
                          .normalization = parse_normalization("imagenet"),
                          .batch_size = 2,
                          .threads = 0});
  EXPECT_EQ(loader.next()->images, values);
  const std::shared_ptr<const Dataset> tokens = made(write("x.npy", "<f4", "2, 6", values), y);
  Loader features_loader(tokens, {.input = {1, 1, 6},
                                  .normalization = parse_normalization("imagenet"),
                                  .batch_size = 2,
                                  .threads = 0});
  EXPECT_EQ(features_loader.next()->images, values) << "no normalization is of one channel";
  Loader other(dataset, {.input = {3, 2, 2}, .normalization = {}, .batch_size = 2, .threads = 0});
  EXPECT_EQ(complaint([&] { other.next(); }), "the network: takes 3 x 2 x 2, and " +
                                                  folder_.file("x.npy") + ": input 0 (label in " +
                                                  y + ") is 3 x 1 x 2");
  const Image features = made(write("x.npy", "<f4", "2, 6", values), y)->image(1);
  EXPECT_EQ(features.channels, 1);
  EXPECT_EQ(features.width, 6);
  const std::vector<double> wide(values.begin(), values.end());
  EXPECT_EQ(made(write("x.npy", "<f8", "2, 2, 3", wide), y)->image(0).reals,
            (std::vector<float>{values.begin(), values.begin() + 6}));
}

TEST_F(ArrayFiles, OfWholeNumbersAreTokens) {
  const std::string y = labels({0, 1});
  const auto tokens = made(
      write("x.npy", "<i8", "2, 3", std::vector<std::int64_t>{1, 0, 255, 30521, -1, 1 << 24}), y);
  EXPECT_EQ(tokens->image(0).reals, (std::vector<float>{1, 0, 255}));
  EXPECT_EQ(tokens->image(1).reals, (std::vector<float>{30521, -1, 1 << 24}));
  EXPECT_EQ(made(write("x.npy", "<i4", "2, 1", std::vector<int>{7, 8}), y)->image(1).reals,
            std::vector<float>{8});
  const std::string path =
      write("x.npy", "<i8", "2, 1", std::vector<std::int64_t>{(1 << 24) + 1, 0});
  EXPECT_EQ(complaint([&] { made(path, y)->image(0); }),
            path + ": input 0 holds 16777217, must lie between -2^24 and 2^24");
}

TEST_F(ArrayFiles, ThatDoNotFitAreNamed) {
  const std::string y = labels({0, 1}), x = write("x.npy", "|u1", "2, 1, 1", Bytes{1, 2});
  const std::string right =
      "'; numpy.uint8 for pixels, numpy.float32 for inputs as they are, or numpy.int64 for whole "
      "numbers such as tokens, would be right";
  EXPECT_EQ(mistake(write("a.npy", "<i2", "2, 1, 1", std::vector<std::int16_t>{1, 2}), y),
            "a.npy: holds elements of type '<i2" + right);
  EXPECT_EQ(mistake(write("a.npy", "|b1", "2, 1, 1", Bytes{1, 0}), y),
            "a.npy: holds elements of type '|b1" + right);
  EXPECT_EQ(mistake(write("a.npy", "|u1", "2, 2", Bytes{1, 2, 3, 4}), y),
            "a.npy: dimensions 2 x 2 must be images x height x width, images x 3 x height x width "
            "or images x height x width x 3");
  EXPECT_EQ(mistake(write("a.npy", "<f4", "2,", std::vector<float>{1, 2}), y),
            "a.npy: dimensions 2 must be inputs x one more or several");
  EXPECT_EQ(mistake(write("a.npy", "|u1", "2, 1, 2", Bytes{1, 2, 3, 4}, "True"), y),
            "a.npy: is in Fortran's order; numpy.ascontiguousarray(x) would be right");
  EXPECT_EQ(mistake(write("a.npy", "|u1", "2, 1, 2", Bytes{1, 2, 3}), y),
            "a.npy: is no NumPy array file, or cut off");
  EXPECT_EQ(mistake(write("a.npy", "|u1", "1048577, 1048577, 1048577", Bytes{1}), y),
            "a.npy: is no NumPy array file, or cut off");
  EXPECT_EQ(mistake(x, labels({0, 1, 2})), "y.npy: 3 labels for the 2 inputs of x.npy");
  EXPECT_EQ(mistake(x, labels({0, -1})),
            "y.npy: label 1: must be a whole number in [0, 999999], got -1");
  EXPECT_EQ(mistake(x, write("y.npy", "<f4", "2,", std::vector<float>{0, 0.5F})),
            "y.npy: label 1: must be a whole number in [0, 999999], got 0.5");
  EXPECT_EQ(mistake(x, write("y.npy", "<i8", "2, 1", std::vector<std::int64_t>{0, 1})),
            "y.npy: dimensions 2 x 1 must be one, of labels");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string holed = write("n.npy", "<f4", "2, 1", std::vector<float>{1, nan});
  EXPECT_EQ(testing::without(complaint([&] {
                               made(holed, labels({0, 1}))->image(1);
                             }),
                             folder_.path().string() + "/"),
            "n.npy: input 1 holds nan, which is no finite number");
}

}  // namespace
}  // namespace bitloom::data
