#include "base/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

std::string refusal_of(const std::string& text) {
  return testing::complaint([&] { parse_json(text, "a.json"); });
}

TEST(ParseJson, KeepsTheOrderOfKeys) {
  const auto json = parse_json("{\"b\": [1, 2.5, null], \"a\": true}", "a.json");
  EXPECT_EQ(json.dump(), "{\"b\":[1,2.5,null],\"a\":true}");
}

TEST(ParseJson, PassesOverAByteOrderMark) {
  EXPECT_EQ(parse_json("\xef\xbb\xbf{}", "a.json").dump(), "{}");
  EXPECT_EQ(refusal_of("\xef\xbb\xbf{,}"), "a.json:1:2: is no JSON");
}

TEST(ParseJson, SaysWhereATextIsNoJson) {
  EXPECT_EQ(refusal_of("{\"omega\": 1,}"), "a.json:1:13: is no JSON");
  EXPECT_EQ(refusal_of("{\n  \"a\": 01\n}"), "a.json:2:9: is no JSON");
  EXPECT_EQ(refusal_of("[1] 2"), "a.json:1:5: is no JSON");
  EXPECT_EQ(refusal_of("[NaN]"), "a.json:1:2: is no JSON");
  EXPECT_EQ(refusal_of("[\"cut"), "a.json:1:6: is no JSON");
  EXPECT_EQ(refusal_of(""), "a.json:1:1: is no JSON");
}

TEST(ParseJson, RefusesAKeyThatIsGivenTwice) {
  EXPECT_EQ(refusal_of("{\"a\": 1,\n \"b\": 2, \"a\": 3}"), "a.json:2:10: key 'a' is given twice");
  EXPECT_EQ(refusal_of("{\"x\\\"\": {\"a\": 1}, \"x\\\"\": 2}"),
            "a.json:1:19: key 'x\"' is given twice");
  EXPECT_EQ(refusal_of("{\"x\\\\\": 1, \"x\\\\\": 2}"), "a.json:1:12: key 'x\\' is given twice");
  EXPECT_EQ(refusal_of("[{\"a\": 1}, {\"a\": {\"a\": 2}}]"), "no complaint");
}

TEST(ParseJson, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(refusal_of("{\"a\":\n \"\xe4\"}"), "a.json:2:3: byte 0xe4 is no UTF-8 text");
  EXPECT_EQ(refusal_of("\"\xc3\xa4\""), "no complaint");
}

TEST(ParseJson, RefusesDepthAndNumbersWithoutEnd) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(refusal_of(nested(64)), "no complaint");
  EXPECT_EQ(refusal_of(nested(65)), "a.json:1:65: is nested deeper than 64 levels");
  EXPECT_EQ(refusal_of("[1e999]"), "a.json:1:2: is a number out of range");
  EXPECT_EQ(refusal_of("-1e999"), "a.json:1:1: is a number out of range");
}

TEST(ReadJsonFile, NamesTheFile) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(read_json_file(folder.write("a.json", "[1]\n")).dump(), "[1]");
  folder.write("b.json", "[1");
  EXPECT_EQ(testing::complaint([&] { read_json_file(folder.file("b.json")); }),
            folder.file("b.json") + ":1:3: is no JSON");
  EXPECT_EQ(testing::complaint([&] { read_json_file(folder.file("c.json")); }),
            folder.file("c.json") + ": no such file");
}

TEST(JsonText, ReplacesWhatIsNotUtf8) {
  const nlohmann::ordered_json json{{"file", "caf\xe9.csv"}};
  EXPECT_EQ(json_text(json), "{\"file\":\"caf\xef\xbf\xbd.csv\"}");
  EXPECT_EQ(json_text(nlohmann::json{"\xff"}), "[\"\xef\xbf\xbd\"]");
}

TEST(JsonText, IsIndentedWhereAsked) {
  EXPECT_EQ(json_text(nlohmann::ordered_json{{"a", 1}}, 2), "{\n  \"a\": 1\n}");
}

}  // namespace
}  // namespace bitloom
