#include "base/json_value.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

JsonValue parsed(const std::string& text) { return JsonValue::parse(text, "run.json"); }

template <class Action>
std::string refusal_of(const std::string& text, Action action) {
  return testing::complaint([&] { action(parsed(text)); });
}

TEST(JsonValue, GivesItsPartsAfterTheWholeIsGone) {
  const JsonValue bits = parsed("{\"layers\": [{\"bits\": 4}]}").at("layers").items()[0].at("bits");
  EXPECT_EQ(bits.integer(), 4);
  EXPECT_EQ(testing::complaint([&] { bits.text(); }),
            "run.json: layers[0].bits: must be text, got 4");
}

TEST(JsonValue, NamesThePlaceOfAMissingMember) {
  EXPECT_EQ(refusal_of("{}", [](auto v) { v.at("layers"); }), "run.json: has no 'layers'");
  EXPECT_EQ(refusal_of("{\"a\": {}}", [](auto v) { v.at("a").at("b"); }),
            "run.json: a: has no 'b'");
  EXPECT_EQ(refusal_of("[]", [](auto v) { v.at("a"); }), "run.json: must be an object, got []");
}

TEST(JsonValue, TakesNullForMissingWhereItLooks) {
  EXPECT_FALSE(parsed("{\"a\": null}").find("a"));
  EXPECT_FALSE(parsed("{}").number_at("a"));
  EXPECT_EQ(parsed("{}").text_or("a", "b"), "b");
  EXPECT_EQ(parsed(R"({"a": "x\ty\n"})").text_or("a"), "x y ");
  EXPECT_EQ(parsed("{\"a\": 3}").integer_at("a"), 3);
}

TEST(JsonValue, KeepsTheOrderOfMembers) {
  const auto members = parsed("{\"b\": 1, \"a\": 2}").members();
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].first, "b");
  EXPECT_EQ(members[1].second.integer(), 2);
}

TEST(JsonValue, RefusesAnotherType) {
  EXPECT_EQ(refusal_of("\"x\"", [](auto v) { v.number(); }),
            "run.json: must be a number, got \"x\"");
  EXPECT_EQ(refusal_of("1.5", [](auto v) { v.integer(); }),
            "run.json: must be a whole number, got 1.5");
  EXPECT_EQ(refusal_of("1", [](auto v) { v.boolean(); }), "run.json: must be true or false, got 1");
  EXPECT_EQ(refusal_of("{}", [](auto v) { v.items(); }), "run.json: must be a list, got {}");
  EXPECT_EQ(refusal_of("\"a\\nb\"", [](auto v) { v.text(); }),
            "run.json: must be text on one line, got \"a\\nb\"");
  EXPECT_EQ(parsed("\"a\\nb\"").any_text(), "a\nb");
}

TEST(JsonValue, KeepsNumbersInTheirRange) {
  EXPECT_EQ(parsed("16").integer(1, 16), 16);
  EXPECT_EQ(refusal_of("17", [](auto v) { v.integer(1, 16); }),
            "run.json: must be in [1, 16], got 17");
  EXPECT_EQ(refusal_of("18446744073709551615", [](auto v) { v.integer(0, INT64_MAX); }),
            "run.json: must be in [0, 9223372036854775807], got 18446744073709551615");
  EXPECT_EQ(refusal_of("-0.5", [](auto v) { v.number(0, 1); }),
            "run.json: must be in [0, 1], got -0.5");
}

TEST(JsonValue, OffersTheNearestName) {
  EXPECT_EQ(refusal_of("\"tracee\"",
                       [](auto v) {
                         v.one_of("method", {"trace", "mse"});
                       }),
            "run.json: unknown method 'tracee': did you mean trace? (known: trace, mse)");
  EXPECT_EQ(refusal_of("{\"a\": 1, \"bits_\": 2}",
                       [](auto v) {
                         v.allow_only({"a", "bits"});
                       }),
            "run.json: unknown key 'bits_': did you mean bits? (known: a, bits)");
}

TEST(JsonValue, QuotesTextThatIsNotUtf8Harmlessly) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.write("a.json", "{\"a\": \"\xff\"}");
  EXPECT_EQ(testing::complaint([&] { JsonValue::load(path); }),
            path + ":1:8: byte 0xff is no UTF-8 text");
}

}  // namespace
}  // namespace bitloom
