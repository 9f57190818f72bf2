#include "models/data/split.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::data {
namespace {

using testing::complaint;

std::string mistake_of_split(const std::string& list) {
  const testing::TemporaryFolder folder;
  folder.write("list.txt", list);
  return testing::without(complaint([&] { read_split(folder.file("list.txt"), 10); }),
                          folder.path().string() + "/");
}

TEST(Split, ListsIndicesInItsOwnOrder) {
  const testing::TemporaryFolder folder;
  folder.write("list.txt", "7\r\n\n0 \n9");
  EXPECT_EQ(read_split(folder.file("list.txt"), 10), (std::vector<std::int64_t>{7, 0, 9}));
}

TEST(Split, MayBeginWithAByteOrderMark) {
  const testing::TemporaryFolder folder;
  folder.write("list.txt",
               "\xEF\xBB\xBF"
               "7\n0\n");
  EXPECT_EQ(read_split(folder.file("list.txt"), 10), (std::vector<std::int64_t>{7, 0}));
}

TEST(Split, ThatIsBrokenIsNamedByLine) {
  EXPECT_EQ(mistake_of_split("1\nx\n"), "list.txt:2: must be one index, a whole number, got 'x'");
  EXPECT_EQ(mistake_of_split("1 2\n"), "list.txt:1: must be one index, a whole number, got '1 2'");
  EXPECT_EQ(mistake_of_split("1.0\n"), "list.txt:1: must be one index, a whole number, got '1.0'");
  EXPECT_EQ(mistake_of_split("3\n\n10\n"),
            "list.txt:3: index 10 must be in [0, 9], the data set has 10 images");
  EXPECT_EQ(mistake_of_split("-1\n"),
            "list.txt:1: index -1 must be in [0, 9], the data set has 10 images");
  EXPECT_EQ(mistake_of_split("99999999999999999999\n"),
            "list.txt:1: index 99999999999999999999 must be in [0, 9], the data set has 10 images");
  EXPECT_EQ(mistake_of_split("4\n5\n4\n"), "list.txt:3: index 4 is on line 1 already");
  EXPECT_EQ(mistake_of_split("\n \n"), "list.txt: lists no indices");
}

TEST(Subset, ShowsTheListedImages) {
  const std::shared_ptr<const Dataset> whole = make_dataset("shapes32:3", Part::kTest);
  const Subset subset(whole, {25, 4});
  EXPECT_EQ(subset.size(), 2);
  EXPECT_EQ(subset.classes(), 10);
  EXPECT_EQ(subset.label(0), 5);
  EXPECT_EQ(subset.image(1), whole->image(4));
  EXPECT_EQ(subset.place(0), "shapes32:3: test image 25");
  EXPECT_EQ(subset.fingerprint(0), whole->fingerprint(25));
}

}  // namespace
}  // namespace bitloom::data
