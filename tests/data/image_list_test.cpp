// images: and folder:.
#include <gtest/gtest.h>

#include "models/data/dataset.h"
#include "tests/data/image_files.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::data {
namespace {

using testing::complaint;
using testing::image_of;
using testing::TemporaryFolder;

Image flat(int value) {
  return image_of(3, 2, 2, [=](auto, auto, auto) { return value; });
}

class ImageList : public ::testing::Test {
 protected:
  ImageList() {
    std::filesystem::create_directory(folder_.path() / "images");
    testing::write_png(folder_.file("a.png"), flat(10));
    testing::write_png(folder_.file("images/b,c.png"), flat(20));
  }
  std::string mistake(const std::string& csv) const {
    folder_.write("labels.csv", csv);
    return testing::without(
        complaint([&] { make_dataset("images:" + folder_.file("labels.csv"), Part::kTest); }),
        folder_.path().string() + "/");
  }
  TemporaryFolder folder_;
};

TEST_F(ImageList, FindsItsColumnsByNameAndItsImagesBesideItOrInImages) {
  folder_.write("labels.csv", "name,class_index,file\n\"x, y\",4,a.png\nz,2,\"b,c.png\"\n");
  const auto dataset = make_dataset("images:" + folder_.file("labels.csv"), Part::kTest);
  ASSERT_EQ(dataset->size(), 2);
  EXPECT_EQ(dataset->classes(), 5);
  EXPECT_EQ(dataset->label(0), 4);
  EXPECT_EQ(dataset->label(1), 2);
  EXPECT_EQ(dataset->image(0), flat(10));
  EXPECT_EQ(dataset->image(1), flat(20));
  EXPECT_EQ(dataset->place(1), folder_.file("labels.csv") + ":3");
}

TEST_F(ImageList, ThatIsBrokenIsNamedByLine) {
  EXPECT_EQ(mistake(""), "labels.csv: is empty; a line that names the columns would be right");
  EXPECT_EQ(mistake("file,class_index\n"), "labels.csv:2: no row follows the names of the columns");
  EXPECT_EQ(mistake("file,label\na.png,1\n"),
            "labels.csv:1: must have the column 'class_index' once");
  EXPECT_EQ(mistake("file,class_index,file\na.png,1,a.png\n"),
            "labels.csv:1: must have the column 'file' once");
  EXPECT_EQ(mistake("file,class_index\na.png\n"),
            "labels.csv:2: must have 2 cells, one for each column, got 1");
  EXPECT_EQ(mistake("file,class_index\na.png,1\nx.png,1\n"),
            "labels.csv:3: file: image 'x.png' is neither beside the CSV nor in its images/");
  for (const std::string label : {"", "-1", "1.5", "1000000", "99999999999999999999"})
    EXPECT_EQ(
        mistake("file,class_index\na.png," + label + "\n"),
        "labels.csv:2: class_index: must be a whole number in [0, 999999], got '" + label + "'");
}

TEST_F(ImageList, ListsAFileOnce) {
  EXPECT_EQ(mistake("file,class_index\na.png,1\na.png,1\n"),
            "labels.csv:3: file: image 'a.png' stands on line 2 already, and would count twice");
  EXPECT_EQ(mistake("file,class_index\n\"b,c.png\",1\na.png,1\n\"images/../images/b,c.png\",2\n"),
            "labels.csv:4: file: image 'images/../images/b,c.png' stands on line 2 already, and "
            "would count twice");
}

TEST_F(ImageList, MayHaveCaptionsThatNobodyReads) {
  folder_.write("labels.csv", "file,caption,class_index\na.png,\"two\nlines, \xe4\",1\n");
  EXPECT_EQ(make_dataset("images:" + folder_.file("labels.csv"), Part::kTest)->size(), 1);
}

TEST_F(ImageList, TellsWhichImageCannotBeDecoded) {
  folder_.write("bad.jpg", "\xff\xd8 no more");
  folder_.write("labels.csv", "file,class_index\nbad.jpg,0\n");
  const auto dataset = make_dataset("images:" + folder_.file("labels.csv"), Part::kTest);
  EXPECT_EQ(complaint([&] {
              dataset->image(0);
            }).rfind(folder_.file("bad.jpg") + ": cannot be decoded as JPEG: ", 0),
            0u);
}

class ImageFolder : public ::testing::Test {
 protected:
  void add(const std::string& name) const {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    testing::write_png(path.string(), flat(30));
  }
  std::string mistake() const {
    return testing::without(
        complaint([&] { make_dataset("folder:" + folder_.path().string(), Part::kTest); }),
        folder_.path().string());
  }
  TemporaryFolder folder_;
};

TEST_F(ImageFolder, HasASubfolderForEachClass) {
  for (const char* name : {"cat/2.PNG", "cat/1.png", "ant/3.jpeg"}) add(name);
  folder_.write("cat/.hidden", "");
  add(".ipynb_checkpoints/1.png");
  folder_.write("cat/Thumbs.db", "");
  folder_.write("notes.txt", "beside the classes");
  const auto dataset = make_dataset("folder:" + folder_.path().string(), Part::kTest);
  ASSERT_EQ(dataset->size(), 3);
  EXPECT_EQ(dataset->classes(), 2);
  EXPECT_EQ(dataset->skipped(), 1);
  EXPECT_EQ(dataset->label(0), 0);
  EXPECT_EQ(dataset->label(1), 1);
  EXPECT_EQ(dataset->place(0), folder_.file("ant/3.jpeg"));
  EXPECT_EQ(dataset->place(1), folder_.file("cat/1.png"));
  EXPECT_EQ(dataset->image(2), flat(30));
}

TEST_F(ImageFolder, MayHaveAClassWithoutImages) {
  add("cat/1.png");
  std::filesystem::create_directory(folder_.path() / "ant");
  const auto dataset = make_dataset("folder:" + folder_.path().string(), Part::kTest);
  EXPECT_EQ(dataset->classes(), 2);
  EXPECT_EQ(dataset->label(0), 1);
}

TEST_F(ImageFolder, HasTheImagesOfFoldersWithinAClassInTorchvisionsOrder) {
  for (const char* name : {"cat/b.png", "cat/images/z.png", "cat/images-2/y.png",
                           "cat/images/deep/x.png", "ant/images/1.png", "cat/.thumbnails/b.png"})
    add(name);
  folder_.write("cat/images/boxes.txt", "");
  const auto dataset = make_dataset("folder:" + folder_.path().string(), Part::kTest);
  EXPECT_EQ(dataset->skipped(), 1);
  ASSERT_EQ(dataset->size(), 5);
  // sorted(os.walk(cat)): '-' comes before '/'.
  const char* places[] = {"ant/images/1.png", "cat/b.png", "cat/images/z.png", "cat/images-2/y.png",
                          "cat/images/deep/x.png"};
  std::vector<std::string> found, wanted;
  for (int i = 0; i < 5; ++i) {
    found.push_back(dataset->place(i));
    wanted.push_back(folder_.file(places[i]));
    EXPECT_EQ(dataset->label(i), i > 0);
  }
  EXPECT_EQ(found, wanted);
}

TEST_F(ImageFolder, MayHaveLinksButNoCircle) {
  add("ant/1.png");
  add("elsewhere/2.png");
  std::filesystem::create_directory_symlink(folder_.path() / "elsewhere",
                                            folder_.path() / "ant/more");
  EXPECT_EQ(make_dataset("folder:" + folder_.path().string(), Part::kTest)->size(), 3);
  std::filesystem::create_directory_symlink(folder_.path() / "ant", folder_.path() / "ant/again");
  EXPECT_EQ(mistake(), "/ant/again: is a link to a folder that it lies in, and has no end");
}

TEST_F(ImageFolder, HoldsSomeImage) {
  EXPECT_EQ(mistake(), ": has no subfolders; one for each class would be right");
  std::filesystem::create_directory(folder_.path() / "cat");
  folder_.write("cat/a.gif", "");
  EXPECT_EQ(mistake(),
            ": its 1 subfolders hold no image (.jpg, .jpeg, .png, .webp, .bmp, .tif, .tiff, .ppm, "
            ".pgm)");
}

}  // namespace
}  // namespace bitloom::data
