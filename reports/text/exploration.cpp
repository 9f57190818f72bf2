#include "reports/text/exploration.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/cost_names.h"
#include "reports/technology.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

/// Four digits at least, and no fraction of a large number.
std::string figure(double value) {
  constexpr double kLarge = 1000;
  if (std::isnan(value)) return "-";
  const bool is_whole = value == std::floor(value) && std::abs(value) < 1e15;
  return is_whole || std::abs(value) >= kLarge ? fmt::format("{:.0f}", value)
                                               : fmt::format("{:.4g}", value);
}

/// The knobs that differ along the front.
std::vector<std::size_t> varying(const Exploration& result) {
  std::vector<std::size_t> knobs;
  for (std::size_t knob = 0; knob < result.knobs.size(); ++knob) {
    const auto differs = [&](const ExploredPoint& point) {
      return point.values[knob] != result.front.front().values[knob];
    };
    if (std::any_of(result.front.begin(), result.front.end(), differs)) knobs.push_back(knob);
  }
  return knobs;
}

std::vector<std::string> keys_at(const Exploration& result, const std::vector<std::size_t>& knobs) {
  std::vector<std::string> keys;
  for (const std::size_t knob : knobs) keys.push_back(result.knobs[knob]);
  return keys;
}

/// The last parts of the keys where they tell them apart.
std::vector<std::string> short_headers(const std::vector<std::string>& keys) {
  std::vector<std::string> last;
  for (const std::string& key : keys) last.push_back(key.substr(key.rfind('.') + 1));
  return std::set<std::string>(last.begin(), last.end()).size() == last.size() ? last : keys;
}

std::vector<std::string> letter_headers(std::size_t count) {
  constexpr std::size_t kLetters = 26;
  std::vector<std::string> headers;
  for (std::size_t i = 0; i < count; ++i)
    headers.emplace_back(i / kLetters + 1, static_cast<char>('a' + i % kLetters));
  return headers;
}

/// `a is array.dm, b is array.dk`.
std::string letters_text(const std::vector<std::string>& keys) {
  const std::vector<std::string> letters = letter_headers(keys.size());
  std::vector<std::string> meanings;
  for (std::size_t i = 0; i < keys.size(); ++i) meanings.push_back(letters[i] + " is " + keys[i]);
  return fmt::format("{}", fmt::join(meanings, ", "));
}

/// A metric in the unit that suits the greatest of the front. Where that is the metric's own, its
/// name is what `--where` reads.
ShownCost shown_metric(const Exploration& result, std::size_t metric) {
  double most = 0;
  for (const ExploredPoint& point : result.front)
    if (const double value = point.metrics[metric]; std::isfinite(value))
      most = std::max(most, std::abs(value));
  const std::string& column = result.metrics[metric].column;
  const ShownCost shown = shown_cost(column, most);
  return shown.size == 1 ? ShownCost{column, "", 1} : shown;
}

std::vector<std::string> objective_cells(const Exploration& result, const ExploredPoint& point) {
  std::vector<std::string> cells;
  for (std::size_t i = 0; i < result.metrics.size(); ++i)
    if (result.metrics[i].is_objective)
      cells.push_back(figure(point.metrics[i] / shown_metric(result, i).size));
  return cells;
}

void append_objectives(const Exploration& result, std::vector<Column>& columns) {
  for (std::size_t i = 0; i < result.metrics.size(); ++i)
    if (result.metrics[i].is_objective) columns.push_back({shown_metric(result, i).heading()});
}

TextTable front_table(const Exploration& result, const std::vector<std::size_t>& knobs,
                      const std::vector<std::string>& headers) {
  std::vector<Column> columns{{"point"}};
  for (const std::string& header : headers) columns.push_back({header});
  append_objectives(result, columns);
  TextTable table(std::move(columns));
  for (const ExploredPoint& point : result.front) {
    std::vector<std::string> cells{std::to_string(point.number)};
    for (const std::size_t knob : knobs) cells.push_back(point.values[knob]);
    for (std::string& cell : objective_cells(result, point)) cells.push_back(std::move(cell));
    table.add_row(std::move(cells));
  }
  return table;
}

/// The same with the knobs in one column.
TextTable narrow_table(const Exploration& result, const std::vector<std::size_t>& knobs) {
  std::vector<Column> columns{{"knobs", Align::kLeft}, {"point"}};
  append_objectives(result, columns);
  TextTable table(std::move(columns), Narrow::kWrap);
  for (const ExploredPoint& point : result.front) {
    std::vector<std::string> settings;
    for (const std::size_t knob : knobs)
      settings.push_back(fmt::format("{}={}", result.knobs[knob], point.values[knob]));
    std::vector<std::string> cells{fmt::format("{}", fmt::join(settings, " ")),
                                   std::to_string(point.number)};
    for (std::string& cell : objective_cells(result, point)) cells.push_back(std::move(cell));
    table.add_row(std::move(cells));
  }
  return table;
}

bool has_energies(const Exploration& result) {
  return std::any_of(result.metrics.begin(), result.metrics.end(), [](const ExploredMetric& each) {
    return each.is_objective && each.column.starts_with("energy");
  });
}

std::string heading(const Exploration& result) {
  std::string text = fmt::format("{}: {} of {:.15g} points evaluated, {} feasible", result.store,
                                 result.points, result.space_points, result.feasible);
  if (result.where) text += fmt::format(", {} where {}", result.matching, *result.where);
  text += fmt::format(", {} on the front", result.front.size());
  return result.equal > 0 ? text + fmt::format(", {} equal to one of them", result.equal) : text;
}

std::string refusals_text(const Exploration& result, std::size_t width) {
  constexpr std::size_t kMost = 4;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, result.refusals.size()); ++i)
    text +=
        wrapped(fmt::format("refused {}: {}", result.refusals[i].count, result.refusals[i].reason),
                width, "");
  std::int64_t others = 0;
  for (std::size_t i = kMost; i < result.refusals.size(); ++i) others += result.refusals[i].count;
  if (others > 0)
    text += fmt::format("refused {}: {} other reasons (--json)\n", others,
                        result.refusals.size() - kMost);
  return text;
}

}  // namespace

std::string exploration_text(const Exploration& result, std::size_t max_width) {
  std::string text = wrapped(heading(result), max_width, "") + refusals_text(result, max_width);
  if (result.front.empty()) return text;
  const std::vector<std::size_t> knobs = varying(result);
  std::vector<std::string> same;
  for (std::size_t knob = 0; knob < result.knobs.size(); ++knob)
    if (std::find(knobs.begin(), knobs.end(), knob) == knobs.end())
      same.push_back(fmt::format("{}={}", result.knobs[knob], result.front.front().values[knob]));
  const std::vector<std::string> keys = keys_at(result, knobs);
  const TextTable table = front_table(result, knobs, short_headers(keys));
  const TextTable lettered = front_table(result, knobs, letter_headers(keys.size()));
  if (table.width() <= max_width)
    text += "\n" + table.text(max_width);
  else if (lettered.width() <= max_width)
    text += "\n" + lettered.text(max_width) + wrapped(letters_text(keys), max_width, "");
  else
    text += "\n" + narrow_table(result, knobs).text(max_width);
  if (!same.empty())
    text += wrapped(fmt::format("all of them: {}", fmt::join(same, " ")), max_width, "");
  if (has_energies(result))
    text += wrapped("energy by " + energy_constants_text(result.technology), max_width, "");
  return text + wrapped("costs are of an image; --point N writes a point's machine", max_width, "");
}

}  // namespace bitloom::reports
