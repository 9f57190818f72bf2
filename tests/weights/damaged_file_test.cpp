// Files that are not what they say: one line each, and no more memory than the file is long.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include <sys/stat.h>

#include "models/weights/safetensors.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"
#include "tests/weights/allocations.h"
#include "tests/weights/raw_file.h"

namespace bitloom::weights {
namespace {

using testing::complaint;
using testing::raw_safetensors;
using testing::TemporaryFolder;
using testing::without;

class DamagedFile : public ::testing::Test {
 protected:
  /// What is said of a file with these bytes, after its name.
  std::string refusal(std::string_view bytes) const {
    return refusal_of(folder_.write("x", bytes));
  }
  std::string refusal_of(const std::string& path) const {
    return without(complaint([&] { TensorFile::load(path); }), path + ": ");
  }
  /// Of a file with this header and `data_bytes` zeros.
  std::string refusal_of_header(std::string_view header, std::size_t data_bytes = 0) const {
    return refusal(raw_safetensors(header, std::string(data_bytes, '\0')));
  }
  /// Of a file with this text for the tensor `t`, and 16 bytes of data.
  std::string refusal_of_tensor(const std::string& tensor) const {
    return refusal_of_header(R"({"t":)" + tensor + "}", 16);
  }

  const TemporaryFolder folder_;
};

TEST_F(DamagedFile, ThatIsNoneIsRefused) {
  EXPECT_EQ(refusal_of(folder_.file("absent")), "cannot be read: No such file or directory");
  EXPECT_EQ(refusal_of(folder_.path().string()), "is not a regular file");
  EXPECT_EQ(refusal_of("/dev/zero"), "is not a regular file");
  ASSERT_EQ(::mkfifo(folder_.file("pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal_of(folder_.file("pipe")), "is not a regular file");
}

TEST_F(DamagedFile, ThatIsTooShortIsRefused) {
  EXPECT_EQ(refusal(""),
            "0 bytes are no safetensors file: it begins with 8 bytes of header length");
  EXPECT_EQ(refusal("1234567"),
            "7 bytes are no safetensors file: it begins with 8 bytes of header length");
}

TEST_F(DamagedFile, WhoseHeaderLengthIsInflatedIsRefused) {
  EXPECT_EQ(
      refusal(raw_safetensors("{}", "", 1)),
      "not a safetensors file, or cut off: it says that its header has 3 bytes, but 2 follow");
  EXPECT_EQ(refusal(std::string(8, '\xff') + "{}"),
            "not a safetensors file, or cut off: it says that its header has 18446744073709551615 "
            "bytes, but 2 follow");
}

TEST_F(DamagedFile, CutOffAnywhereIsRefused) {
  const std::string whole =
      safetensors({{"a", {{2}, {1, 2}}}, {"b", {{3}, {3, 4, 5}}}}, {{"k", "v"}});
  EXPECT_EQ(refusal(whole), "no complaint");
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(refusal(whole.substr(0, length)), "no complaint") << length;
  EXPECT_EQ(refusal(whole.substr(0, whole.size() - 1)),
            "tensor 'b': bytes 8 to 20 are not in the file, which holds 19 (is it cut off?)");
}

TEST_F(DamagedFile, WithBytesBehindTheTensorsIsRefused) {
  EXPECT_EQ(refusal(safetensors({{"a", {{1}, {1}}}}, {}) + "!"), "1 bytes behind the last tensor");
}

TEST_F(DamagedFile, WhoseHeaderIsNoJsonObjectIsRefused) {
  const std::string no_json = "not a safetensors file: its header is no JSON at byte ";
  EXPECT_EQ(refusal_of_header(""), no_json + "9");
  EXPECT_EQ(refusal_of_header("hello"), no_json + "9");
  EXPECT_EQ(refusal_of_header(R"({"a":)"), no_json + "14");
  EXPECT_EQ(refusal_of_header("{} {}"), no_json + "12");
  EXPECT_EQ(refusal_of_header("{\"\xff\":1}"), no_json + "11");
  EXPECT_EQ(refusal_of_header(R"({"a":1e999})"), no_json + "18");
  for (const char* text : {"[]", "3", "-3", "1.5", "null", "true", "\"text\""})
    EXPECT_EQ(refusal_of_header(text), "not a safetensors file: its header is no JSON object");
}

TEST_F(DamagedFile, WhoseTensorIsNotDescribedIsRefused) {
  const std::string needs = "tensor 't': needs dtype, shape and two data_offsets, and nothing else";
  for (const char* tensor :
       {"3",
        "[]",
        "null",
        "{}",
        R"({"dtype":"F32","shape":[4]})",
        R"({"dtype":"F32","data_offsets":[0,16]})",
        R"({"shape":[4],"data_offsets":[0,16]})",
        R"({"dtype":32,"shape":[4],"data_offsets":[0,16]})",
        R"({"dtype":["F32"],"shape":[4],"data_offsets":[0,16]})",
        R"({"dtype":"F32","shape":4,"data_offsets":[0,16]})",
        R"({"dtype":"F32","shape":[-4],"data_offsets":[0,16]})",
        R"({"dtype":"F32","shape":[4.0],"data_offsets":[0,16]})",
        R"({"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,16]})",
        R"({"dtype":"F32","shape":[[4]],"data_offsets":[0,16]})",
        R"({"dtype":"F32","shape":["4"],"data_offsets":[0,16]})",
        R"({"dtype":"F32","shape":[4],"data_offsets":[16]})",
        R"({"dtype":"F32","shape":[4],"data_offsets":[0,8,16]})",
        R"({"dtype":"F32","shape":[4],"data_offsets":{"begin":0}})",
        R"({"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]})",
        R"({"dtype":"F32","shape":[4],"data_offsets":[0,16],"more":1})"})
    EXPECT_EQ(refusal_of_tensor(tensor), needs) << tensor;
  EXPECT_EQ(
      refusal_of_tensor(R"({"dtype":"F32","shape":[1,1,1,1,1,1,1,1,4],"data_offsets":[0,16]})"),
      "tensor 't' has more than 8 dimensions");
  EXPECT_EQ(refusal_of_tensor(R"({"dtype":"F31","shape":[4],"data_offsets":[0,16]})"),
            "tensor 't': element type 'F31' is not known");
}

TEST_F(DamagedFile, WhoseTensorIsNotWhereItSaysIsRefused) {
  EXPECT_EQ(refusal_of_tensor(R"({"dtype":"F32","shape":[5],"data_offsets":[0,20]})"),
            "tensor 't': bytes 0 to 20 are not in the file, which holds 16 (is it cut off?)");
  EXPECT_EQ(
      refusal_of_tensor(R"({"dtype":"F32","shape":[5],"data_offsets":[0,9223372036854775807]})"),
      "tensor 't': bytes 0 to 9223372036854775807 are not in the file, which holds 16 (is it "
      "cut off?)");
  EXPECT_EQ(refusal_of_tensor(R"({"dtype":"F32","shape":[4],"data_offsets":[16,0]})"),
            "tensor 't': bytes 16 to 0 are not in the file, which holds 16 (is it cut off?)");
  EXPECT_EQ(
      refusal_of_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[8,16]})"),
      "tensor 't': begins at byte 8 of the data, must at 0: tensors lie one behind the other");
  EXPECT_EQ(refusal_of_tensor(R"({"dtype":"F32","shape":[2],"data_offsets":[0,8]})"),
            "8 bytes behind the last tensor");
}

TEST_F(DamagedFile, WhoseShapeDoesNotFitItsBytesIsRefused) {
  EXPECT_EQ(refusal_of_tensor(R"({"dtype":"F32","shape":[3],"data_offsets":[0,16]})"),
            "tensor 't': 3 of F32 does not fit its 16 bytes");
  EXPECT_EQ(refusal_of_tensor(R"({"dtype":"F64","shape":[2,2],"data_offsets":[0,16]})"),
            "tensor 't': 2x2 of F64 does not fit its 16 bytes");
  // 2^62 * 4 values of 4 bytes are 0 modulo 2^64.
  EXPECT_EQ(
      refusal_of_tensor(R"({"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]})"),
      "tensor 't': 4611686018427387904x4 of F32 does not fit its 0 bytes");
}

TEST_F(DamagedFile, WhoseTensorsOverlapOrLeaveAHoleIsRefused) {
  const auto two = [&](const char* second) {
    return refusal_of_header(
        std::string(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":)") + second + "}",
        16);
  };
  EXPECT_EQ(two(R"({"dtype":"F32","shape":[2],"data_offsets":[8,16]})"), "no complaint");
  EXPECT_EQ(
      two(R"({"dtype":"F32","shape":[3],"data_offsets":[4,16]})"),
      "tensor 'b': begins at byte 4 of the data, must at 8: tensors lie one behind the other");
  EXPECT_EQ(
      two(R"({"dtype":"F32","shape":[1],"data_offsets":[12,16]})"),
      "tensor 'b': begins at byte 12 of the data, must at 8: tensors lie one behind the other");
}

TEST_F(DamagedFile, ThatSaysSomethingTwiceIsRefused) {
  EXPECT_EQ(refusal_of_header(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},
                                  "a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
                              4),
            "tensor 'a' occurs twice");
  EXPECT_EQ(refusal_of_header(R"({"__metadata__":{"k":"1","k":"2"}})"),
            "metadata 'k' occurs twice");
}

TEST_F(DamagedFile, WhoseMetadataAreNoTextsIsRefused) {
  EXPECT_EQ(refusal_of_header(R"({"__metadata__":{"k":3}})"), "metadata 'k': must be a text");
  EXPECT_EQ(refusal_of_header(R"({"__metadata__":{"k":{}}})"), "metadata 'k': must be a text");
  EXPECT_EQ(refusal_of_header(R"({"__metadata__":"k"})"), "metadata: must be texts by name");
  EXPECT_EQ(refusal_of_header(R"({"__metadata__":["k"]})"), "metadata: must be texts by name");
}

TEST_F(DamagedFile, IsQuotedOnOneLine) {
  EXPECT_EQ(refusal_of_header("{\"a\\nb" + std::string(260, 'c') + "\":1}"),
            "tensor 'a b" + std::string(197, 'c') +
                "...': needs dtype, shape and two data_offsets, and nothing else");
}

/// Loads `path` and reads every tensor; anything but a UserError of one line passes through.
void read_all(const std::string& path) {
  try {
    const TensorFile file = TensorFile::load(path);
    for (const std::string& name : file.names()) file.tensor(name);
  } catch (const UserError& mistake) {
    const std::string text = mistake.what();
    EXPECT_EQ(text.rfind(path + ": ", 0), 0U) << text;
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

constexpr std::size_t kStreamBuffer = 16384;  // the standard library's

TEST_F(DamagedFile, TakesNoMoreMemoryThanItIsLong) {
  const std::string path = folder_.file("x");
  const std::vector<std::string> headers{
      R"({"t":{"dtype":"F32","shape":[)" + std::string(200000, '1'),
      R"({"t":{"dtype":"F32","shape":[)" +
          [] {
            std::string ones;
            for (int i = 0; i < 100000; ++i) ones += "1,";
            return ones;
          }(),
      std::string(200000, '['),
      std::string(200000, '{'),
      R"({"t":)" + std::string(200000, '['),
      "{\"" + std::string(200000, 'n') + "\":[",
      R"({"t":{"dtype":")" + std::string(200000, 'F'),
  };
  for (const std::string& header : headers) {
    folder_.write("x", raw_safetensors(header, ""));
    testing::forget_allocations();
    read_all(path);
    EXPECT_LE(testing::largest_allocation(), 2 * header.size() + kStreamBuffer)
        << header.substr(0, 40);
  }
}

TEST_F(DamagedFile, WithAnyBytesFlippedIsReadOrRefusedAndTakesNoMoreMemory) {
  const Tensor tensor{{8, 4, 3, 3}, std::vector<float>(8 * 4 * 3 * 3, 0.5F)};
  const std::string whole =
      safetensors({{"conv1.weight", tensor}, {"conv2.weight", tensor}, {"bn", {{4}, {1, 2, 3, 4}}}},
                  {{"normalization", "imagenet"}, {"source", "here"}});
  const std::size_t header_end = whole.size() - (2 * 8 * 4 * 9 + 4) * sizeof(float);
  std::mt19937_64 random(1);
  const std::string path = folder_.file("x");
  for (int trial = 0; trial < 5000; ++trial) {
    std::string damaged = whole;
    const auto flips = 1 + random() % 4;
    for (std::uint64_t i = 0; i < flips; ++i) {
      const std::size_t among = random() % 4 == 0 ? whole.size() : header_end;
      char& byte = damaged[random() % among];
      byte = static_cast<char>(static_cast<std::uint64_t>(byte) ^ (1 + random() % 255));
    }
    std::filesystem::remove(path);  // some file systems flush a file that is written over
    folder_.write("x", damaged);
    testing::forget_allocations();
    ASSERT_NO_THROW(read_all(path)) << trial;
    ASSERT_LE(testing::largest_allocation(), 2 * whole.size() + kStreamBuffer) << trial;
  }
}

}  // namespace
}  // namespace bitloom::weights
