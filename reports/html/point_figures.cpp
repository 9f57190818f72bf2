// Figures of points in a plane: roofline, accuracy and Omega against cost.
#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "reports/html/figures.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::scale_of;
using vega::signal;

constexpr int kHeight = 340;

std::vector<std::string> colors_of(std::size_t names) {
  constexpr std::size_t kColors = 8;
  std::vector<std::string> colors;
  for (std::size_t i = 0; i < names; ++i)
    colors.push_back(fmt::format("var(--c{})", i % kColors + 1));
  return colors;
}

Json scale(const char* name, const char* type, const Json& domain, const char* range) {
  return {{"name", name},   {"type", type},  {"domain", domain},
          {"range", range}, {"zero", false}, {"nice", type == std::string("linear")}};
}

Json point(const std::string& x, const std::string& y, const std::string& color_field,
           const std::string& filled) {
  return {{"type", "symbol"},
          {"from", {{"data", "table"}}},
          {"encode",
           {{"update",
             {{"x", scale_of("x", x)},
              {"y", scale_of("y", y)},
              {"size", {{"value", 64}}},
              {"strokeWidth", {{"value", 1.6}}},
              {"stroke", scale_of("color", color_field)},
              {"fill", scale_of("color", color_field)},
              {"fillOpacity", signal(filled + " ? 0.85 : 0")},
              {"tooltip", signal("datum")}}}}}};
}

/// `y = min(peak, x bandwidth)` between two intensities.
Json roof(const Machine& machine, double from, double to) {
  const double ridge = machine.peak_bops_per_s / machine.dram_bytes_per_s;
  Json points = Json::array();
  const auto add = [&](double x) {
    points.push_back(
        {{"x", x}, {"y", std::min(machine.peak_bops_per_s, x * machine.dram_bytes_per_s)}});
  };
  add(std::min(from, ridge));
  if (ridge > from && ridge < to) add(ridge);
  add(std::max(to, ridge));
  return points;
}

struct Accuracies {
  const char* stage;
  const std::optional<Accuracy>* accuracy;
};

constexpr std::size_t kLabel = 1, kStage = 3, kCost = 4, kTop1 = 5;  // columns of a front

/// Whether another run has that point, or another point of that label.
bool is_there(const DataTable& data, const std::string& label, const char* stage, const Json& x,
              double top1_pct, bool at_other_place) {
  return std::any_of(data.rows.begin(), data.rows.end(), [&](const std::vector<Json>& row) {
    const bool same_place = row[kCost] == x && row[kTop1] == Json(top1_pct);
    return row[kLabel] == label && row[kStage] == stage && same_place != at_other_place;
  });
}

/// A row for each measured accuracy of a candidate. What several runs are compared with is there
/// once.
void add_candidate(const Run& run, const Candidate& candidate, const std::string& cost,
                   bool names_run, DataTable& data) {
  const Costs costs = candidate.cost();
  const auto priced = costs.find(cost);
  const Json x = priced == costs.end() ? Json() : Json(priced->second);
  const bool is_found = candidate.name == "found";
  const char* role = candidate.name == "float" ? "reference" : is_found ? "found" : "policy";
  for (const auto& [stage, accuracy] : {Accuracies{"before fine-tuning", &candidate.post_training},
                                        Accuracies{"after fine-tuning", &candidate.finetuned}}) {
    if (!*accuracy) continue;
    const double top1_pct = (*accuracy)->top1_pct;
    std::string label = candidate.label;
    if (!is_found && is_there(data, label, stage, x, top1_pct, false)) continue;
    if (names_run && (is_found || is_there(data, label, stage, x, top1_pct, true)))
      label = fmt::format("{}: {}", run.name, label);
    const auto& error = (*accuracy)->top1_stderr_pct;
    data.rows.push_back({run.name, label, role, stage, x, top1_pct, error ? Json(*error) : Json()});
  }
}

/// The runs' limits of a cost, as lines up.
void add_limit_marks(Json& spec, const std::set<double>& limits) {
  for (const double limit : limits)
    spec["marks"].push_back({{"type", "rule"},
                             {"encode",
                              {{"update",
                                {{"x", {{"scale", "x"}, {"value", limit}}},
                                 {"y", {{"value", 0}}},
                                 {"y2", signal("height")},
                                 {"strokeDash", {{"value", {2, 3}}}},
                                 {"stroke", {{"value", "var(--ink)"}}}}}}}});
}

/// Whether names of two points of the roofline would lie on one another.
bool are_close(const Json& a, const Json& b) {
  const auto factor = [&](const char* of) {
    return std::abs(std::log(a[of].get<double>() / b[of].get<double>()));
  };
  return factor("x") < std::log(1.6) && factor("y") < std::log(1.25);
}

/// Names and places of the layers of `policy` that take most time, three that can be told apart.
Json slowest_points(const std::string& policy, const SimulationFile& simulation,
                    const DataTable& roofline) {
  constexpr std::size_t kNamed = 3;
  std::vector<const LayerCosts*> slowest;
  for (const LayerCosts& layer : simulation.layers) slowest.push_back(&layer);
  std::stable_sort(slowest.begin(), slowest.end(), [](const LayerCosts* a, const LayerCosts* b) {
    return a->latency_ms > b->latency_ms;
  });
  const Json records = roofline.records();
  Json points = Json::array();
  for (const LayerCosts* layer : slowest) {
    if (points.size() == kNamed) break;
    for (const Json& record : records) {
      if (record["policy"] != policy || record["layer"] != layer->bits.name) continue;
      const Json point{{"name", layer->bits.name},
                       {"x", record["bops_per_dram_byte"]},
                       {"y", record["bops_per_s"]}};
      if (std::none_of(points.begin(), points.end(),
                       [&](const Json& named) { return are_close(named, point); }))
        points.push_back(point);
      break;
    }
  }
  return points;
}

/// A line through what the runs found, before fine-tuning.
void add_front_line(Json& spec, const std::string& cost) {
  spec["data"].push_back(
      {{"name", "found"},
       {"source", "table"},
       {"transform",
        {{{"type", "filter"},
          {"expr", fmt::format("datum.role === 'found' && datum.stage === 'before fine-tuning' && "
                               "isValid(datum.{})",
                               cost)}},
         {{"type", "collect"}, {"sort", {{"field", cost}}}}}}});
  spec["marks"].push_back({{"type", "line"},
                           {"from", {{"data", "found"}}},
                           {"encode",
                            {{"update",
                              {{"x", scale_of("x", cost)},
                               {"y", scale_of("y", "top1_pct")},
                               {"stroke", {{"value", "var(--muted)"}}},
                               {"strokeWidth", {{"value", 1}}}}}}}});
}

/// Points where they lie; what is there to compare with (8/8, single precision) as lines across.
void add_front_marks(Json& spec, const std::string& cost) {
  const auto only = [](const char* name, const std::string& test) {
    return Json{
        {"name", name}, {"source", "table"}, {"transform", {{{"type", "filter"}, {"expr", test}}}}};
  };
  spec["data"][0]["transform"] = {
      {{"type", "formula"}, {"as", "low"}, {"expr", "datum.top1_pct - datum.top1_stderr_pct"}},
      {{"type", "formula"}, {"as", "high"}, {"expr", "datum.top1_pct + datum.top1_stderr_pct"}}};
  const std::string priced = fmt::format("isValid(datum.{}) && datum.role !== 'reference'", cost);
  spec["data"].push_back(only("episodes", "datum.stage === 'episode'"));
  spec["data"].push_back(only("measured", "datum.stage !== 'episode' && " + priced));
  spec["data"].push_back(only("candidates", "datum.stage !== 'episode'"));
  spec["data"].push_back(only("shown", "datum.role === 'policy' || datum.role === 'found'"));
  spec["data"].push_back(only("unpriced", "!(" + priced + ")"));
  spec["marks"].push_back({{"type", "symbol"},
                           {"from", {{"data", "episodes"}}},
                           {"clip", true},
                           {"encode",
                            {{"update",
                              {{"x", scale_of("x", cost)},
                               {"y", scale_of("y", "top1_pct")},
                               {"size", {{"value", 20}}},
                               {"shape", {{"value", "cross"}}},
                               {"fill", {{"value", "var(--muted)"}}},
                               {"fillOpacity", {{"value", 0.45}}},
                               {"tooltip", signal("datum")}}}}}});
  spec["marks"].push_back({{"type", "rule"},
                           {"from", {{"data", "unpriced"}}},
                           {"encode",
                            {{"update",
                              {{"x", {{"value", 0}}},
                               {"x2", signal("width")},
                               {"y", scale_of("y", "top1_pct")},
                               {"strokeDash", {{"value", {5, 4}}}},
                               {"stroke", scale_of("color", "label")},
                               {"tooltip", signal("datum")}}}}}});
  Json bars = vega::error_bar("measured", scale_of("x", cost), "y", "low", "high");
  bars["encode"]["update"]["opacity"] = signal("isValid(datum.top1_stderr_pct) ? 1 : 0");
  bars["encode"]["update"]["stroke"] = scale_of("color", "label");
  spec["marks"].push_back(bars);
  Json points = point(cost, "top1_pct", "label", "datum.stage === 'after fine-tuning'");
  points["from"]["data"] = "measured";
  spec["marks"].push_back(points);
}

}  // namespace

std::optional<Figure> roofline_figure(const Run& run) {
  if (!run.found() || !run.found()->simulation.machine) return {};
  const Machine& machine = *run.found()->simulation.machine;
  if (machine.dram_bytes_per_s <= 0) return {};
  DataTable data{{"policy", "layer", "kind", "weight_bits", "activation_bits", "bops_per_dram_byte",
                  "bops_per_s", "share_of_roof_pct"},
                 {}};
  double least = HUGE_VAL, most = 0, slowest = HUGE_VAL;
  const auto add = [&](const std::string& name, const PricedPolicy& policy) {
    const auto images = static_cast<double>(policy.simulation.batch.value_or(1));
    for (const LayerCosts& layer : policy.simulation.layers) {
      if (layer.dram_bytes <= 0 || layer.latency_ms <= 0 || layer.bops <= 0) continue;
      const double bops = static_cast<double>(layer.bops) * images;
      const double intensity = bops / static_cast<double>(layer.dram_bytes);
      const double speed = bops / (layer.latency_ms * 1e-3);
      const double limit = std::min(machine.peak_bops_per_s, intensity * machine.dram_bytes_per_s);
      least = std::min(least, intensity);
      most = std::max(most, intensity);
      slowest = std::min(slowest, speed);
      data.rows.push_back({name, layer.bits.name, layer.kind, layer.bits.weight_bits,
                           layer.bits.activation_bits, intensity, speed, 100 * speed / limit});
    }
  };
  add(run.found_as, *run.found());
  if (run.reference()) add(run.reference()->name, *run.reference());
  if (data.rows.empty()) return {};
  Figure figure{"roofline",
                "Roofline",
                fmt::format("Each layer's work for each byte of DRAM, against the work "
                            "that it does in a second (BOPs = MACs x weight bits x activation "
                            "bits). Line: what {} can at most, {} TBOPs/s and {} GB/s of memory.",
                            run.hardware, number_text(machine.peak_bops_per_s * 1e-12),
                            number_text(machine.dram_bytes_per_s * 1e-9)),
                data,
                {}};
  Json spec = vega::plot(kHeight);
  const Json line = roof(machine, least / 2, most * 2);
  spec["data"].push_back({{"name", "roof"}, {"values", line}});
  const double bottom = std::min(slowest, line.front()["y"].get<double>()) / 1.5;
  spec["scales"] = {scale("x", "log", {line.front()["x"], line.back()["x"]}, "width"),
                    scale("y", "log", {bottom, machine.peak_bops_per_s * 1.5}, "height")};
  spec["axes"] = {vega::axis("bottom", "x", "BOPs per DRAM byte", "~s"),
                  vega::axis("left", "y", "BOPs/s", "~s")};
  std::vector<std::string> policies{run.found_as};
  if (run.reference()) policies.push_back(run.reference()->name);
  vega::add_colors(spec, policies, colors_of(policies.size()));
  spec["marks"] = {{{"type", "line"},
                    {"from", {{"data", "roof"}}},
                    {"encode",
                     {{"update",
                       {{"x", scale_of("x", "x")},
                        {"y", scale_of("y", "y")},
                        {"stroke", {{"value", "var(--ink)"}}},
                        {"strokeWidth", {{"value", 1.5}}}}}}}},
                   point("bops_per_dram_byte", "bops_per_s", "policy",
                         fmt::format("datum.policy === '{}'", run.found_as))};
  vega::add_names(spec, slowest_points(run.found_as, run.found()->simulation, data));
  figure.spec = std::move(spec);
  return figure;
}

std::optional<Figure> front_figure(const std::vector<Run>& runs) {
  if (runs.empty()) return {};
  const std::string cost = main_cost(runs.front());
  DataTable data{{"run", "label", "role", "stage", cost, "top1_pct", "top1_stderr_pct"}, {}};
  for (const Run& run : runs)
    for (const Candidate& candidate : run.candidates)
      add_candidate(run, candidate, cost, runs.size() > 1, data);
  if (data.rows.empty()) return {};
  std::vector<std::string> labels;
  for (const auto& row : data.rows) {
    const auto label = row[kLabel].get<std::string>();
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
  }
  bool has_episodes = false;
  if (runs.size() == 1)
    for (const Episode& episode : runs.front().episodes) {
      const auto found = episode.costs.find(cost);
      if (!episode.top1_pct || found == episode.costs.end()) continue;
      has_episodes = true;
      data.rows.push_back({runs.front().name, fmt::format("episode {}", episode.number), "episode",
                           "episode", found->second, *episode.top1_pct, Json()});
    }
  std::set<double> limits;
  for (const Run& run : runs)
    if (run.limits.contains(cost)) limits.insert(run.limits.at(cost));
  Figure figure{
      runs.size() > 1 ? "fronts" : "front",
      "Accuracy against cost",
      fmt::format(
          "Top-1 accuracy against {}, on the images of the final figure. Hollow: before "
          "fine-tuning; filled: after; bars: one standard error; dashed: references at any "
          "cost.{}{}",
          with_unit(cost), limits.empty() ? "" : " Dotted: the budget.",
          has_episodes
              ? " Grey crosses: episodes of the search near enough, on the search's own images."
              : ""),
      data,
      {}};
  Json spec = vega::plot(kHeight);
  spec["scales"] = {
      scale("x", "linear",
            {{"fields", Json::array({{{"data", "shown"}, {"field", cost}}, Json(limits)})}},
            "width"),
      scale("y", "linear", {{"data", "candidates"}, {"fields", {"low", "high"}}}, "height")};
  spec["axes"] = {vega::axis("bottom", "x", with_unit(cost)),
                  vega::axis("left", "y", "top-1 accuracy (%)")};
  vega::add_colors(spec, labels, colors_of(labels.size()));
  add_limit_marks(spec, limits);
  if (runs.size() > 1) add_front_line(spec, cost);
  add_front_marks(spec, cost);
  figure.spec = std::move(spec);
  return figure;
}

std::optional<Figure> frontier_figure(const Run& run) {
  const std::string cost = main_cost(run);
  DataTable data{{"policy", cost, "omega"}, {}};
  for (const FrontierPoint& point : run.frontier)
    if (point.costs.contains(cost) && point.omega > 0)
      data.rows.push_back({"frontier", point.costs.at(cost), point.omega});
  if (data.rows.empty()) return {};
  if (run.solved && run.solved->omega > 0 && run.solved->costs.contains(cost))
    data.rows.push_back({"found", run.solved->costs.at(cost), run.solved->omega});
  Figure figure{"frontier",
                "Omega against cost",
                fmt::format("The least Omega (expected loss of accuracy, from sensitivities) at "
                            "each {}; each point is a policy.",
                            with_unit(cost)),
                data,
                {}};
  Json spec = vega::plot(kHeight);
  spec["scales"] = {scale("x", "linear", {{"data", "table"}, {"field", cost}}, "width"),
                    scale("y", "log", {{"data", "table"}, {"field", "omega"}}, "height")};
  spec["axes"] = {vega::axis("bottom", "x", with_unit(cost)),
                  vega::axis("left", "y", "Omega (loss)", ".0e")};
  vega::add_colors(spec, {"frontier", "found"}, {"var(--c1)", "var(--c2)"});
  spec["marks"] = Json::array({point(cost, "omega", "policy", "datum.policy === 'found'")});
  figure.spec = std::move(spec);
  return figure;
}

}  // namespace bitloom::reports
