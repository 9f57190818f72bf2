// Files of other programs that are cut, or have other bytes: each is read or refused in one line.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/error.h"
#include "base/text.h"
#include "tests/policies/target.h"

namespace bitloom {
namespace {

using testing::ZooTarget;

constexpr int kFiles = 1000;

/// `text` with up to eight bytes changed, moved away or repeated, or its end cut.
std::string damaged(std::string text, std::mt19937_64& random) {
  const auto place = [&] { return static_cast<std::size_t>(random() % (text.size() + 1)); };
  constexpr std::string_view kTelling = "{}[]\"':,#()\n0-9\\/";
  for (auto changes = 1 + random() % 8; changes > 0 && !text.empty(); --changes) {
    const std::size_t at = place();
    switch (random() % 5) {
      case 0:
        text[std::min(at, text.size() - 1)] = static_cast<char>(random() % 256);
        break;
      case 1:
        text.insert(at, 1, kTelling[random() % kTelling.size()]);
        break;
      case 2:
        text.erase(at, 1 + random() % 20);
        break;
      case 3:
        text.insert(at, text.substr(place(), random() % 200));
        break;
      default:
        if (random() % 4 == 0) text.resize(at);
    }
  }
  return text;
}

/// Damaged files are refused in one line that begins with the path, or read.
void expect_told(const std::string& path, const std::string& whole) {
  const ZooTarget zoo("resnet20");
  std::mt19937_64 random(22);
  int refused = 0;
  for (int i = 0; i < kFiles; ++i) {
    const std::string text = damaged(whole, random);
    try {
      zoo.read(path, text, {.activations = 8});
    } catch (const UserError& mistake) {
      ++refused;
      const std::string line = mistake.what();
      EXPECT_TRUE(line.starts_with(path + ":") || line.starts_with("--entry")) << line;
      EXPECT_TRUE(is_one_readable_line(line)) << line << "\n" << text;
    }
  }
  EXPECT_GT(refused, kFiles / 3);
}

TEST(DamagedFiles, OfHawqAreReadOrRefused) {
  const ZooTarget zoo("resnet20");
  expect_told("b.py", policies::hawq_format().write(zoo.uniform(4, 4), zoo.target(), {}));
}

TEST(DamagedFiles, OfNncfAreReadOrRefused) {
  const ZooTarget zoo("resnet20");
  expect_told("n.json", testing::nncf_configuration(zoo, zoo.uniform(4, 4)));
}

TEST(DamagedFiles, OfAimetAreReadOrRefused) {
  const ZooTarget zoo("resnet20");
  expect_told("a.json", testing::aimet_061(zoo, zoo.uniform(4, 4)));
  expect_told("a.json", testing::aimet_100(zoo, zoo.uniform(4, 4)));
}

TEST(DamagedFiles, OfBitloomAreReadOrRefused) {
  const ZooTarget zoo("resnet20");
  expect_told("p.json", policies::bitloom_format().write(zoo.uniform(4, 4), zoo.target(), {}));
}

/// The same files as what --like keeps to.
TEST(DamagedFiles, ToKeepToAreUsedOrRefused) {
  const ZooTarget zoo("resnet20");
  std::mt19937_64 random(23);
  const graph::Policy policy = zoo.uniform(3, 3);
  for (int i = 0; i < kFiles; ++i)
    for (const auto& [format, text] :
         {std::pair("nncf", testing::nncf_configuration(zoo, zoo.uniform(8, 8))),
          std::pair("aimet", i % 2 == 0 ? testing::aimet_061(zoo, zoo.uniform(8, 8))
                                        : testing::aimet_100(zoo, zoo.uniform(8, 8)))}) {
      try {
        policies::format_named(format).write(policy, zoo.target(),
                                             {"like.json", damaged(text, random)});
      } catch (const UserError& mistake) {
        EXPECT_TRUE(std::string(mistake.what()).starts_with("like.json")) << mistake.what();
        EXPECT_TRUE(is_one_readable_line(mistake.what())) << mistake.what();
      }
    }
}

}  // namespace
}  // namespace bitloom
