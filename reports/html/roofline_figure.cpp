// The roofline: each layer a point under what the machine can at most.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "reports/html/figures.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::scale_of;

constexpr int kRoofHeight = 340;

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
      "MACs x weight bits x activation bits). Line: what {} can at most, {} TBOPs/s and {} GB/s of "
      "memory.",
      hardware, number_text(machine.peak_bops_per_s * 1e-12),
      number_text(machine.dram_bytes_per_s * 1e-9));
  if (machine.port_bytes_per_s)
    text += fmt::format(
        " Not drawn: the ports' {} GB/s, by the bytes that cross them. The share of the roof is of "
        "the lowest of the three.",
        number_text(*machine.port_bytes_per_s * 1e-9));
  return text;
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
  Json spec = vega::plot(kRoofHeight);
  const Json line = roof(machine, least / 2, most * 2);
  spec["data"].push_back({{"name", "roof"}, {"values", line}});
  const double bottom = std::min(slowest, line.front()["y"].get<double>()) / 1.5;
  spec["scales"] = {vega::scale("x", "log", {line.front()["x"], line.back()["x"]}, "width"),
                    vega::scale("y", "log", {bottom, machine.peak_bops_per_s * 1.5}, "height")};
  spec["axes"] = {vega::axis("bottom", "x", "BOPs per DRAM byte", "~s"),
                  vega::axis("left", "y", "BOPs/s", "~s")};
  std::vector<std::string> policies{run.found_as};
  if (run.reference()) policies.push_back(run.reference()->name);
  vega::add_colors(spec, policies, vega::colors_of(policies.size()));
  spec["marks"] = {{{"type", "line"},
                    {"from", {{"data", "roof"}}},
                    {"encode",
                     {{"update",
                       {{"x", scale_of("x", "x")},
                        {"y", scale_of("y", "y")},
                        {"stroke", {{"value", "var(--ink)"}}},
                        {"strokeWidth", {{"value", 1.5}}}}}}}},
                   vega::point("bops_per_dram_byte", "bops_per_s", "policy",
                               fmt::format("datum.policy === '{}'", run.found_as))};
  vega::add_names(spec, slowest_points(run.found_as, run.found()->simulation, data));
  figure.spec = std::move(spec);
  return figure;
}

}  // namespace bitloom::reports
