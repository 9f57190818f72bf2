// Names of files and of layers, and what is wrong of them, in one line.
#include <gtest/gtest.h>

#include "tests/policies/target.h"
#include "tests/support/complaint.h"

namespace bitloom {
namespace {

using policies::parse_rename;
using testing::complaint;
using testing::ZooTarget;

/// A file of HAWQ's with these lines in its only configuration.
std::string hawq(const std::string& lines) {
  return "bit_config_dict = {\n'mine': {\n" + lines + "}}\n";
}

class Names : public ::testing::Test {
 protected:
  std::string refused(const std::string& text, const policies::Reading& reading = {}) const {
    return complaint([&] { zoo_.read("b.py", text, reading); });
  }
  /// The lines of every layer, with one of them replaced.
  std::string all_but(const std::string& line, const std::string& instead) const {
    std::string text = policies::format_named("hawq").write(zoo_.uniform(4, 4), zoo_.target(), {});
    const std::size_t at = text.find(line);
    EXPECT_NE(at, std::string::npos);
    return text.replace(at, line.size(), instead);
  }
  const ZooTarget zoo_{"resnet20"};
};

TEST_F(Names, ThatAreNoLayersAreListedWithTheLayersThatAreMissing) {
  EXPECT_EQ(refused(all_but("stage1.unit2.quant_convbn1", "stage1.unit9.quant_convbn1")),
            "b.py: no layers of resnet20: 'layer1.8.conv1' (--rename OLD=NEW maps names); no "
            "weight bits of layers 'layer1.1.conv1'");
  EXPECT_EQ(refused(all_but("'quant_output'", "'fd'"), {.renames = {{"fd", "linear"}}}),
            "no complaint");
  EXPECT_EQ(refused(all_but("'quant_output'", "'net.fd.q'"), {.renames = {{"net.*.q", "*"}}}),
            "b.py: no layers of resnet20: 'net.fd.q' (--rename OLD=NEW maps names); no weight bits "
            "of layers 'linear'");
  EXPECT_EQ(refused(all_but("'quant_output'", "'net.linear.q'"), {.renames = {{"net.*.q", "*"}}}),
            "no complaint");
  EXPECT_EQ(refused(all_but("'quant_output'", "'module.linear'")), "no complaint");
}

TEST_F(Names, AreRenamedByPatterns) {
  EXPECT_EQ(complaint([] { parse_rename("--rename", "a"); }), "--rename 'a': must be OLD=NEW");
  EXPECT_EQ(complaint([] { parse_rename("--rename", "=b"); }), "--rename '=b': must be OLD=NEW");
  EXPECT_EQ(complaint([] { parse_rename("--rename", "a*=*.*"); }),
            "--rename 'a*=*.*': NEW has more * than OLD");
}

TEST_F(Names, AndBitsAreWhatHawqsFilesSay) {
  EXPECT_EQ(refused(all_but("'quant_output': 4", "'quant_output': (4, 'hook')")), "no complaint");
  EXPECT_EQ(refused(all_but("'quant_output': 4", "'quant_output': 17")),
            "b.py:52:9: 'quant_output': must be in [1, 16], got 17");
  EXPECT_EQ(refused(all_but("'quant_output': 4", "'quant_input': 4")),
            "b.py:52:9: 'quant_input' is given twice");
  EXPECT_EQ(refused(all_but("'quant_output': 4", "'quant_output': {}")),
            "b.py:52:9: 'quant_output' must be a number of bits");
  EXPECT_EQ(refused("a = {'x': {'y': 1}, 'z': {}}"),
            "b.py: has 2 configurations; --entry NAME chooses one: 'x', 'z'");
  EXPECT_EQ(refused("a = {'x': {'y': 1}, 'z': {}}", {.entry = "w"}),
            "--entry: unknown configuration 'w': did you mean x, z? (known: x, z)");
  EXPECT_EQ(refused("a = {}"), "b.py: has no bits");
}

TEST_F(Names, AndNothingOfAFileIsRun) {
  EXPECT_EQ(refused("import os\n"),
            "b.py:1:8: the file must be NAME = {...} alone, of which nothing is run, got 'os'");
  EXPECT_EQ(refused(hawq("'a': f(1)")),
            "b.py:3:6: must be a whole number, a dict, or a tuple such as (8, 'hook'), got "
            "'f(1)}}'");
  EXPECT_EQ(refused(hawq("'a': 1\n'b': 2")),
            "b.py:4:1: must be a comma or a closing brace, got ''b': 2}}'");
  EXPECT_EQ(refused(hawq("a: 1")), "b.py:3:1: must be a text in quotes, got 'a: 1}}'");
  EXPECT_EQ(refused(hawq("'a")),
            "b.py:3:1: must be a text that ends on its line, without a backslash, got ''a}}'");
  EXPECT_EQ(refused(hawq("") + "x = 1"), "b.py:4:1: must be nothing behind the dict, got 'x = 1'");
  EXPECT_EQ(refused("a = "), "b.py:1:5: must be a dict, {...}, got the end");
}

TEST_F(Names, OfEncodingsAreChecked) {
  const std::string good = testing::aimet_061(zoo_, zoo_.uniform(4, 4));
  const auto changed = [&](const std::string& what, const std::string& by) {
    std::string text = good;
    text.replace(text.find(what), what.size(), by);
    return refused(text);
  };
  EXPECT_EQ(changed("\"0.6.1\"", "\"2.0.0\""), "b.py: version: must be 0.6.1 or 1.0.0, got 2.0.0");
  EXPECT_EQ(changed("\"int\"", "\"float\""),
            "b.py: activation_encodings.conv1.input.0.dtype: must be int, got float");
  EXPECT_EQ(changed("linear.weight", "lin.weight"),
            "b.py: no layers of resnet20: 'lin', 'bn1' (--rename OLD=NEW maps names); no weight "
            "bits of layers 'linear'");
  EXPECT_EQ(changed("\"conv1.weight\": [{\"bitwidth\": 4", "\"conv1.weight\": [{\"bitwidth\": 5"),
            "b.py: param_encodings.conv1.weight[1]: channels of a layer must have the same bits, "
            "got 5 and 4");
}

}  // namespace
}  // namespace bitloom
