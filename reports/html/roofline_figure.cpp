// The roofline: each layer a point under what the machine can at most.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/html/figures.h"
#include "reports/html/label_places.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::scale_of;

constexpr int kRoofHeight = 340;
constexpr std::size_t kIntensity = 5, kSpeed = 6;  // columns of the data

/// A roof over BOPs a second: BOPs a byte times a rate, up to the array's peak.
struct Roof {
  std::string name;
  double bytes_per_s = 0;
};

/// Of DRAM and of the ports, the lesser first; of the ports alone where DRAM is not described.
std::vector<Roof> roofs_of(const Machine& machine) {
  const auto named = [](const char* what, double bytes_per_s) {
    return Roof{fmt::format("{} {} GB/s", what, number_text(bytes_per_s * 1e-9)), bytes_per_s};
  };
  if (!machine.port_bytes_per_s) return {named("ports", machine.dram_bytes_per_s)};
  std::vector<Roof> roofs{named("DRAM", machine.dram_bytes_per_s),
                          named("ports", *machine.port_bytes_per_s)};
  if (roofs[1].bytes_per_s < roofs[0].bytes_per_s) std::swap(roofs[0], roofs[1]);
  return roofs;
}

/// The plane of the figure, both of its axes logarithmic.
struct Plane {
  double x_from, x_to, y_from, y_to;

  Pixel pixel(double x, double y, double width) const {
    return {width * std::log(x / x_from) / std::log(x_to / x_from),
            kRoofHeight * (1 - std::log(y / y_from) / std::log(y_to / y_from))};
  }
};

/// Between the least and the greatest intensity, and where the roofs meet the array's peak.
Plane plane_of(const std::vector<Roof>& roofs, double peak, double least, double most,
               double slowest) {
  Plane plane{least / 2, most * 2, 0, 0};
  for (const Roof& roof : roofs) {
    constexpr double kRoom = 1.5;
    plane.x_from = std::min(plane.x_from, peak / roof.bytes_per_s / kRoom);
    plane.x_to = std::max(plane.x_to, peak / roof.bytes_per_s * kRoom);
  }
  plane.y_from = std::min(slowest, plane.x_from * roofs.front().bytes_per_s) / 1.5;
  constexpr double kAbove = 0.12;  // of the height, for the peak's name
  plane.y_to = peak * std::pow(peak / plane.y_from, kAbove);
  return plane;
}

/// The points of a roof, to the plane's end or to where it meets the peak.
Json points_of(const Roof& roof, double peak, const Plane& plane, bool to_the_end) {
  Json points = Json::array();
  points.push_back({{"x", plane.x_from}, {"y", plane.x_from * roof.bytes_per_s}});
  points.push_back({{"x", peak / roof.bytes_per_s}, {"y", peak}});
  if (to_the_end) points.push_back({{"x", plane.x_to}, {"y", peak}});
  return points;
}

/// A name in the figure and the point that it is of.
struct NamedPoint {
  std::string name;
  double x = 0, y = 0;
  bool is_roof = false;
};

/// The roofs' names, on their slopes, and the peak's.
std::vector<NamedPoint> names_of(const std::vector<Roof>& roofs, double peak, const Plane& plane) {
  std::vector<NamedPoint> names;
  constexpr double kOnTheSlope[] = {0.45, 0.7};
  for (std::size_t i = 0; i < roofs.size(); ++i) {
    const double ridge = peak / roofs[i].bytes_per_s;
    const double x = plane.x_from * std::pow(ridge / plane.x_from, kOnTheSlope[i]);
    names.push_back({roofs[i].name, x, x * roofs[i].bytes_per_s, true});
  }
  const double right = plane.x_from * std::pow(plane.x_to / plane.x_from, 0.9);
  names.push_back({fmt::format("array {} TBOPs/s", number_text(peak * 1e-12)), right, peak, true});
  return names;
}

/// Whether two layers' dots lie on one another.
bool is_one_dot(double a, double b) {
  constexpr double kApart = 0.005;
  return std::abs(a / b - 1) < kApart;
}

/// The slowest layers of `policy`, three dots; layers that share a dot share its name:
/// `layer1.0.conv1 and 3 more`.
std::vector<NamedPoint> slowest_points(const std::string& policy, const SimulationFile& simulation,
                                       const DataTable& roofline) {
  constexpr std::size_t kNamed = 3;
  std::vector<const LayerCosts*> slowest;
  for (const LayerCosts& layer : simulation.layers) slowest.push_back(&layer);
  std::stable_sort(slowest.begin(), slowest.end(), [](const LayerCosts* a, const LayerCosts* b) {
    return a->latency_ms > b->latency_ms;
  });
  const Json records = roofline.records();
  std::vector<NamedPoint> points;
  std::vector<int> others;
  for (const LayerCosts* layer : slowest) {
    const auto record = std::find_if(records.begin(), records.end(), [&](const Json& each) {
      return each["policy"] == policy && each["layer"] == layer->bits.name;
    });
    if (record == records.end()) continue;
    const NamedPoint point{layer->bits.name, record->at("bops_per_dram_byte"),
                           record->at("bops_per_s")};
    const auto same = std::find_if(points.begin(), points.end(), [&](const NamedPoint& named) {
      return is_one_dot(named.x, point.x) && is_one_dot(named.y, point.y);
    });
    if (same != points.end())
      ++others[static_cast<std::size_t>(same - points.begin())];
    else if (points.size() < kNamed)
      points.push_back(point), others.push_back(0);
  }
  for (std::size_t i = 0; i < points.size(); ++i)
    if (others[i] > 0) points[i].name += fmt::format(" and {} more", others[i]);
  return points;
}

constexpr int kNarrowest = 200, kWidthStep = 40, kWidths = 27;  // of a plot, pixels

/// Names with their places for each width that the plot may have, from their points: `dx` and `dy`
/// of the middle, `end_x` and `end_y` of a line to them where it is `led`.
Json placed_names(const std::vector<NamedPoint>& names, const DataTable& data, const Plane& plane,
                  const std::vector<std::vector<NamedPoint>>& lines) {
  Json placed = Json::array();
  for (const NamedPoint& name : names)
    placed.push_back({{"name", name.name}, {"x", name.x}, {"y", name.y}, {"roof", name.is_roof}});
  std::vector<std::string> texts;
  for (const NamedPoint& name : names) texts.push_back(name.name);
  for (int step = 0; step < kWidths; ++step) {
    const double width = kNarrowest + step * kWidthStep;
    PlotMarks plot{width, kRoofHeight, {}, {}};
    for (const auto& row : data.rows)
      plot.dots.push_back(
          plane.pixel(row[kIntensity].get<double>(), row[kSpeed].get<double>(), width));
    for (const auto& line : lines) {
      plot.lines.emplace_back();
      for (const NamedPoint& at : line) plot.lines.back().push_back(plane.pixel(at.x, at.y, width));
    }
    std::vector<Pixel> points;
    for (const NamedPoint& name : names) points.push_back(plane.pixel(name.x, name.y, width));
    const std::vector<LabelPlace> places = label_places(points, texts, plot);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Pixel end = places[i].end_of_line(points[i], size_of_label(texts[i]));
      placed[i]["dx"].push_back(std::round(places[i].middle.x - points[i].x));
      placed[i]["dy"].push_back(std::round(places[i].middle.y - points[i].y));
      placed[i]["end_x"].push_back(std::round(end.x - points[i].x));
      placed[i]["end_y"].push_back(std::round(end.y - points[i].y));
      placed[i]["led"].push_back(places[i].is_led_to);
    }
  }
  return placed;
}

/// Marks of the data set `named`: the names, and lines to those that stand further away.
void add_placed_names(Json& spec, const Json& placed) {
  spec["data"].push_back({{"name", "named"}, {"values", placed}});
  const auto at = [](const char* field) {
    return vega::signal(fmt::format("datum.{}[clamp(round((range('x')[1] - {}) / {}), 0, {})]",
                                    field, kNarrowest, kWidthStep, kWidths - 1));
  };
  const auto from = [&](const char* axis, const char* offset) {
    Json place = scale_of(axis, axis);
    if (offset) place["offset"] = at(offset);
    return place;
  };
  Json led = at("led");
  led["signal"] = led["signal"].get<std::string>() + " ? 0.7 : 0";
  spec["marks"].push_back({{"type", "rule"},
                           {"from", {{"data", "named"}}},
                           {"encode",
                            {{"update",
                              {{"x", from("x", nullptr)},
                               {"y", from("y", nullptr)},
                               {"x2", from("x", "end_x")},
                               {"y2", from("y", "end_y")},
                               {"stroke", {{"value", "var(--muted)"}}},
                               {"strokeWidth", {{"value", 0.8}}},
                               {"opacity", led}}}}}});
  Json text{{"type", "text"},
            {"from", {{"data", "named"}}},
            {"encode",
             {{"update",
               {{"x", from("x", "dx")},
                {"y", from("y", "dy")},
                {"align", {{"value", "center"}}},
                {"baseline", {{"value", "middle"}}},
                {"fontSize", {{"value", 11}}},
                {"fontStyle", vega::signal("datum.roof ? 'italic' : 'normal'")},
                {"fill", vega::signal("datum.roof ? 'var(--ink)' : 'var(--muted)'")},
                {"text", {{"field", "name"}}}}}}}};
  Json halo = text;  // that no grid line strikes a name through
  halo["encode"]["update"].update(
      {{"stroke", {{"value", "var(--page)"}}}, {"strokeWidth", {{"value", 4}}}});
  spec["marks"].push_back(halo);
  spec["marks"].push_back(text);
}

double images_of(const SimulationFile& simulation, const LayerCosts& layer) {
  return static_cast<double>(layer.batch.value_or(simulation.batch.value_or(1)));
}

/// The lowest of the roofs over a layer that does `bops`, each by the bytes that pass it.
double ceiling(const Machine& machine, const LayerCosts& layer, double bops) {
  const auto allowed = [&](std::int64_t bytes, double bytes_per_s) {
    return bops / static_cast<double>(bytes) * bytes_per_s;
  };
  const double memory = allowed(layer.dram_bytes, machine.dram_bytes_per_s);
  const double array_or_memory = std::min(machine.peak_bops_per_s, memory);
  if (!machine.port_bytes_per_s || layer.port_bytes.value_or(0) <= 0) return array_or_memory;
  return std::min(array_or_memory, allowed(*layer.port_bytes, *machine.port_bytes_per_s));
}

std::string caption(const std::string& hardware, const Machine& machine) {
  std::string text = fmt::format(
      "Each layer's work for each byte of DRAM, against the work that it does in a second (BOPs = "
      "MACs x weight bits x activation bits). Lines: what {} can at most.",
      hardware);
  if (machine.port_bytes_per_s)
    text +=
        " Solid: the lesser rate of DRAM and the ports; dashed: the greater. The ports' line takes "
        "it that as many bytes cross them as DRAM moves; the share of the roof is by the bytes "
        "that do.";
  return text +
         " The ports' rate is of all ports together: of weights, of activations, and of results "
         "and conversion where the machine has those. A layer that loads one of them more stays "
         "below.";
}

/// A line as a mark draws it.
Json line_mark(const char* data, const char* color, const Json& dash) {
  return {{"type", "line"},
          {"from", {{"data", data}}},
          {"encode",
           {{"update",
             {{"x", scale_of("x", "x")},
              {"y", scale_of("y", "y")},
              {"stroke", {{"value", color}}},
              {"strokeDash", {{"value", dash}}},
              {"strokeWidth", {{"value", 1.5}}}}}}}};
}

/// The roofs: data and lines, the least one solid to the plane's end.
void add_roofs(Json& spec, const std::vector<Roof>& roofs, double peak, const Plane& plane) {
  spec["data"].push_back({{"name", "roof"}, {"values", points_of(roofs[0], peak, plane, true)}});
  spec["marks"].push_back(line_mark("roof", "var(--ink)", Json::array()));
  if (roofs.size() < 2) return;
  spec["data"].push_back(
      {{"name", "greater_roof"}, {"values", points_of(roofs[1], peak, plane, false)}});
  spec["marks"].push_back(line_mark("greater_roof", "var(--muted)", {5, 4}));
}

/// All of it but the data table.
Json roofline_spec(const Run& run, const DataTable& data, const Machine& machine,
                   const Plane& plane) {
  const std::vector<Roof> roofs = roofs_of(machine);
  const double peak = machine.peak_bops_per_s;
  Json spec = vega::plot(kRoofHeight);
  spec["scales"] = {vega::scale("x", "log", {plane.x_from, plane.x_to}, "width"),
                    vega::scale("y", "log", {plane.y_from, plane.y_to}, "height")};
  spec["axes"] = {vega::axis("bottom", "x", "BOPs per DRAM byte", "~s"),
                  vega::axis("left", "y", "BOPs/s", "~s")};
  std::vector<std::string> policies{run.found_as};
  if (run.reference()) policies.push_back(run.reference()->name);
  vega::add_colors(spec, policies, vega::colors_of(policies.size()));
  add_roofs(spec, roofs, peak, plane);
  std::vector<NamedPoint> names = names_of(roofs, peak, plane);
  std::vector<std::vector<NamedPoint>> lines;
  for (std::size_t i = 0; i < roofs.size(); ++i) {
    lines.emplace_back();
    for (const Json& at : points_of(roofs[i], peak, plane, i == 0))
      lines.back().push_back({"", at["x"], at["y"]});
  }
  for (NamedPoint& layer : slowest_points(run.found_as, run.found()->simulation, data))
    names.push_back(std::move(layer));
  add_placed_names(spec, placed_names(names, data, plane, lines));
  spec["marks"].push_back(vega::point("bops_per_dram_byte", "bops_per_s", "policy",
                                      fmt::format("datum.policy === '{}'", run.found_as)));
  return spec;
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
    for (const LayerCosts& layer : policy.simulation.layers) {
      if (layer.dram_bytes <= 0 || layer.latency_ms <= 0 || layer.bops <= 0) continue;
      const double bops = static_cast<double>(layer.bops) * images_of(policy.simulation, layer);
      const double intensity = bops / static_cast<double>(layer.dram_bytes);
      const double speed = bops / (layer.latency_ms * 1e-3);
      const double limit = ceiling(machine, layer, bops);
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
  Figure figure{"roofline", "Roofline", caption(run.hardware, machine), data, {}};
  figure.spec =
      roofline_spec(run, data, machine,
                    plane_of(roofs_of(machine), machine.peak_bops_per_s, least, most, slowest));
  return figure;
}

}  // namespace bitloom::reports
