// Files that are well: what is written is read again, and every element type.
#include "models/weights/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"
#include "tests/weights/raw_file.h"

namespace bitloom::weights {
namespace {

using testing::complaint;
using testing::raw_safetensors;
using testing::TemporaryFolder;
using testing::without;
using Floats = std::vector<float>;

TEST(Safetensors, AreReadAsTheyWereWritten) {
  const TemporaryFolder folder;
  const std::map<std::string, Tensor> tensors{
      {"b.weight", {{2, 1, 3}, {1, -2, 0.5, 1e-30F, 3e30F, 6}}},
      {"a", {{}, {7}}},
      {"empty", {{0, 4}, {}}}};
  const std::map<std::string, std::string> metadata{{"who", "a \"test\"\n"}, {"none", ""}};
  const TensorFile file = TensorFile::load(folder.write("x", safetensors(tensors, metadata)));
  EXPECT_EQ(file.names(), (std::vector<std::string>{"a", "b.weight", "empty"}));
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(file.shape(name), tensor.shape);
    EXPECT_EQ(file.tensor(name).shape, tensor.shape);
    EXPECT_EQ(file.tensor(name).values, tensor.values);
  }
  for (const auto& [key, text] : metadata) EXPECT_EQ(file.metadata(key), text);
  EXPECT_EQ(file.metadata("none"), "");
}

TEST(Safetensors, WhoseHeadersLengthBeginsAsAPickleDoesAreRead) {
  const TemporaryFolder folder;
  constexpr std::size_t kLengths[] = {0x0280, 0x0480};  // little-endian: 80 02, 80 04
  for (const std::size_t length : kLengths) {
    std::string who;
    while (safetensors({{"a", {{1}, {7}}}}, {{"who", who}}).size() < length + 8 + 4) who += ".";
    const std::string file = safetensors({{"a", {{1}, {7}}}}, {{"who", who}});
    ASSERT_EQ(file.substr(0, 2), length == 0x0280 ? "\x80\x02" : "\x80\x04");
    EXPECT_EQ(TensorFile::load(folder.write("x", file)).tensor("a").values, Floats{7});
  }
}

TEST(Safetensors, WithABitFlippedAreRefused) {
  const TemporaryFolder folder;
  const std::string whole = safetensors({{"a", {{3}, {1, 2, 3}}}}, {{"who", "me"}});
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ 2);
    // But in the name of the checksum itself, without which there is none to compare with.
    const std::size_t name = whole.find(kChecksumKey);
    if (at >= name && at < name + std::string_view(kChecksumKey).size()) continue;
    const std::string path = folder.write("x", flipped);
    EXPECT_NE(complaint([&] { TensorFile::load(path); }), "") << at;
  }
  std::string flipped = whole;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  const std::string path = folder.write("x", flipped);
  EXPECT_EQ(
      complaint([&] { TensorFile::load(path); }).find(path + ": is damaged: the checksum of "), 0U);
}

TEST(Safetensors, OfNothingAreAFile) {
  const TemporaryFolder folder;
  const TensorFile file = TensorFile::load(folder.write("x", safetensors({}, {})));
  EXPECT_TRUE(file.names().empty());
  EXPECT_FALSE(file.has("a"));
}

TEST(Safetensors, ThatAreFilesOfOthersSayWhoseAndHowToConvertThem) {
  const TemporaryFolder folder;
  const auto refusal = [&](const std::string& bytes) {
    const std::string path = folder.write("weights.pth", bytes);
    try {
      TensorFile::load(path);
    } catch (const UserError& error) {
      return std::string(error.what()).substr(path.size());
    }
    return std::string("read");
  };
  const std::string padding(64, '\0');
  for (const std::string& torch :
       {"PK\3\4" + padding + "archive/data.pkl" + padding, "\x80\2\x8a\nl\xfc" + padding}) {
    EXPECT_THAT(refusal(torch), ::testing::HasSubstr("a PyTorch file, not a safetensors file"));
    EXPECT_THAT(refusal(torch),
                ::testing::HasSubstr("; w = torch.load(\"" + folder.file("weights.pth")));
  }
  EXPECT_EQ(refusal("PK\3\4" + padding + "arr_0.npy"), ": a zip archive, not a safetensors file");
  EXPECT_EQ(refusal("\x89HDF\r\n" + padding), ": an HDF5 file (Keras), not a safetensors file");
}

TEST(Safetensors, BeginTheirDataAtAMultipleOfEightBytes) {
  for (const char* name : {"a", "ab", "abc", "abcdefgh"})
    EXPECT_EQ((safetensors({{name, {{1}, {0}}}}, {}).size() - 4) % 8, 0U);
}

TEST(Safetensors, OfEveryElementTypeAreWidened) {
  const TemporaryFolder folder;
  struct Row {
    const char* type;
    std::string bytes;
    Floats values;
  };
  const std::vector<Row> rows{
      {"F32", std::string("\0\0\xc0\xbf", 4), {-1.5}},
      {"F16", std::string("\x00\xbe\x01\x00\xff\x7b", 6), {-1.5, 0x1p-24F, 65504}},
      {"BF16", std::string("\xc0\xbf", 2), {-1.5}},
      {"F64", std::string("\0\0\0\0\0\0\xf8\xbf", 8), {-1.5}},
      {"I8", "\xfe\x7f", {-2, 127}},
      {"U8", "\xfe\x7f", {254, 127}},
      {"I16", "\xfe\xff", {-2}},
      {"U16", "\xfe\xff", {65534}},
      {"I32", "\xfe\xff\xff\xff", {-2}},
      {"U32", std::string("\xfe\0\0\0", 4), {254}},
      {"I64", "\xfe\xff\xff\xff\xff\xff\xff\xff", {-2}},
      {"U64", std::string("\xfe\0\0\0\0\0\0\0", 8), {254}},
      {"BOOL", std::string("\0\1", 2), {0, 1}},
  };
  for (const Row& row : rows) {
    const std::string header = std::string(R"({"t":{"dtype":")") + row.type + R"(","shape":[)" +
                               std::to_string(row.values.size()) + R"(],"data_offsets":[0,)" +
                               std::to_string(row.bytes.size()) + "]}}";
    const TensorFile file = TensorFile::load(folder.write("x", raw_safetensors(header, row.bytes)));
    EXPECT_EQ(file.tensor("t").values, row.values) << row.type;
  }
}

TEST(Safetensors, RefuseValuesThatAreNotFinite) {
  const TemporaryFolder folder;
  const auto refusal = [&](const char* type, std::string_view bytes) {
    const std::string header = std::string(R"({"t":{"dtype":")") + type +
                               R"(","shape":[2],"data_offsets":[0,)" +
                               std::to_string(bytes.size()) + "]}}";
    const TensorFile file = TensorFile::load(folder.write("x", raw_safetensors(header, bytes)));
    return without(complaint([&] { file.tensor("t"); }), folder.path().string() + "/");
  };
  EXPECT_EQ(refusal("F32", std::string_view("\0\0\0\0\0\0\xc0\x7f", 8)),
            "x: tensor 't': value 1 is nan, must be finite");
  EXPECT_EQ(refusal("F32", std::string_view("\0\0\x80\xff\0\0\0\0", 8)),
            "x: tensor 't': value 0 is -inf, must be finite");
  EXPECT_EQ(refusal("F16", std::string_view("\0\x7c\0\0", 4)),
            "x: tensor 't': value 0 is inf, must be finite");
}

TEST(Safetensors, ThatLackWhatIsAskedSaySo) {
  const TemporaryFolder folder;
  const TensorFile file = TensorFile::load(folder.write("x", safetensors({}, {})));
  EXPECT_EQ(complaint([&] { file.tensor("w"); }), file.path() + ": has no tensor 'w'");
  EXPECT_EQ(complaint([&] { file.metadata("k"); }), file.path() + ": has no metadata 'k'");
}

TEST(Safetensors, ReadsMetadataAsJsonStrictly) {
  const testing::TemporaryFolder folder;
  const TensorFile file = TensorFile::load(folder.write(
      "x", safetensors({}, {{"good", "{\"bits\": 4}"}, {"twice", "{\"bits\": 4, \"bits\": 5}"}})));
  EXPECT_EQ(file.json_metadata("good").at("bits").integer(), 4);
  EXPECT_EQ(complaint([&] { file.json_metadata("good").at("name"); }),
            file.path() + ": metadata 'good': has no 'name'");
  EXPECT_EQ(complaint([&] { file.json_metadata("twice"); }),
            file.path() + ": metadata 'twice':1:13: key 'bits' is given twice");
}

TEST(Safetensors, KeepsNamesThatAreNotUtf8Readable) {
  const testing::TemporaryFolder folder;
  const TensorFile file =
      TensorFile::load(folder.write("x", safetensors({}, {{"file", "caf\xe9.csv"}})));
  EXPECT_EQ(file.metadata("file"), "caf\xef\xbf\xbd.csv");
}

}  // namespace
}  // namespace bitloom::weights
