#include "base/mapped_file.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

TEST(MappedFile, HoldsTheFilesBytesAlsoAfterTheyWereReleased) {
  const testing::TemporaryFolder folder;
  std::string text(100000, 'a');
  text[50000] = 'b';
  const MappedFile file(folder.write("f", text));
  EXPECT_EQ(file.bytes(), text);
  file.release(file.bytes().substr(10, 90000));
  EXPECT_EQ(file.bytes(), text);
  EXPECT_EQ(MappedFile(folder.write("empty", "")).bytes(), "");
}

TEST(MappedFile, SaysWhyThereIsNone) {
  const testing::TemporaryFolder folder;
  const auto fault = [&](const std::string& path) {
    return testing::without(testing::complaint([&] { MappedFile{path}; }), folder.path().string());
  };
  EXPECT_EQ(fault(folder.file("absent")), "/absent: no such file");
  EXPECT_EQ(fault(folder.path().string()), ": is a folder, not a file");
  EXPECT_EQ(fault("/dev/null"), "/dev/null: is a pipe or device, not a file");
  EXPECT_EQ(fault(""), "'': an empty text is no file name");
}

}  // namespace
}  // namespace bitloom
