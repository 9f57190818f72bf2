#include "pipelines/explore/yaml_text.h"

#include <gtest/gtest.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include "base/document.h"
#include "reports/text/text_table.h"

namespace bitloom::pipelines {
namespace {

std::vector<std::string> lines_beyond_80(const std::string& text) {
  std::istringstream lines(text);
  std::vector<std::string> beyond;
  for (std::string line; std::getline(lines, line);)
    if (reports::width_of(line) > 80) beyond.push_back(line);
  return beyond;
}

TEST(YamlText, BreaksLongTextsAtSpacesAndIsReadAsItWas) {
  std::string words;
  for (int i = 0; i < 60; ++i) words += "word" + std::to_string(i) + " ";
  const std::vector<std::string> texts{
      words + "end",
      "  begins with spaces, " + words + "and has  two, \"quotes\" and \\ backslashes \\",
      words + "# is no comment, - no list, : no key: " + words, "\xc3\xa9 " + words + "\xc3\xa9",
      "short"};
  for (const std::string& text : texts) {
    const nlohmann::ordered_json json{{"outer", {{"inner", {{"source", text}, {"value", 3}}}}}};
    const std::string yaml = yaml_text(json);
    EXPECT_EQ(lines_beyond_80(yaml), std::vector<std::string>{});
    const DocumentValue inner = document_of("t.yaml", yaml).at("outer").at("inner");
    EXPECT_EQ(inner.at("source").text(), text) << yaml;
  }
}

TEST(YamlText, BreaksLongLists) {
  std::vector<int> numbers(60, 12345);
  const std::string yaml = yaml_text({{"list", numbers}});
  EXPECT_EQ(lines_beyond_80(yaml), std::vector<std::string>{});
  EXPECT_EQ(document_of("t.yaml", yaml).at("list").items().size(), numbers.size());
}

}  // namespace
}  // namespace bitloom::pipelines
