#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "rtl/verify/core_builder.h"
#include "tests/rtl/layer_check.h"
#include "tests/rtl/test_cores.h"

namespace bitloom::verify {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = BITLOOM_SOURCE_DIR;
const fs::path kFolder = BITLOOM_MUTATION_FOLDER;

std::vector<fs::path> patches() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(kSource / "tests/rtl/mutations"))
    if (entry.path().extension() == ".patch") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

/// A copy of the RTL with one patch.
fs::path mutated_rtl(const fs::path& patch) {
  const fs::path folder = kFolder / patch.stem();
  fs::remove_all(folder);
  fs::create_directories(folder);
  fs::copy(kSource / "rtl", folder / "rtl");
  const std::string command =
      "patch -s -p1 -d '" + folder.string() + "' < '" + patch.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << patch << " does not apply";
  return folder / "rtl";
}

class Mutation : public testing::TestWithParam<fs::path> {};

// The checks are equality_test.cpp's, on one of its arrays: 2x8x3 with ports of 3, 5 and 7 bits.
TEST_P(Mutation, IsCaughtByTheDefaultTests) {
  const CoreTools tools{
      .rtl = mutated_rtl(GetParam()), .headers = kSource, .cache = kFolder / "cores"};
  const auto core = build_core(test_cores().back().parameters, tools);
  std::string caught = check_random_layers(*core, 200, 1, 12000, 0);
  if (caught.empty()) caught = check_random_layers(*core, 100, 2, 6000, 1);
  EXPECT_NE(caught, "");
  std::cout << GetParam().stem().string() << ": " << caught << "\n";
}

INSTANTIATE_TEST_SUITE_P(Rtl, Mutation, testing::ValuesIn(patches()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace bitloom::verify
