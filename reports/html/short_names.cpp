#include "reports/html/short_names.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace bitloom::reports {
namespace {

constexpr std::size_t kMost = 28;
constexpr const char* kLeftOut = "…";

bool begins_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

/// The first and the last characters of a name.
std::string first_of(const std::string& name, std::size_t count) {
  std::size_t end = 0;
  for (std::size_t seen = 0; end < name.size(); ++end)
    if (begins_character(name[end]) && seen++ == count) break;
  return name.substr(0, end);
}
std::string last_of(const std::string& name, std::size_t count) {
  const std::size_t all = characters(name);
  return all <= count ? name : name.substr(first_of(name, all - count).size());
}

std::string cut_in_the_middle(const std::string& name) {
  constexpr std::size_t kHalf = (kMost - 1) / 2;
  return characters(name) <= kMost ? name : first_of(name, kHalf) + kLeftOut + last_of(name, kHalf);
}

/// Where two names differ first.
std::size_t common_characters(const std::string& a, const std::string& b) {
  const auto place = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  return characters(first_of(a, characters(std::string(a.begin(), place))));
}

bool is_one_of_several(const std::vector<std::string>& texts, const std::string& text) {
  return std::count(texts.begin(), texts.end(), text) > 1;
}

/// The names that were cut to one text, cut from where they begin to differ.
void cut_what_they_share(const std::vector<std::string>& names, std::vector<std::string>& cut) {
  const std::vector<std::string> before = cut;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::size_t shared = characters(names[i]);
    for (std::size_t j = 0; j < names.size(); ++j)
      if (names[j] != names[i] && before[j] == before[i])
        shared = std::min(shared, common_characters(names[i], names[j]));
    if (!is_one_of_several(before, before[i]) || shared == characters(names[i])) continue;
    const std::string rest = last_of(names[i], characters(names[i]) - shared);
    cut[i] = kLeftOut + (characters(rest) < kMost ? rest : first_of(rest, kMost - 2) + kLeftOut);
  }
}

}  // namespace

std::vector<std::string> short_names(const std::vector<std::string>& names) {
  std::vector<std::string> cut;
  for (const std::string& name : names) cut.push_back(cut_in_the_middle(name));
  cut_what_they_share(names, cut);
  for (std::size_t i = 0; i < cut.size(); ++i)
    if (is_one_of_several(cut, cut[i])) cut[i] = fmt::format("{} ({})", cut[i], i + 1);
  return cut;
}

}  // namespace bitloom::reports
