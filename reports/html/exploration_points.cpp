#include "reports/html/exploration_points.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/numbers.h"
#include "reports/html/cost_units.h"
#include "reports/html/figures.h"

namespace bitloom::reports {
namespace {

/// `latency 62.03 ms`
std::string named_amount(const std::string& column, double value) {
  const std::string text = with_unit(column);  // `latency (ms)`
  const std::string own = column.ends_with("_mj_ms") ? " mJ ms" : "";
  return fmt::format("{} {}{}", text.substr(0, text.find(" (")), amount_text(column, value), own);
}

std::vector<std::size_t> knobs_that(const ExploredStore& store, bool vary) {
  std::vector<std::size_t> knobs;
  const std::vector<ExploredPoint>& front = store.found.front;
  for (std::size_t knob = 0; knob < store.found.knobs.size(); ++knob) {
    const bool varies = std::any_of(front.begin(), front.end(), [&](const ExploredPoint& point) {
      return point.values[knob] != front.front().values[knob];
    });
    if (varies == vary) knobs.push_back(knob);
  }
  return knobs;
}

}  // namespace

const std::string& objective_column(const ExploredStore& store, std::size_t objective) {
  return store.found.metrics[store.objective_metrics[objective]].column;
}

double objective_value(const ExploredStore& store, const ExploredPoint& point,
                       std::size_t objective) {
  return point.metrics[store.objective_metrics[objective]];
}

bool more_is_better(const ExploredStore& store, std::size_t objective) {
  return store.found.metrics[store.objective_metrics[objective]].more_is_better;
}

std::string objectives_text(const ExploredStore& store, const ExploredPoint& point) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < store.objectives.size(); ++i)
    parts.push_back(named_amount(objective_column(store, i), objective_value(store, point, i)));
  return fmt::format("{}", fmt::join(parts, ", "));
}

Json setting_cell(const std::string& value) {
  if (const auto whole = parse_integer(value)) return *whole;
  if (const auto real = parse_real(value)) return *real;
  return value;
}

std::vector<std::size_t> varying_knobs(const ExploredStore& store) {
  return knobs_that(store, true);
}

std::vector<std::size_t> constant_knobs(const ExploredStore& store) {
  return knobs_that(store, false);
}

std::vector<std::size_t> telling_knobs(const ExploredStore& store) {
  std::vector<std::size_t> varying = varying_knobs(store);
  return varying.empty() ? constant_knobs(store) : varying;
}

std::string settings_text(const ExploredStore& store, const ExploredPoint& point,
                          const std::vector<std::size_t>& knobs) {
  std::vector<std::string> settings;
  for (const std::size_t knob : knobs)
    settings.push_back(fmt::format("{}={}", store.found.knobs[knob], point.values[knob]));
  return fmt::format("{}", fmt::join(settings, " "));
}

std::vector<std::size_t> shown_front(const ExploredStore& store) {
  constexpr std::size_t kMost = 2000;
  const std::size_t all = store.found.front.size();
  std::set<std::size_t> shown;
  for (const ChosenPoint& chosen : store.chosen) shown.insert(chosen.at);
  const std::size_t even = all <= kMost ? all : kMost - shown.size();
  for (std::size_t i = 0; i < even; ++i) shown.insert(even == all ? i : i * (all - 1) / (even - 1));
  return {shown.begin(), shown.end()};
}

std::string chosen_name(const ExploredStore& store, std::size_t at) {
  for (const ChosenPoint& chosen : store.chosen)
    if (chosen.at == at) return chosen.name;
  return "";
}

std::string count_text(std::int64_t count, const std::string& what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string capitalized(std::string text) {
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

std::optional<double> change_of(const ExploredStore& store, const ChosenPoint& chosen,
                                const ExploredStep& step, std::size_t objective) {
  const double before = objective_value(store, store.found.front[chosen.at], objective);
  if (!step.refusal.empty() || before == 0) return std::nullopt;
  return step.metrics[store.objective_metrics[objective]] / before - 1;
}

std::optional<double> elasticity_of(const ExploredStore& store, const ChosenPoint& chosen,
                                    const ExploredStep& step, std::size_t objective) {
  const auto change = change_of(store, chosen, step, objective);
  const auto from = parse_real(step.from), to = parse_real(step.to);
  if (!change || !(*change > -1) || !from || !to || !(*from > 0) || !(*to > 0)) return std::nullopt;
  return *change == 0 ? 0 : std::log1p(*change) / std::log(*to / *from);
}

std::string change_text(double change) {
  constexpr double kWhole = 0.1, kShown = 0.0005;  // parts
  const double percent = 100 * change;
  if (change == 0) return "0 %";
  if (std::abs(change) < kShown) return fmt::format("{:+.2g} %", percent);
  return std::abs(change) < kWhole ? fmt::format("{:+.1f} %", percent)
                                   : fmt::format("{:+.0f} %", percent);
}

}  // namespace bitloom::reports
