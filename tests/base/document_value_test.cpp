// Values of a document: what each reader takes, and its exact complaint.
#include <gtest/gtest.h>

#include "base/document.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::complaint;

class DocumentValues : public ::testing::Test {
 protected:
  DocumentValue read(std::string_view text) const {
    return load_document(folder_.write("a.yaml", text));
  }
  DocumentValue a(const std::string& value) const { return read("a: " + value + "\n").at("a"); }
  template <class Read>
  std::string refusal(Read read) const {
    return testing::without(complaint(read), folder_.path().string() + "/");
  }
  std::string integer_refusal(const std::string& value) const {
    return refusal([&] { a(value).integer(1, 1024); });
  }
  std::string real_refusal(const std::string& value) const {
    return refusal([&] { a(value).real(0.5, 1024); });
  }
  testing::TemporaryFolder folder_;
};

TEST_F(DocumentValues, AnIntegerIsPlainDecimalDigits) {
  EXPECT_EQ(a("1").integer(1, 1024), 1);
  EXPECT_EQ(a("1024").integer(1, 1024), 1024);
  EXPECT_EQ(a("-3").integer(-3, 0), -3);
  EXPECT_EQ(a("0").integer(0, 0), 0);
  EXPECT_EQ(a("4.0").integer(1, 8), 4) << "as programs write it that know only real numbers";
  for (const char* text :
       {"012", "0x10", "1e3", "1.5", "1.", "+5", "1_000", "1,0", "ten", "--1", "0b1"})
    EXPECT_EQ(integer_refusal(text),
              "a.yaml:1:4: a: must be a whole number, got '" + std::string(text) + "'");
}

TEST_F(DocumentValues, AnIntegerIsNotQuotedNullOrAList) {
  EXPECT_EQ(integer_refusal("\"5\""), "a.yaml:1:4: a: must be a whole number, got the text \"5\"");
  EXPECT_EQ(integer_refusal("'5'"), "a.yaml:1:4: a: must be a whole number, got the text \"5\"");
  EXPECT_EQ(integer_refusal(""), "a.yaml:1:1: a: must be a whole number, got nothing");
  EXPECT_EQ(integer_refusal("~"), "a.yaml:1:1: a: must be a whole number, got nothing");
  EXPECT_EQ(integer_refusal("null"), "a.yaml:1:1: a: must be a whole number, got nothing");
  EXPECT_EQ(integer_refusal("[5]"), "a.yaml:1:4: a: must be a whole number, got a list");
  EXPECT_EQ(integer_refusal("{b: 5}"), "a.yaml:1:4: a: must be a whole number, got a mapping");
  EXPECT_EQ(integer_refusal("true"), "a.yaml:1:4: a: must be a whole number, got 'true'");
}

TEST_F(DocumentValues, AnIntegerLiesInItsRange) {
  for (const char* text : {"0", "1025", "-1", "99999999999999999999999", "-9223372036854775809"})
    EXPECT_EQ(integer_refusal(text),
              "a.yaml:1:4: a: must be in [1, 1024], got " + std::string(text));
}

TEST_F(DocumentValues, ARealIsAFiniteDecimalNumber) {
  EXPECT_EQ(a("0.5").real(0.5, 1024), 0.5);
  EXPECT_EQ(a("1e3").real(0.5, 1024), 1000);
  EXPECT_EQ(a("2").real(0.5, 1024), 2);
  for (const char* text : {"nan", ".nan", "inf", "-.inf", "Infinity", "0x10", "00.5", "1.0.0", "x"})
    EXPECT_EQ(real_refusal(text),
              "a.yaml:1:4: a: must be a number, got '" + std::string(text) + "'");
  EXPECT_EQ(real_refusal("1e999"), "a.yaml:1:4: a: must be a number, got '1e999'");
  EXPECT_EQ(real_refusal("\"1\""), "a.yaml:1:4: a: must be a number, got the text \"1\"");
  EXPECT_EQ(real_refusal("[1]"), "a.yaml:1:4: a: must be a number, got a list");
}

TEST_F(DocumentValues, ARealLiesInItsRange) {
  EXPECT_EQ(real_refusal("0.49"), "a.yaml:1:4: a: must be in [0.5, 1024], got 0.49");
  EXPECT_EQ(real_refusal("-1"), "a.yaml:1:4: a: must be in [0.5, 1024], got -1");
}

TEST_F(DocumentValues, ATextIsOneLine) {
  EXPECT_EQ(a("plain words").text(), "plain words");
  EXPECT_EQ(a("\"quoted: words\"").text(), "quoted: words");
  EXPECT_EQ(a("'it''s'").text(), "it's");
  EXPECT_EQ(a("\"folded\n  words\"").text(), "folded words");
  EXPECT_EQ(a(">-\n  folded\n  words").text(), "folded words");
  EXPECT_EQ(a("5").text(), "5");
  const auto text_refusal = [&](const std::string& value) {
    return refusal([&] { a(value).text(); });
  };
  EXPECT_EQ(text_refusal("\"\""), "a.yaml:1:4: a: must be a text, got the text \"\"");
  EXPECT_EQ(text_refusal("\"  \""), "a.yaml:1:4: a: must be a text, got the text \"  \"");
  EXPECT_EQ(text_refusal(""), "a.yaml:1:1: a: must be a text, got nothing");
  EXPECT_EQ(text_refusal("[x]"), "a.yaml:1:4: a: must be a text, got a list");
  for (const char* value : {"|\n  words", "\"words\\n\"", "\"words\\x1b\"", "\"words\\t\""})
    EXPECT_EQ(text_refusal(value),
              "a.yaml:1:4: a: must be a text on one line without control characters, got the text "
              "\"words \"");
}

TEST_F(DocumentValues, ABooleanIsTrueOrFalse) {
  EXPECT_TRUE(a("true").boolean());
  EXPECT_FALSE(a("false").boolean());
  for (const char* text : {"yes", "True", "1", "on"})
    EXPECT_EQ(refusal([&] { a(text).boolean(); }),
              "a.yaml:1:4: a: must be true or false, got '" + std::string(text) + "'");
}

TEST_F(DocumentValues, AChoiceOffersTheNearestName) {
  EXPECT_EQ(a("bismo").one_of("family", {"bismo"}), "bismo");
  EXPECT_EQ(refusal([&] { a("bimso").one_of("family", {"bismo"}); }),
            "a.yaml:1:4: a: unknown family 'bimso': did you mean bismo? (known: bismo)");
}

TEST_F(DocumentValues, ALongValueIsQuotedInPart) {
  EXPECT_EQ(integer_refusal(std::string(100'000, 'x')),
            "a.yaml:1:4: a: must be a whole number, got '" + std::string(40, 'x') + "...'");
}

TEST_F(DocumentValues, AListIsNoMappingNorTheReverse) {
  EXPECT_EQ(refusal([&] { a("[1]").entries(); }),
            "a.yaml:1:4: a: must be a mapping (key: value), got a list");
  EXPECT_EQ(refusal([&] { a("[1]").at("b"); }),
            "a.yaml:1:4: a: must be a mapping (key: value), got a list");
  EXPECT_EQ(refusal([&] { a("[1]").allow_only({}); }),
            "a.yaml:1:4: a: must be a mapping (key: value), got a list");
  EXPECT_EQ(refusal([&] { a("{b: 1}").items(); }), "a.yaml:1:4: a: must be a list, got a mapping");
  EXPECT_EQ(refusal([&] { read("5").at("b"); }),
            "a.yaml:1:1: must be a mapping (key: value), got '5'");
}

TEST_F(DocumentValues, AMissingKeyIsNamedAtItsMapping) {
  EXPECT_EQ(refusal([&] { read("a:\n  b: 1\n").at("a").at("c"); }),
            "a.yaml:2:3: a: key 'c' is missing");
}

TEST_F(DocumentValues, AnUnknownKeyIsNamedWhereItStands) {
  EXPECT_EQ(refusal([&] {
              read("a:\n  dm: 1\n  dkk:\n    x: 1\n").at("a").allow_only({"dm", "dk"});
            }),
            "a.yaml:3:3: a.dkk: unknown key 'dkk': did you mean dk? (known: dm, dk)");
}

TEST_F(DocumentValues, APlaceInListsIsSpelledWithItsIndex) {
  EXPECT_EQ(refusal([&] { read("[[1, 2],\n [3, x]]").items()[1].items()[1].integer(0, 9); }),
            "a.yaml:2:6: [1][1]: must be a whole number, got 'x'");
  EXPECT_EQ(refusal([&] { read("a: [{b: x}]").at("a").items()[0].at("b").integer(0, 9); }),
            "a.yaml:1:9: a[0].b: must be a whole number, got 'x'");
}

TEST_F(DocumentValues, LineEndsAndMarksOfWindowsChangeNothing) {
  const DocumentValue value = read(
      "\xef\xbb\xbf"
      "a: 1\r\nb: x\r\n");
  EXPECT_EQ(value.at("a").integer(0, 9), 1);
  EXPECT_EQ(value.at("b").text(), "x");
  EXPECT_EQ(refusal([&] { value.at("b").integer(0, 9); }),
            "a.yaml:2:4: b: must be a whole number, got 'x'");
}

TEST_F(DocumentValues, EntriesComeInFileOrder) {
  std::string keys;
  for (const auto& entry : read("{\"z\": 1, \"a\": 2, \"m\": 3}").entries()) keys += entry.key;
  EXPECT_EQ(keys, "zam");
}

TEST_F(DocumentValues, AnAliasIsTheValueThatItNames) {
  EXPECT_EQ(read("a: &x {b: 5}\nc: *x\n").at("c").at("b").integer(0, 9), 5);
}

}  // namespace
}  // namespace bitloom
