#include "base/temporary_file.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace bitloom {
namespace {

TEST(TemporaryFile, IsThereUnderANameOfItsOwnUntilItGoes) {
  std::string path;
  {
    const TemporaryFile file(".json"), other(".json");
    path = file.path();
    EXPECT_TRUE(path.ends_with(".json")) << path;
    EXPECT_NE(path, other.path());
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace bitloom
