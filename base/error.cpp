#include "base/error.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.h"

namespace bitloom {
namespace {

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  std::transform(small.begin(), small.end(), small.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return small;
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`
/// (optimal string alignment, Damerau 1964).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

UserError::UserError(const std::string& message, Kind kind)
    : std::runtime_error(on_one_line(message)), kind_(kind) {}

UserError UserError::in_file(const std::string& path) const {
  std::string text = what();
  const std::string network = fmt::format("network {}: ", path.substr(path.rfind('/') + 1));
  if (text.starts_with(network)) text.erase(0, network.size());  // which is named by its file
  return path.empty() || text.starts_with(path + ":") ? *this : with_text(path + ": " + text);
}

UserError unsupported(const std::string& message) {
  return UserError(message, UserError::Kind::kUnsupported);
}

void ensure(bool holds, const char* what) {
  if (!holds) throw InternalError(what);
}

std::vector<std::string> nearest_names(std::string_view given,
                                       const std::vector<std::string>& known) {
  constexpr std::size_t kMostOffered = 3;
  std::vector<std::pair<std::size_t, std::string>> near;
  const std::string wanted = in_small_letters(given);
  for (const std::string& name : known) {
    const std::string letters = in_small_letters(name);
    const std::size_t distance = edit_distance(wanted, letters);
    const bool contains = wanted.size() >= 3 && letters.find(wanted) != std::string::npos;
    if (contains || distance <= std::max<std::size_t>(1, name.size() / 3))
      near.emplace_back(distance, name);
  }
  std::stable_sort(near.begin(), near.end(),
                   [](const auto& x, const auto& y) { return x.first < y.first; });
  std::vector<std::string> names;
  for (const auto& [distance, name] : near)
    if (names.size() < kMostOffered) names.push_back(name);
  return names;
}

UserError unknown_name(std::string_view kind, std::string_view given,
                       const std::vector<std::string>& known) {
  const std::vector<std::string> near = nearest_names(given, known);
  const std::string hint =
      near.empty() ? "" : fmt::format(": did you mean {}?", fmt::join(near, ", "));
  return UserError(fmt::format("unknown {} '{}'{} (known: {})", kind, excerpt(given), hint,
                               fmt::join(known, ", ")));
}

}  // namespace bitloom
