#include "reports/text/short_names.h"

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <set>

namespace bitloom::reports {
namespace {

constexpr std::string_view kMark = "…";

/// Whether a byte goes on with a character that an earlier one began.
bool goes_on(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// The byte at which character `index` of `text` begins; the text's size behind the last.
std::size_t start_of(const std::string& text, std::size_t index) {
  std::size_t at = 0, begun = 0;
  for (; at < text.size(); ++at)
    if (!goes_on(text[at]) && begun++ == index) break;
  return at;
}

/// The first `head` and the last `tail` characters.
std::string ends_of(const std::string& text, std::size_t head, std::size_t tail) {
  const std::size_t characters = width_of(text);
  if (characters <= head + 1 + tail) return text;
  return text.substr(0, start_of(text, head)) + std::string(kMark) +
         text.substr(start_of(text, characters - tail));
}

bool is_letter(char byte) { return std::isalpha(static_cast<unsigned char>(byte)) != 0; }
bool is_separator(char byte) { return byte == '.' || byte == '/' || byte == '_'; }

/// Words of so few letters stay.
constexpr std::size_t kShortWord = 2;

/// `text` without its first word but for `kept` letters; a word's mark takes the separators between
/// it and an earlier mark. As it is where no word can go.
std::string without_a_word(const std::string& text, std::size_t kept) {
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end - begin > std::max(kept + 1, kShortWord)) {
      std::string before = text.substr(0, begin + kept);
      std::string_view after = std::string_view(text).substr(end);
      std::size_t bare = before.size();
      while (kept == 0 && bare > 0 && is_separator(before[bare - 1])) --bare;
      if (std::string_view(before).substr(0, bare).ends_with(kMark))
        before.resize(bare - kMark.size());
      if (before.empty())
        while (!after.empty() && is_separator(after.front())) after.remove_prefix(1);
      return before + std::string(kMark) + std::string(after);
    }
    begin = std::max(end, begin + 1);
  }
  return text;
}

/// Words go from the first on, until the rest fits or none is left.
std::string without_words(std::string text, std::size_t width, std::size_t kept) {
  while (width_of(text) > width) {
    std::string less = without_a_word(text, kept);
    if (less == text) break;
    text = std::move(less);
  }
  return text;
}

/// `text` with one letter alone of its word `index`; as it is where it has no such word.
std::string with_letter_of_word(const std::string& text, std::size_t index) {
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end - begin > kShortWord && index-- == 0)
      return text.substr(0, begin + 1) + std::string(kMark) + text.substr(end);
    begin = std::max(end, begin + 1);
  }
  return text;
}

using Forms = std::map<std::string, std::string>;  // by name

/// Forms of names that would share one: each without words but for a letter of the same one.
Forms forms_by_a_letter(const std::set<std::string>& names, std::size_t width,
                        const std::set<std::string>& taken) {
  constexpr std::size_t kMostWords = 6;
  for (std::size_t word = 0; word < kMostWords; ++word) {
    Forms forms;
    std::set<std::string> different;
    for (const std::string& name : names) {
      const std::string form = without_words(with_letter_of_word(name, word), width, 0);
      if (width_of(form) > width || taken.count(form) || !different.insert(form).second) break;
      forms[name] = form;
    }
    if (forms.size() == names.size()) return forms;
  }
  return {};
}

/// Without words, with a letter of one where names would share a form; none where that is not
/// enough.
std::vector<std::string> forms_without_words(const std::vector<std::string>& names,
                                             std::size_t width) {
  std::map<std::string, std::set<std::string>> sharing;
  for (const std::string& name : names) sharing[without_words(name, width, 0)].insert(name);
  std::set<std::string> taken;
  for (const auto& [form, of] : sharing) taken.insert(form);
  Forms forms;
  for (const auto& [form, of] : sharing) {
    if (of.size() == 1 && width_of(form) <= width) {
      forms[*of.begin()] = form;
      continue;
    }
    const Forms told = forms_by_a_letter(of, width, taken);
    if (told.empty()) return {};
    for (const auto& [name, own] : told) taken.insert(own);
    forms.insert(told.begin(), told.end());
  }
  std::vector<std::string> found;
  for (const std::string& name : names) found.push_back(forms.at(name));
  return found;
}

/// The forms that `cut` gives, or none where one is too wide or two names have the same.
std::vector<std::string> forms_apart(const std::vector<std::string>& names, std::size_t width,
                                     const std::function<std::string(const std::string&)>& cut) {
  std::vector<std::string> forms;
  const std::set<std::string> different(names.begin(), names.end());
  std::set<std::string> different_forms;
  for (const std::string& name : names) {
    forms.push_back(width_of(name) <= width ? name : cut(name));
    if (width_of(forms.back()) > width) return {};
    different_forms.insert(forms.back());
  }
  return different_forms.size() == different.size() ? forms : std::vector<std::string>();
}

/// Of exactly this width, in the order of what reads best; none where all forms lose a difference.
std::vector<std::string> forms_within(const std::vector<std::string>& names, std::size_t width) {
  const auto by_ends = [&](std::size_t head) {
    return forms_apart(names, width, [=](const std::string& name) {
      return ends_of(name, head, width - 1 - head);
    });
  };
  const auto by_words = [&](std::size_t kept) {
    return forms_apart(names, width,
                       [=](const std::string& name) { return without_words(name, width, kept); });
  };
  const std::size_t middle = width / 2;
  if (auto forms = by_ends(middle); !forms.empty()) return forms;
  if (auto forms = forms_without_words(names, width); !forms.empty()) return forms;
  for (std::size_t kept = 1; kept < 3; ++kept)
    if (auto forms = by_words(kept); !forms.empty()) return forms;
  for (std::size_t head = 1; head + 1 < width; ++head)
    if (auto forms = by_ends(head); !forms.empty()) return forms;
  return {};
}

}  // namespace

std::size_t width_of(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), goes_on));
}

std::string shortened(const std::string& text, std::size_t width) {
  if (width < 3) return text;
  return width_of(text) <= width ? text : ends_of(text, width / 2, width - 1 - width / 2);
}

std::vector<std::string> shortened_apart(const std::vector<std::string>& names, std::size_t width) {
  std::size_t widest = 0;
  for (const std::string& name : names) widest = std::max(widest, width_of(name));
  for (std::size_t w = std::max<std::size_t>(width, 3); w < widest; ++w)
    if (auto forms = forms_within(names, w); !forms.empty()) return forms;
  return names;
}

}  // namespace bitloom::reports
