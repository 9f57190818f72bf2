#include "base/output_file.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;
using testing::complaint;
using testing::contents;
using Names = std::vector<std::string>;

class OutputFiles : public ::testing::Test {
 protected:
  static void put(const std::string& path, std::string_view text) {
    OutputFile file(path);
    file.write(text);
    file.commit();
  }
  std::string refusal_of(const std::string& path) const {
    return testing::without(complaint([&] { OutputFile file(path); }),
                            folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(OutputFiles, AppearWholeAtTheCommit) {
  OutputFile file(folder_.file("a"));
  file.write("one ");
  file.write("two");
  EXPECT_FALSE(fs::exists(folder_.file("a")));
  file.commit();
  EXPECT_EQ(contents(folder_.file("a")), "one two");
  EXPECT_EQ(folder_.names(), Names{"a"});
}

TEST_F(OutputFiles, LeaveNothingWithoutACommit) {
  { OutputFile(folder_.file("a")).write("half"); }
  EXPECT_EQ(folder_.names(), Names{});
}

TEST_F(OutputFiles, LeaveAnExistingFileUntouchedWithoutACommit) {
  folder_.write("a", "old");
  { OutputFile(folder_.file("a")).write("half"); }
  EXPECT_EQ(contents(folder_.file("a")), "old");
  EXPECT_EQ(folder_.names(), Names{"a"});
}

TEST_F(OutputFiles, ReplaceAnExistingFileInOneStep) {
  folder_.write("a", "old");
  OutputFile file(folder_.file("a"));
  file.write("new");
  std::ifstream reader(folder_.file("a"));
  EXPECT_EQ(contents(folder_.file("a")), "old");
  file.commit();
  EXPECT_EQ(contents(folder_.file("a")), "new");
  std::string seen;
  reader >> seen;
  EXPECT_EQ(seen, "old") << "who had the old file open reads it to its end";
}

TEST_F(OutputFiles, KeepTheModeOfTheFileTheyReplace) {
  folder_.write("a", "old");
  ::chmod(folder_.file("a").c_str(), 0600);
  put(folder_.file("a"), "new");
  EXPECT_EQ(fs::status(folder_.file("a")).permissions(), fs::perms(0600));
}

TEST_F(OutputFiles, ObeyTheUmaskWhereTheyAreNew) {
  const mode_t before = ::umask(027);
  put(folder_.file("a"), "new");
  ::umask(before);
  EXPECT_EQ(fs::status(folder_.file("a")).permissions(), fs::perms(0640));
}

TEST_F(OutputFiles, AreWrittenThroughSymbolicLinks) {
  fs::create_directory(folder_.path() / "far");
  folder_.write("far/target", "old");
  fs::create_symlink("far/target", folder_.path() / "link");
  fs::create_symlink("link", folder_.path() / "link_to_link");
  put(folder_.file("link_to_link"), "new");
  EXPECT_TRUE(fs::is_symlink(folder_.path() / "link"));
  EXPECT_TRUE(fs::is_symlink(folder_.path() / "link_to_link"));
  EXPECT_EQ(contents(folder_.file("far/target")), "new");
}

TEST_F(OutputFiles, CreateTheTargetOfADanglingLink) {
  fs::create_symlink("target", folder_.path() / "link");
  put(folder_.file("link"), "new");
  EXPECT_EQ(contents(folder_.file("target")), "new");
  EXPECT_TRUE(fs::is_symlink(folder_.path() / "link"));
}

TEST_F(OutputFiles, MayStandSideBySideAndUnderTheLongestName) {
  const std::string longest(255, 'n');
  OutputFile first(folder_.file(longest)), second(folder_.file("b"));
  first.write("1");
  second.write("2");
  first.commit();
  second.commit();
  EXPECT_EQ(contents(folder_.file(longest)), "1");
  EXPECT_EQ(contents(folder_.file("b")), "2");
}

TEST_F(OutputFiles, AreRefusedWhereTheyCannotBeWritten) {
  const std::string file = folder_.write("file", "");
  fs::create_symlink("loop", folder_.path() / "loop");
  EXPECT_EQ(refusal_of(""), "'': an empty text is no file name");
  EXPECT_EQ(refusal_of("/"), "/: cannot be written: Is a directory");
  EXPECT_EQ(refusal_of(folder_.file("none/a")),
            "none/a: cannot be written: No such file or directory");
  EXPECT_EQ(refusal_of(folder_.file("none/")),
            "none/: cannot be written: No such file or directory");
  EXPECT_EQ(refusal_of(file + "/a"), "file/a: cannot be written: Not a directory");
  EXPECT_EQ(refusal_of(folder_.file("loop")),
            "loop: cannot be written: Too many levels of symbolic links");
  const std::string too_long(256, 'n');
  EXPECT_EQ(refusal_of(folder_.file(too_long)),
            too_long + ": cannot be written: File name too long");
}

TEST_F(OutputFiles, AreRefusedInFoldersAndPlacesOfOthers) {
  folder_.write("read_only", "");
  ::chmod(folder_.file("read_only").c_str(), 0444);
  ::chmod(folder_.path().c_str(), 0555);
  const auto refusals_as_nobody = [&] {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(1);
    const bool right =
        refusal_of(folder_.file("a")) == "a: cannot be written: Permission denied" &&
        refusal_of(folder_.file("read_only")) == "read_only: cannot be written: Permission denied";
    ::_exit(right ? 0 : 1);
  };
  EXPECT_EXIT(refusals_as_nobody(), ::testing::ExitedWithCode(0), "");
  ::chmod(folder_.path().c_str(), 0755);
}

TEST_F(OutputFiles, WriteDevicesAndPipesInPlace) {
  put("/dev/null", "gone");
  OutputFile full("/dev/full");
  EXPECT_EQ(complaint([&] { full.write("too much"); }),
            "/dev/full: cannot be written: No space left on device");
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

}  // namespace
}  // namespace bitloom
