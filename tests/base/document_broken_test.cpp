// Files that are refused before a value is read: each with its exact complaint.
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <thread>

#include "base/document.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using std::string_literals::operator""s;
using testing::complaint;

class BrokenDocument : public ::testing::Test {
 protected:
  std::string refusal_of(std::string_view text) const {
    const std::string path = folder_.write("a.yaml", text);
    return testing::without(complaint([&] { load_document(path); }), folder_.path().string() + "/");
  }
  std::string refusal_of_path(const std::string& path) const {
    return testing::without(complaint([&] { load_document(path); }), folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(BrokenDocument, IsMissingOrAFolder) {
  EXPECT_EQ(refusal_of_path(folder_.file("none.yaml")), "none.yaml: no such file");
  EXPECT_EQ(refusal_of_path(folder_.file("")), ": is a folder, not a file");
  EXPECT_EQ(refusal_of_path(""), "'': an empty text is no file name");
  const std::string file = folder_.write("a.yaml", "a: 1");
  EXPECT_EQ(refusal_of_path(file + "/b.yaml"), "a.yaml/b.yaml: cannot be read: Not a directory");
}

TEST_F(BrokenDocument, MayNotBeReadByThisUser) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  const std::string path = folder_.write("secret.yaml", "a: 1");
  ::chmod(path.c_str(), 0);
  EXPECT_EQ(refusal_of_path(path), "secret.yaml: cannot be read: Permission denied");
}

TEST_F(BrokenDocument, IsEmpty) {
  EXPECT_EQ(refusal_of(""), "a.yaml: is empty");
  EXPECT_EQ(refusal_of(" \n\r\n\t\n"), "a.yaml: is empty");
  EXPECT_EQ(refusal_of_path("/dev/null"), "/dev/null: is empty");
  EXPECT_EQ(refusal_of("# a\n# b\n"), "a.yaml: holds nothing but comments");
  EXPECT_EQ(refusal_of("\xef\xbb\xbf"), "a.yaml: is empty");
}

TEST_F(BrokenDocument, IsTooLargeWhateverItIs) {
  const std::string limit = "larger than 4 MB, the most that is read of such a file";
  EXPECT_EQ(refusal_of(std::string(20 << 20, '#')), "a.yaml: " + limit);
  EXPECT_EQ(refusal_of(std::string((4 << 20) + 1, '#')), "a.yaml: " + limit);
  EXPECT_EQ(refusal_of(std::string(4 << 20, '#')), "a.yaml: holds nothing but comments");
  EXPECT_EQ(refusal_of_path("/dev/zero"), "/dev/zero: " + limit);
}

TEST_F(BrokenDocument, IsNoYaml) {
  EXPECT_EQ(refusal_of("a: [1, 2\n"),
            "a.yaml:2:1: cannot be parsed: end of sequence flow not found");
  EXPECT_EQ(refusal_of("{"), "a.yaml:1:1: cannot be parsed: end of map flow not found");
  EXPECT_EQ(refusal_of("[[1,"), "a.yaml:1:1: cannot be parsed: end of sequence flow not found");
  EXPECT_EQ(refusal_of("{\"a\": 1,\n"), "a.yaml:2:1: cannot be parsed: end of map flow not found");
  EXPECT_EQ(refusal_of("a: @x"), "a.yaml:1:4: cannot be parsed: unknown token");
  EXPECT_EQ(refusal_of("a: \"\\q\""), "a.yaml:1:7: cannot be parsed: unknown escape character: q");
  EXPECT_EQ(refusal_of("\ta: 1\n"),
            "a.yaml:1:3: cannot be parsed: line 1 begins with a tab; YAML is indented by spaces");
  EXPECT_EQ(refusal_of("a:\n\tb: 1\n"),
            "a.yaml:2:3: cannot be parsed: line 2 begins with a tab; YAML is indented by spaces");
  EXPECT_EQ(refusal_of("a: *b\n"),
            "a.yaml:1:4: cannot be parsed: the referenced anchor is not defined");
}

TEST_F(BrokenDocument, LeavesAQuoteOpen) {
  const std::string unclosed = "cannot be parsed: the quoted text that begins here is not closed";
  EXPECT_EQ(refusal_of("a: \"b\nc: 1\n"), "a.yaml:1:4: " + unclosed);
  EXPECT_EQ(refusal_of("a: 'b\nc: 1\n"), "a.yaml:1:4: " + unclosed);
  EXPECT_EQ(refusal_of("x: 1\na: \"b\nc: \"d\"\n"), "a.yaml:2:4: " + unclosed);
}

TEST_F(BrokenDocument, HoldsASecondDocument) {
  EXPECT_EQ(refusal_of("a: 1\n---\nb: 2\n"),
            "a.yaml:2:1: a second document begins here; one is read");
}

TEST_F(BrokenDocument, GivesAKeyTwiceAtAnyDepth) {
  EXPECT_EQ(refusal_of("a: 1\nb: 2\na: 3\n"), "a.yaml:3:1: key 'a' is given twice");
  EXPECT_EQ(refusal_of("a:\n  b: [{c: 1, d: 2, c: 1}]\n"), "a.yaml:2:20: key 'c' is given twice");
  EXPECT_EQ(refusal_of("{\"a\": 1, 'a': 1}"), "a.yaml:1:10: key 'a' is given twice");
}

TEST_F(BrokenDocument, HasAKeyThatIsNoText) {
  EXPECT_EQ(refusal_of("? [a]\n: 1\n"), "a.yaml:1:3: a key must be a text");
  EXPECT_EQ(refusal_of("? {a: 1}\n: 1\n"), "a.yaml:1:3: a key must be a text");
  EXPECT_EQ(refusal_of(": 1\n"), "a.yaml:1:1: a key must be a text");
  EXPECT_EQ(refusal_of("~: 1\n"), "a.yaml:1:1: a key must be a text");
}

TEST_F(BrokenDocument, HasATag) {
  EXPECT_EQ(refusal_of("a: !!int \"3\"\n"), "a.yaml:1:4: tags (!...) are not read");
  EXPECT_EQ(refusal_of("a: !mine [3]\n"), "a.yaml:1:4: tags (!...) are not read");
}

TEST_F(BrokenDocument, IsNoUtf8OrHasControlCharacters) {
  const auto byte = [](const char* hex) {
    return "byte 0x"s + hex + " is no UTF-8 text or a control character";
  };
  EXPECT_EQ(refusal_of("a: 1\nb: \xff\n"), "a.yaml:2:4: " + byte("ff"));
  EXPECT_EQ(refusal_of("a: b\0c\n"s), "a.yaml:1:5: " + byte("00"));
  EXPECT_EQ(refusal_of("\xff\xfe"
                       "a\0:\0"s),
            "a.yaml:1:1: " + byte("ff"))
      << "UTF-16";
  EXPECT_EQ(refusal_of("a: \x1b[31m\n"), "a.yaml:1:4: " + byte("1b"));
}

TEST_F(BrokenDocument, ContainsItself) {
  const std::string why = "an alias of a value that it is itself part of";
  EXPECT_EQ(refusal_of("a: &a [1, *a]\n"), "a.yaml:1:11: " + why);
  EXPECT_EQ(refusal_of("a: &a {b: *a}\n"), "a.yaml:1:11: " + why);
}

TEST_F(BrokenDocument, IsNestedTooDeep) {
  const std::string too_deep = "lists and mappings lie deeper than 64 levels";
  const auto nested = [](int depth) {
    return std::string(depth, '[') + "1" + std::string(depth, ']');
  };
  EXPECT_EQ(refusal_of(nested(64)), "no complaint");
  EXPECT_EQ(refusal_of(nested(65)), "a.yaml:1:65: " + too_deep);
  EXPECT_EQ(refusal_of(nested(100'000)), "a.yaml:1:65: " + too_deep);
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) dashes += "- ";
  EXPECT_EQ(refusal_of(dashes), "a.yaml:1:129: " + too_deep);
}

TEST_F(BrokenDocument, HoldsAMillionValues) {
  std::string list;
  for (int i = 0; i < 1'000'000; ++i) list += "-\n";
  EXPECT_EQ(refusal_of(list), "a.yaml:1000001:1: the file holds more than 1000000 values");
}

TEST(Document, WithAliasesUponAliasesDoesNotGrow) {
  const testing::TemporaryFolder folder;
  std::string bomb = "a0: &a0 [1, 1]\n";
  for (int i = 1; i < 60; ++i)
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            ", *a" + std::to_string(i - 1) + "]\n";
  EXPECT_EQ(load_document(folder.write("bomb.yaml", bomb)).at("a59").items().size(), 2u);
}

TEST(Document, IsReadFromAPipe) {
  const testing::TemporaryFolder folder;
  const std::string pipe = folder.file("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(pipe) << "a: 1\n"; });
  EXPECT_EQ(load_document(pipe).at("a").integer(0, 9), 1);
  writer.join();
}

}  // namespace
}  // namespace bitloom
