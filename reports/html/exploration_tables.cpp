// Tables of an exploration: the front, and layers.
#include <cmath>

#include <fmt/format.h>

#include "reports/html/exploration_figures.h"
#include "reports/html/exploration_points.h"

namespace bitloom::reports {
namespace {

/// The metrics that are no objectives, by number.
std::vector<std::size_t> other_metrics(const ExploredStore& store) {
  std::vector<std::size_t> metrics;
  for (std::size_t i = 0; i < store.found.metrics.size(); ++i)
    if (!store.found.metrics[i].is_objective) metrics.push_back(i);
  return metrics;
}

Json number_cell(double value) { return std::isnan(value) ? Json() : Json(value); }

std::string fold_title(const ExploredStore& store, const OpenedPoint& opened) {
  const ExploredPoint& point = store.found.front[opened.at];
  const std::string name = chosen_name(store, opened.at);
  return fmt::format("Point {}{}: {}; {}", point.number, name.empty() ? "" : ", " + name,
                     objectives_text(store, point),
                     settings_text(store, point, telling_knobs(store)));
}

}  // namespace

Figure front_points_figure(const ExploredStore& store) {
  const std::vector<std::size_t> varying = varying_knobs(store), constant = constant_knobs(store),
                                 others = other_metrics(store);
  DataTable data{{"point", "which"}, {}};
  for (std::size_t i = 0; i < store.objectives.size(); ++i)
    data.columns.push_back(objective_column(store, i));
  for (const std::size_t knob : varying) data.columns.push_back(store.found.knobs[knob]);
  for (const std::size_t knob : constant) data.columns.push_back(store.found.knobs[knob]);
  const std::size_t shown = data.columns.size();
  for (const std::size_t metric : others)
    data.columns.push_back(store.found.metrics[metric].column);
  const std::vector<std::size_t> places = shown_front(store);
  for (const std::size_t at : places) {
    const ExploredPoint& point = store.found.front[at];
    std::vector<Json> row{point.number, chosen_name(store, at)};
    for (std::size_t i = 0; i < store.objectives.size(); ++i)
      row.push_back(objective_value(store, point, i));
    for (const std::size_t knob : varying) row.push_back(setting_cell(point.values[knob]));
    for (const std::size_t knob : constant) row.push_back(setting_cell(point.values[knob]));
    for (const std::size_t metric : others) row.push_back(number_cell(point.metrics[metric]));
    data.rows.push_back(std::move(row));
  }
  std::string caption = "All is of an image. CSV has all costs.";
  if (places.size() < store.found.front.size())
    caption += fmt::format(
        " {} of {} points, evenly along the front; bitloom explore --show {} "
        "--csv FILE writes all.",
        places.size(), store.found.front.size(), store.found.store);
  return {"front", "The points of the front", caption, data, {}, shown};
}

Figure layers_figure(const ExploredStore& store) {
  const bool has_networks = store.networks.size() > 1;
  DataTable data{{"point"}, {}};
  if (has_networks) data.columns.emplace_back("network");
  for (const char* column : {"layer", "weight_bits", "activation_bits", "cycles", "latency_ms",
                             "share_of_it_pct", "energy_mj", "bound_by"})
    data.columns.emplace_back(column);
  std::vector<Fold> folds;
  for (const OpenedPoint& opened : store.opened) {
    const std::int64_t number = store.found.front[opened.at].number;
    double all = 0;
    for (const ExploredLayer& layer : opened.layers) all += layer.latency_ms;
    for (const ExploredLayer& layer : opened.layers) {
      std::vector<Json> row{number};
      if (has_networks) row.emplace_back(layer.network);
      row.insert(row.end(), {layer.bits.name, layer.bits.weight_bits, layer.bits.activation_bits,
                             layer.cycles, layer.latency_ms, 100 * layer.latency_ms / all,
                             layer.energy_mj, layer.bound.empty() ? Json() : Json(layer.bound)});
      data.rows.push_back(std::move(row));
    }
    folds.push_back({fold_title(store, opened), fmt::format("point-{}.yaml", number), opened.yaml});
  }
  const std::size_t front = store.found.front.size();
  Figure figure{
      "layers",
      "Cost of each layer, and what binds it",
      fmt::format("{} of {} of the front{}, each with its machine's description "
                  "for --hardware. All is of an image.{}",
                  store.opened.size(), count_text(static_cast<std::int64_t>(front), "point"),
                  store.opened.size() < front ? ", evenly along it" : "",
                  store.opened.size() < front
                      ? fmt::format(" bitloom explore --show {} --point N writes that "
                                    "of any other.",
                                    store.found.store)
                      : ""),
      data,
      {}};
  figure.folds = std::move(folds);
  return figure;
}

}  // namespace bitloom::reports
