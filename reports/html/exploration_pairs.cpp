// Pairs of objectives against each other.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "reports/html/exploration_figures.h"
#include "reports/html/exploration_points.h"
#include "reports/html/figures.h"
#include "reports/html/spread_labels.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::scale_of;
using vega::signal;

constexpr int kPairHeight = 380;
constexpr const char* kFront = "front";
constexpr const char* kOther = "other points";

/// The objectives of a pair figure, across and up.
struct Pair {
  std::size_t x, y;
};

/// The points of the front, then the sample: number, where it is, objectives, knobs.
DataTable pair_data(const ExploredStore& store) {
  DataTable data{{"point", "on"}, {}};
  for (std::size_t i = 0; i < store.objectives.size(); ++i)
    data.columns.push_back(objective_column(store, i));
  data.columns.insert(data.columns.end(), store.found.knobs.begin(), store.found.knobs.end());
  const auto add = [&](const ExploredPoint& point, const char* on) {
    std::vector<Json> row{point.number, on};
    for (std::size_t i = 0; i < store.objectives.size(); ++i)
      row.push_back(objective_value(store, point, i));
    for (const std::string& value : point.values) row.push_back(setting_cell(value));
    data.rows.push_back(std::move(row));
  };
  for (const std::size_t at : shown_front(store)) add(store.found.front[at], kFront);
  for (const ExploredPoint& point : store.sample) add(point, kOther);
  return data;
}

/// The points that no other beats in these two objectives, from the best in the first on.
Json joined_points(const ExploredStore& store, Pair pair) {
  std::vector<std::pair<double, double>> points;  // less is better
  const double x_sign = more_is_better(store, pair.x) ? -1 : 1,
               y_sign = more_is_better(store, pair.y) ? -1 : 1;
  for (const ExploredPoint& point : store.found.front)
    points.emplace_back(x_sign * objective_value(store, point, pair.x),
                        y_sign * objective_value(store, point, pair.y));
  std::sort(points.begin(), points.end());
  Json joined = Json::array();
  double best = std::numeric_limits<double>::infinity();
  for (const auto& [x, y] : points)
    if (y < best) {
      joined.push_back({{"x", x_sign * x}, {"y", y_sign * y}});
      best = y;
    }
  return joined;
}

/// The axis of an objective: logarithmic where its values differ by more than a factor.
struct PairAxis {
  double from = 0, to = 0;
  bool is_log = false;

  bool has(double value) const { return value >= from && value <= to; }
  /// Where a value stands, in parts of the axis from its beginning on.
  double part_of(double value) const {
    return is_log ? std::log(value / from) / std::log(to / from) : (value - from) / (to - from);
  }
};

/// The chosen points and the height of their names, in pixels from the top: a little above the
/// points, in their order.
Json chosen_points(const ExploredStore& store, Pair pair, const PairAxis& up) {
  constexpr double kAbove = 11, kLine = 14, kEdge = 8;  // pixels
  Json named = Json::array();
  std::vector<double> heights;
  for (const ChosenPoint& chosen : store.chosen) {
    const ExploredPoint& point = store.found.front[chosen.at];
    const double y = objective_value(store, point, pair.y);
    named.push_back(
        {{"name", chosen.name}, {"x", objective_value(store, point, pair.x)}, {"y", y}});
    heights.push_back(kPairHeight * (1 - up.part_of(y)) - kAbove);
  }
  const std::vector<double> spread = spread_labels(heights, kLine, kEdge, kPairHeight - kEdge);
  for (std::size_t i = 0; i < spread.size(); ++i) named[i]["name_y"] = spread[i];
  return named;
}

/// The worst value that an axis shows: the front's or the median of the sample, and all where that
/// is not over twice as far from the best.
double shown_worst(double best, double worst_of_front, std::vector<double> sample, bool more) {
  if (sample.empty()) return worst_of_front;
  const auto worse = [more](double a, double b) { return more ? a < b : b < a; };
  std::sort(sample.begin(), sample.end(), [&](double a, double b) { return worse(b, a); });
  const double middle = sample[sample.size() / 2];
  const double near = worse(middle, worst_of_front) ? middle : worst_of_front;
  const bool is_far = std::abs(sample.back() - best) > 2 * std::abs(near - best);
  return is_far || worse(worst_of_front, sample.back()) ? near : sample.back();
}

PairAxis axis_of(const ExploredStore& store, std::size_t objective) {
  constexpr double kFactor = 4, kRoom = 0.04;
  const bool more = more_is_better(store, objective);
  std::vector<double> front, sample;
  for (const ExploredPoint& point : store.found.front)
    front.push_back(objective_value(store, point, objective));
  for (const ExploredPoint& point : store.sample)
    sample.push_back(objective_value(store, point, objective));
  const auto [least, most] = std::minmax_element(front.begin(), front.end());
  const double best = more ? *most : *least;
  const double worst = shown_worst(best, more ? *least : *most, std::move(sample), more);
  PairAxis axis{std::min(best, worst), std::max(best, worst)};
  axis.is_log = axis.from > 0 && axis.to > kFactor * axis.from;
  const double room = axis.is_log           ? std::pow(axis.to / axis.from, kRoom)
                      : axis.to > axis.from ? kRoom * (axis.to - axis.from)
                                            : std::max(kRoom * std::abs(axis.to), kRoom);
  axis.from = axis.is_log ? axis.from / room : axis.from - room;
  axis.to = axis.is_log ? axis.to * room : axis.to + room;
  return axis;
}

Json dots(const char* data, const Pair& pair, const ExploredStore& store, double size,
          double opacity) {
  return {{"type", "symbol"},
          {"from", {{"data", data}}},
          {"clip", true},
          {"encode",
           {{"update",
             {{"x", scale_of("x", objective_column(store, pair.x))},
              {"y", scale_of("y", objective_column(store, pair.y))},
              {"size", {{"value", size}}},
              {"fill", scale_of("color", "on")},
              {"fillOpacity", {{"value", opacity}}},
              {"tooltip", signal("datum")}}}}}};
}

/// A step line through `joined`.
Json joined_line() {
  return {{"type", "line"},
          {"from", {{"data", "joined"}}},
          {"encode",
           {{"update",
             {{"x", scale_of("x", "x")},
              {"y", scale_of("y", "y")},
              {"interpolate", {{"value", "step-after"}}},
              {"stroke", {{"value", "var(--c1)"}}},
              {"strokeWidth", {{"value", 1.4}}}}}}}};
}

/// Rings around the chosen points.
Json rings() {
  return {{"type", "symbol"},
          {"from", {{"data", "named"}}},
          {"interactive", false},
          {"encode",
           {{"update",
             {{"x", scale_of("x", "x")},
              {"y", scale_of("y", "y")},
              {"size", {{"value", 130}}},
              {"stroke", {{"value", "var(--c2)"}}},
              {"strokeWidth", {{"value", 2}}},
              {"fillOpacity", {{"value", 0}}}}}}}};
}

/// Towards the middle of the plot from a ring.
Json beside_ring(int pixels) {
  return {{"scale", "x"},
          {"field", "x"},
          {"offset", signal(fmt::format("scale('x', datum.x) > width / 2 ? -{0} : {0}", pixels))}};
}

/// From a ring to its name where that had to give way to others.
Json ring_leaders() {
  constexpr int kFar = 18;  // pixels between ring and name
  return {
      {"type", "rule"},
      {"from", {{"data", "named"}}},
      {"interactive", false},
      {"encode",
       {{"update",
         {{"x", beside_ring(5)},
          {"y", scale_of("y", "y")},
          {"x2", beside_ring(12)},
          {"y2", {{"field", "name_y"}}},
          {"stroke", {{"value", "var(--c2)"}}},
          {"strokeOpacity",
           signal(fmt::format("abs(scale('y', datum.y) - datum.name_y) > {} ? 1 : 0", kFar))}}}}}};
}

/// Names beside the rings, on a halo in the page's colour.
void add_ring_names(Json& marks) {
  Json name{{"type", "text"},
            {"from", {{"data", "named"}}},
            {"interactive", false},
            {"encode",
             {{"update",
               {{"x", beside_ring(14)},
                {"y", {{"field", "name_y"}}},
                {"align", signal("scale('x', datum.x) > width / 2 ? 'right' : 'left'")},
                {"baseline", {{"value", "middle"}}},
                {"fontSize", {{"value", 11}}},
                {"text", {{"field", "name"}}}}}}}};
  Json halo = name;
  halo["encode"]["update"].update({{"stroke", {{"value", "var(--page)"}}},
                                   {"strokeWidth", {{"value", 4}}},
                                   {"strokeJoin", {{"value", "round"}}}});
  marks.push_back(std::move(halo));
  marks.push_back(std::move(name));
}

Json pair_spec(const ExploredStore& store, const DataTable& data, Pair pair, PairAxis x,
               PairAxis y) {
  Json spec = vega::plot(kPairHeight);
  const auto only = [](const char* name, const char* on) {
    return Json{
        {"name", name},
        {"source", "table"},
        {"transform", {{{"type", "filter"}, {"expr", fmt::format("datum.on === '{}'", on)}}}}};
  };
  spec["data"].push_back(only("others", kOther));
  spec["data"].push_back(only("front", kFront));
  spec["data"].push_back({{"name", "joined"}, {"values", joined_points(store, pair)}});
  spec["data"].push_back({{"name", "named"}, {"values", chosen_points(store, pair, y)}});
  const auto scale = [](const char* name, const PairAxis& axis, const char* range) {
    Json scale = vega::scale(name, axis.is_log ? "log" : "linear", {axis.from, axis.to}, range);
    scale["nice"] = false;
    return scale;
  };
  spec["scales"] = {scale("x", x, "width"), scale("y", y, "height")};
  constexpr const char* kDigits = ",.4~r";
  spec["axes"] = {vega::axis("bottom", "x", with_unit(data.columns[2 + pair.x]), kDigits),
                  vega::axis("left", "y", with_unit(data.columns[2 + pair.y]), kDigits)};
  vega::add_colors(spec, {kFront, kOther}, {"var(--c1)", "var(--muted)"});
  spec["marks"] = {dots("others", pair, store, 14, 0.3), joined_line(),
                   dots("front", pair, store, 34, 0.9), rings(), ring_leaders()};
  add_ring_names(spec["marks"]);
  return spec;
}

std::string pair_caption(const ExploredStore& store, Pair pair, PairAxis x, PairAxis y) {
  const std::size_t shown = shown_front(store).size(), all = store.found.front.size();
  const auto others = static_cast<std::size_t>(store.found.feasible) - all;
  std::string text =
      shown == all
          ? fmt::format("The front of {}", count_text(static_cast<std::int64_t>(all), "point"))
          : fmt::format("{} of the {} points of the front, evenly along it", shown, all);
  if (store.sample.size() == others)
    text += fmt::format(", and all {} that {} feasible beside it",
                        count_text(static_cast<std::int64_t>(others), "point"),
                        others == 1 ? "is" : "are");
  else
    text += fmt::format(", and {} of {} others that are feasible, drawn evenly",
                        store.sample.size(), others);
  const auto beyond =
      std::count_if(store.sample.begin(), store.sample.end(), [&](const ExploredPoint& point) {
        return !x.has(objective_value(store, point, pair.x)) ||
               !y.has(objective_value(store, point, pair.y));
      });
  if (beyond > 0) text += fmt::format(" ({} of them worse than the axes reach)", beyond);
  text += ". The line joins those that no other beats in these two.";
  if (x.is_log || y.is_log)
    text += x.is_log && y.is_log ? " Both axes are logarithmic."
            : x.is_log           ? " The axis across is logarithmic."
                                 : " The axis up is logarithmic.";
  return text;
}

}  // namespace

std::vector<Figure> pair_figures(const ExploredStore& store) {
  const DataTable data = pair_data(store);
  std::vector<Figure> figures;
  for (std::size_t x = 0; x < store.objectives.size(); ++x)
    for (std::size_t y = x + 1; y < store.objectives.size(); ++y) {
      const PairAxis across = axis_of(store, x), up = axis_of(store, y);
      Figure figure{fmt::format("front_{}_{}", store.objectives[x], store.objectives[y]),
                    fmt::format("{} and {}", store.objectives[x], store.objectives[y]),
                    pair_caption(store, {x, y}, across, up), data,
                    pair_spec(store, data, {x, y}, across, up)};
      figure.title = capitalized(figure.title);
      figure.is_listed = false;
      figures.push_back(std::move(figure));
    }
  return figures;
}

}  // namespace bitloom::reports
