#include "base/field_reader.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

struct Oven {
  std::int64_t trays = 4;
  double heat_c = 180;
  std::string maker = "unnamed";
  std::int64_t fan_speed = 2;
  bool timer = false;

  void show(FieldVisitor& visitor) {
    visitor.begin_section({"inside", "", "what is in it", true});
    visitor.integer({"trays", "trays", "levels", true}, {1, 9}, trays);
    visitor.real({"heat_c", "C", "temperature"}, {20, 300}, heat_c);
    visitor.end_section();
    visitor.text({"maker", "", "who built it"}, maker);
    visitor.boolean({"timer", "", "whether it has one"}, timer);
    visitor.begin_section({"fan", "", "an optional section"});
    visitor.integer({"speed", "", "steps", true}, {0, 3}, fan_speed);
    visitor.end_section();
  }
};

class FieldReader : public ::testing::Test {
 protected:
  Oven read(const std::string& text) const {
    Oven oven;
    read_fields(load_document(folder_.write("oven.yaml", text)),
                [&](FieldVisitor& visitor) { oven.show(visitor); });
    return oven;
  }
  std::string refusal_of(const std::string& text) const {
    return testing::without(testing::complaint([&] { read(text); }), folder_.path().string() + "/");
  }
  testing::TemporaryFolder folder_;
};

TEST_F(FieldReader, FillsWhatIsGivenAndLeavesTheDefaultsOfTheRest) {
  const Oven given = read("inside: {trays: 2, heat_c: 200.5}\nmaker: Ada\nfan: {speed: 3}\n");
  EXPECT_EQ(given.trays, 2);
  EXPECT_EQ(given.heat_c, 200.5);
  EXPECT_EQ(given.maker, "Ada");
  EXPECT_EQ(given.fan_speed, 3);
  const Oven least = read("inside: {trays: 2}\n");
  EXPECT_EQ(least.heat_c, 180);
  EXPECT_EQ(least.maker, "unnamed");
  EXPECT_EQ(least.fan_speed, 2);
}

TEST_F(FieldReader, ReadsTrueAndFalseAndNothingElseAsBooleans) {
  EXPECT_TRUE(read("inside: {trays: 2}\ntimer: true\n").timer);
  EXPECT_FALSE(read("inside: {trays: 2}\ntimer: false\n").timer);
  EXPECT_EQ(refusal_of("inside: {trays: 2}\ntimer: 1\n"),
            "oven.yaml:2:8: timer: must be true or false, got '1'");
}

TEST_F(FieldReader, NamesAMissingRequiredField) {
  EXPECT_EQ(refusal_of("inside: {heat_c: 100}\n"), "oven.yaml:1:9: inside: key 'trays' is missing");
}

TEST_F(FieldReader, NamesAMissingRequiredSection) {
  EXPECT_EQ(refusal_of("maker: Ada\n"), "oven.yaml:1:1: key 'inside' is missing");
}

TEST_F(FieldReader, RequiresTheFieldsOfAnOptionalSectionOnceItIsGiven) {
  EXPECT_EQ(refusal_of("inside: {trays: 2}\nfan: {}\n"),
            "oven.yaml:2:6: fan: key 'speed' is missing");
}

TEST_F(FieldReader, NamesAnUnknownKeyBeforeTheMissingOneItLeaves) {
  EXPECT_EQ(refusal_of("inside: {trais: 2}\n"),
            "oven.yaml:1:10: inside.trais: unknown key 'trais': did you mean trays? "
            "(known: trays, heat_c)");
  EXPECT_EQ(refusal_of("insid: {trays: 2}\n"),
            "oven.yaml:1:1: insid: unknown key 'insid': did you mean inside? "
            "(known: inside, maker, timer, fan)");
}

TEST_F(FieldReader, RefusesASectionThatIsNoMapping) {
  EXPECT_EQ(refusal_of("inside: 5\n"),
            "oven.yaml:1:9: inside: must be a mapping of trays, heat_c, got '5'");
  EXPECT_EQ(refusal_of("inside:\nmaker: Ada\n"),
            "oven.yaml:1:1: inside: must be a mapping of trays, heat_c, got nothing");
  EXPECT_EQ(refusal_of("inside: {trays: 2}\nfan: [3]\n"),
            "oven.yaml:2:6: fan: must be a mapping of speed, got a list");
}

TEST_F(FieldReader, ChecksRangesAtTheirEdges) {
  EXPECT_EQ(read("inside: {trays: 9, heat_c: 300}\n").trays, 9);
  EXPECT_EQ(refusal_of("inside: {trays: 10}\n"),
            "oven.yaml:1:17: inside.trays: must be in [1, 9], got 10");
  EXPECT_EQ(refusal_of("inside: {trays: 1, heat_c: 300.5}\n"),
            "oven.yaml:1:28: inside.heat_c: must be in [20, 300], got 300.5");
}

TEST_F(FieldReader, RefusesADocumentThatIsNoMapping) {
  EXPECT_EQ(refusal_of("[1]"),
            "oven.yaml:1:1: must be a mapping of inside, maker, timer, fan, got a list");
}

}  // namespace
}  // namespace bitloom
