#include <gtest/gtest.h>

#include <random>

#include "base/error.h"

#include "tests/support/shipped_hardware.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

/// `text` with a byte changed, inserted or dropped, a line repeated, or cut off.
std::string damaged(std::string text, std::mt19937& random) {
  const auto below = [&](std::size_t limit) { return random() % limit; };
  constexpr std::string_view kTelling = "{}[]:,\"'&*!|>%@-#~\n\t\r 0x.e\xff";
  const std::size_t at = below(text.size());
  const char byte = kTelling[below(kTelling.size())];
  switch (below(5)) {
    case 0:
      text[at] = byte;
      break;
    case 1:
      text.insert(at, 1 + below(3), byte);
      break;
    case 2:
      text.erase(at, 1 + below(8));
      break;
    case 3:
      text.insert(at, text.substr(below(text.size()), 1 + below(60)));
      break;
    default:
      text.resize(at);
  }
  return text;
}

TEST(DamagedHardwareFile, IsReadOrRefusedInOneLineThatNamesIt) {
  const testing::TemporaryFolder folder;
  const std::string whole = testing::contents(testing::kHardwareFolder + "/bismo-edge.yaml");
  std::mt19937 random(1);
  int refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::string text = damaged(whole, random);
    for (int more = i % 3; more > 0 && !text.empty(); --more) text = damaged(text, random);
    const std::string path = folder.write("damaged.yaml", text);
    try {
      EXPECT_GE(hardware::load_hardware(path, "").as<hardware::Bismo>().dm, 1);
    } catch (const UserError& mistake) {
      const std::string why = mistake.what();
      EXPECT_EQ(why.rfind(path + ":", 0), 0u) << why;
      EXPECT_EQ(why.find('\n'), std::string::npos) << why;
      ++refused;
    }  // anything else fails the test
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace bitloom
