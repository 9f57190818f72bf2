// Links to headings of pages: GitHub and the site name them alike.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include "tests/house/source_tree.h"

namespace bitloom {
namespace {

using testing::SourceFile;
using testing::SourceLine;

/// `## Table of layers, by \`name\`` as `table-of-layers-by-name`.
std::string place_of(const std::string& heading) {
  static const std::regex link(R"(\[([^\]]*)\]\([^)]*\))");
  std::string place;
  for (const char c : std::regex_replace(heading, link, "$1")) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') place += '-';
    if (std::isalnum(byte) || c == '-' || c == '_' || byte >= 0x80)
      place += static_cast<char>(std::tolower(byte));
  }
  return place;
}

/// The places of a page that links may name. Of equal headings the later ones have a number.
std::set<std::string> places_of(const SourceFile& page) {
  std::set<std::string> places;
  std::map<std::string, int> seen;
  bool is_output = false;
  for (const SourceLine& line : page.lines) {
    if (line.text.starts_with("```")) is_output = !is_output;
    const std::size_t begin = line.text.find_first_not_of('#');
    if (is_output || begin == 0 || begin == std::string::npos || line.text[begin] != ' ') continue;
    const std::string place = place_of(line.text.substr(begin + 1));
    const int earlier = seen[place]++;
    places.insert(earlier == 0 ? place : place + "-" + std::to_string(earlier));
  }
  return places;
}

TEST(Pages, PointAtHeadingsThatAreThere) {
  std::map<std::string, std::set<std::string>> places;
  const std::vector<SourceFile> pages = testing::source_files("", {".md"});
  for (const SourceFile& page : pages) places[page.path] = places_of(page);
  const std::regex link(R"(\]\(([^)#\s]*)#([^)\s]+)\))");
  int links = 0;
  for (const SourceFile& page : pages)
    for (std::sregex_iterator at(page.text.begin(), page.text.end(), link), end; at != end; ++at) {
      const std::string target = (*at)[1], place = (*at)[2];
      if (target.find("://") != std::string::npos) continue;
      const auto folder = std::filesystem::path(page.path).parent_path();
      const std::string path =
          target.empty() ? page.path : (folder / target).lexically_normal().string();
      EXPECT_TRUE(places[path].count(place) == 1)
          << page.path << ": points at " << target << "#" << place << ": no such heading";
      ++links;
    }
  EXPECT_GT(links, 0);
}

TEST(Headings, AreNamedAsOnGitHub) {
  const SourceFile page{"a.md",
                        "",
                        {{1, "# A page"},
                         {2, "## `--bits`, and [how](b.md)"},
                         {3, "```"},
                         {4, "# no heading"},
                         {5, "```"},
                         {6, "### A page"},
                         {7, "#none"}}};
  EXPECT_EQ(places_of(page), (std::set<std::string>{"a-page", "--bits-and-how", "a-page-1"}));
}

}  // namespace
}  // namespace bitloom
