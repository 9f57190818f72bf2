#include "reports/npy.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "tests/support/npy_file.h"

namespace bitloom::reports {
namespace {

TEST(NpyFiles, KeepEveryBitOfTheirValues) {
  const std::vector<std::int64_t> whole{0,
                                        -1,
                                        std::numeric_limits<std::int64_t>::max(),
                                        std::numeric_limits<std::int64_t>::min(),
                                        1LL << 53,
                                        7};
  const auto read = testing::parse_npy<std::int64_t>(npy(whole, {2, 3}));
  EXPECT_EQ(read.shape, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(read.values, whole);
  const std::vector<double> real{0.1, -0.0, 1e300, std::numeric_limits<double>::denorm_min()};
  EXPECT_EQ(testing::parse_npy<double>(npy(real, {4})).values, real);
}

TEST(NpyFiles, AreAlignedForShapesOfEveryLength) {
  std::vector<std::size_t> shape;
  for (int dimensions = 1; dimensions < 40; ++dimensions) {
    shape.push_back(1);
    EXPECT_EQ(testing::parse_npy<double>(npy(std::vector<double>{5}, shape)).shape, shape);
  }
}

TEST(NpyFiles, WriteATupleOfOneAsPythonDoes) {
  EXPECT_NE(npy(std::vector<double>{5}, {1}).find("'shape': (1,), }"), std::string::npos);
}

TEST(NpyFiles, HoldAsManyValuesAsTheirShape) {
  EXPECT_THROW(npy(std::vector<double>{1, 2, 3}, {2, 2}), InternalError);
}

}  // namespace
}  // namespace bitloom::reports
