#include "reports/text/short_names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "models/graph/layer_shape.h"
#include "models/graph/zoo/zoo.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

using Names = std::vector<std::string>;

TEST(ShortenedApart, LeavesNamesThatFit) {
  EXPECT_EQ(shortened_apart({"conv1", "fc"}, 5), (Names{"conv1", "fc"}));
  EXPECT_EQ(shortened_apart({}, 5), Names());
}

TEST(ShortenedApart, CutsMiddlesWhereTheEndsTellNamesApart) {
  EXPECT_EQ(shortened_apart({"features.17.conv", "total"}, 11), (Names{"featu….conv", "total"}));
}

TEST(ShortenedApart, ElseLeavesOutWordsFromTheFirstOn) {
  EXPECT_EQ(shortened_apart({"layer1.0.conv1", "layer1.1.conv1"}, 12),
            (Names{"…1.0.conv1", "…1.1.conv1"}));
  EXPECT_EQ(shortened_apart({"features.denseblock1.denselayer1.conv2",
                             "features.denseblock1.denselayer2.conv2", "features.transition1.conv"},
                            13),
            (Names{"…1.…1.conv2", "…1.…2.conv2", "…1.conv"}));
}

TEST(ShortenedApart, KeepsLettersOfWordsThatDiffer) {
  const Names names{"head.class_head.conv.0.0", "head.regression_head.conv.0.0"};
  const Names forms = shortened_apart(names, 16);
  EXPECT_NE(forms[0], forms[1]);
  for (const std::string& form : forms) EXPECT_LE(width_of(form), 16U) << form;
}

TEST(ShortenedApart, WidensWhereNothingElseTellsNamesApart) {
  const Names names{"1234567890", "1234067890", "1234560890", "0234567890"};
  const Names forms = shortened_apart(names, 3);
  EXPECT_EQ(std::set<std::string>(forms.begin(), forms.end()).size(), 4U);
}

/// At every width that a table may have left for names.
TEST(ShortenedApart, TellsLayersOfAllNetworksApart) {
  for (const graph::ZooEntry& entry : graph::zoo()) {
    Names names;
    for (const graph::LayerShape& layer : graph::layers_of(graph::make_network(entry.name)))
      names.push_back(layer.name);
    const std::size_t different = std::set<std::string>(names.begin(), names.end()).size();
    for (std::size_t width = 12; width <= 40; ++width) {
      const Names forms = shortened_apart(names, width);
      EXPECT_EQ(std::set<std::string>(forms.begin(), forms.end()).size(), different)
          << entry.name << " at " << width;
      for (const std::string& form : forms)
        EXPECT_LE(width_of(form), std::max<std::size_t>(width, 14)) << entry.name;
    }
  }
}

TEST(TextTables, ShortenTheirFirstColumnApart) {
  TextTable table({{"layer", Align::kLeft}, {"cycles"}});
  table.add_row({"layer1.0.conv1", "12"});
  table.add_row({"layer1.1.conv1", "13"});
  EXPECT_EQ(table.text(19),
            "layer        cycles\n"
            "-------------------\n"
            "…1.0.conv1       12\n"
            "…1.1.conv1       13\n");
}

TEST(TextTables, KeepNamesToTypeWhole) {
  TextTable table({{"name", Align::kLeft}, {"what"}}, Narrow::kWhole);
  table.add_row({"adabits-centred", "1"});
  EXPECT_NE(table.text(10).find("adabits-centred"), std::string::npos);
}

}  // namespace
}  // namespace bitloom::reports
