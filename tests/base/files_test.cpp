#include "base/files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

class ReadFile : public ::testing::Test {
 protected:
  std::string refusal(const std::string& name, const ReadOptions& options = {}) const {
    return testing::without(testing::complaint([&] { read_file(folder_.file(name), options); }),
                            folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(ReadFile, GivesEveryByte) {
  std::string bytes(200'001, 'x');
  bytes[7] = '\0';
  bytes[100'000] = '\xff';
  EXPECT_EQ(read_file(folder_.write("a", bytes)), bytes);
  EXPECT_EQ(read_bytes(folder_.file("a")), FileBytes(bytes.begin(), bytes.end()));
  EXPECT_EQ(read_file(folder_.write("empty", "")), "");
}

TEST(FileIdentity, IsOfTheFileAndNotOfItsPath) {
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("a", "same");
  folder.write("b", "same");
  std::filesystem::create_symlink(file, folder.file("link"));
  EXPECT_EQ(identity_of(file), identity_of(folder.file("./a")));
  EXPECT_EQ(identity_of(file), identity_of(folder.file("link")));
  EXPECT_NE(identity_of(file), identity_of(folder.file("b")));
  EXPECT_FALSE(identity_of(folder.file("none")));
}

TEST_F(ReadFile, ReadsWhatTheKernelMakesWithoutASize) {
  EXPECT_NE(read_file("/proc/self/cmdline"), "");
}

TEST_F(ReadFile, ReadsAPipeToItsEnd) {
  ASSERT_EQ(::mkfifo(folder_.file("pipe").c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(folder_.file("pipe")) << "through the pipe"; });
  EXPECT_EQ(read_file(folder_.file("pipe")), "through the pipe");
  writer.join();
}

TEST_F(ReadFile, SaysWhyItCannot) {
  EXPECT_EQ(testing::complaint([] { read_file(""); }), "'': an empty text is no file name");
  EXPECT_EQ(refusal("none"), "none: no such file");
  folder_.write("a", "");
  EXPECT_EQ(refusal("a/b"), "a/b: cannot be read: Not a directory");
  std::filesystem::create_directory(folder_.path() / "sub");
  EXPECT_EQ(refusal("sub"), "sub: is a folder, not a file");
}

TEST_F(ReadFile, CannotReadWhatItsUserMayNot) {
  folder_.write("secret", "x");
  std::filesystem::permissions(folder_.file("secret"), std::filesystem::perms::none);
  if (::access(folder_.file("secret").c_str(), R_OK) == 0) GTEST_SKIP() << "root reads everything";
  EXPECT_EQ(refusal("secret"), "secret: cannot be read: Permission denied");
}

TEST_F(ReadFile, OfRegularFilesAloneWaitsForNoPipe) {
  ASSERT_EQ(::mkfifo(folder_.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal("pipe", {.kinds = FileKinds::kRegularOnly}),
            "pipe: is a pipe or device, not a file");
}

TEST_F(ReadFile, StopsAtItsLimit) {
  folder_.write("five", "12345");
  EXPECT_EQ(read_file(folder_.file("five"), {.most_bytes = 5}), "12345");
  EXPECT_EQ(refusal("five", {.most_bytes = 4}),
            "five: larger than 4 bytes, the most that is read of such a file");
  EXPECT_EQ(testing::complaint([] { read_file("/dev/zero", {.most_bytes = 2u << 20}); }),
            "/dev/zero: larger than 2 MB, the most that is read of such a file");
}

}  // namespace
}  // namespace bitloom
