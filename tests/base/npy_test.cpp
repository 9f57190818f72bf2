// NumPy's arrays, as numpy.save writes them.
#include "base/npy.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using testing::complaint;
using Rows = std::vector<std::vector<double>>;

template <class Value>
std::string saved(const std::string& header, const std::vector<Value>& values, char version = 1) {
  std::string file = std::string("\x93NUMPY") + version + '\0';
  file += static_cast<char>(header.size());
  file += std::string(version == 1 ? 1 : 3, '\0');
  file += header;
  file.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
  return file;
}

std::string header_of(const std::string& type, const std::string& shape,
                      const std::string& order = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': (" + shape +
         "), }  \n";
}

TEST(Npy, HasWholeAndRealNumbersByRow) {
  const Rows rows{{1, -2}, {3, 4}, {5, 6}};
  const std::vector<std::int64_t> in_c{1, -2, 3, 4, 5, 6};
  EXPECT_EQ(parse_npy("a", saved(header_of("<i8", "3, 2"), in_c)).rows, rows);
  EXPECT_EQ(parse_npy("a", saved(header_of("<i8", "3, 2"), in_c, 2)).rows, rows);
  const std::vector<float> in_fortran{1, 3, 5, -2, 4, 6};
  EXPECT_EQ(parse_npy("a", saved(header_of("<f4", "3, 2", "True"), in_fortran)).rows, rows);
  const NumberArray flat =
      parse_npy("a", saved(header_of("|u1", "3,"), std::vector<std::uint8_t>{1, 2, 255}));
  EXPECT_EQ(flat.dimensions, 1u);
  EXPECT_EQ(flat.rows, (Rows{{1}, {2}, {255}}));
}

TEST(Npy, IsRefusedWhereItIsNoneOrCutOff) {
  const std::string broken = "a.npy: is no NumPy array file, or cut off";
  const auto refusal = [](const std::string& bytes) {
    return complaint([&] { parse_npy("a.npy", bytes); });
  };
  const std::string whole = saved(header_of("<i8", "2, 1"), std::vector<std::int64_t>{4, 8});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(refusal(whole.substr(0, size)), broken) << size;
  EXPECT_EQ(refusal(whole + "x"), broken);
  for (const char* shape :
       {"2, -1", "2, 99999999999999999999", "1048576, 1048576", "two", "0, 99999999"})
    EXPECT_EQ(refusal(saved(header_of("<i8", shape), std::vector<char>{})), broken) << shape;
  EXPECT_EQ(refusal(saved(header_of("|O", "2,"), std::vector<char>{'x'})),
            "a.npy: holds elements of type '|O'; whole or real numbers, as of numpy.array(policy, "
            "dtype=int), would be right");
  EXPECT_EQ(refusal(saved(header_of("<i8", "2, 1, 1"), std::vector<std::int64_t>{4, 8})),
            "a.npy: must have one or two dimensions, got (2, 1, 1)");
}

}  // namespace
}  // namespace bitloom
