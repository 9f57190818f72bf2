#include "reports/html/result_sections.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html/cost_units.h"
#include "reports/html/figures.h"

namespace bitloom::reports {
namespace {

/// `4/4`, or `mixed bits`.
std::string bits_text(const SimulationFile& simulation) {
  std::string common;
  for (const LayerCosts& layer : simulation.layers) {
    const std::string bits =
        fmt::format("{}/{}", layer.bits.weight_bits, layer.bits.activation_bits);
    if (!common.empty() && bits != common) return "mixed bits";
    common = bits;
  }
  return common;
}

/// A run that found what was simulated, for its figures.
Run run_of(const SimulationFile& simulation) {
  Run run;
  run.network = simulation.network;
  run.hardware = simulation.hardware;
  run.engine = simulation.engine;
  run.batch = simulation.batch;
  run.found_as = bits_text(simulation);
  for (const LayerCosts& layer : simulation.layers) run.policy.push_back(layer.bits);
  run.priced.push_back({"found", simulation});
  return run;
}

/// `resnet20 at 4/4 on bismo-edge: 0.677 ms and 0.8903 mJ an image`.
std::string simulation_title(const SimulationFile& s) {
  const auto images = static_cast<double>(s.batch.value_or(1));
  return fmt::format("{} at {} on {}: {} and {}{}", s.network, bits_text(s), s.hardware,
                     amount_text("latency_ms", s.total.latency_ms / images),
                     amount_text("energy_mj", s.total.energy_mj / images),
                     s.batch ? " an image" : "");
}

double ms_of_image(const SimulationFile& simulation) {
  return simulation.total.latency_ms / static_cast<double>(simulation.batch.value_or(1));
}

/// `4/4 on bismo-edge`, with batch and engine where those of several differ.
std::string name_among(const SimulationFile& one, const std::vector<SimulationFile>& all) {
  std::string name = bits_text(one) + " on " + one.hardware;
  const auto differ = [&](const auto& of) {
    return std::any_of(all.begin(), all.end(),
                       [&](const SimulationFile& other) { return other.*of != one.*of; });
  };
  if (differ(&SimulationFile::batch) && one.batch) name += fmt::format(", batch of {}", *one.batch);
  if (differ(&SimulationFile::engine)) name += fmt::format(", {} engine", one.engine);
  return name;
}

}  // namespace

std::string title_of(const std::vector<SimulationFile>& all) {
  const SimulationFile& first = all.front();
  const bool is_one_network = std::all_of(all.begin(), all.end(), [&](const SimulationFile& each) {
    return each.network == first.network && each.input == first.input;
  });
  if (!is_one_network) {
    std::vector<std::string> names;
    for (const SimulationFile& each : all)
      names.push_back(fmt::format("{} at {}", each.network, name_among(each, all)));
    return fmt::format("{} results that do not compare: {}", all.size(), fmt::join(names, "; "));
  }
  const auto is_faster = [](const SimulationFile& a, const SimulationFile& b) {
    return ms_of_image(a) < ms_of_image(b);
  };
  const SimulationFile& fastest = *std::min_element(all.begin(), all.end(), is_faster);
  return fmt::format("{}: {} is the fastest of {} results, {} an image", first.network,
                     name_among(fastest, all), all.size(),
                     amount_text("latency_ms", ms_of_image(fastest)));
}

std::string energy_bounds_text(double least_mj, double most_mj) {
  return fmt::format("{} to {} by what bounds its constants", amount_text("energy_mj", least_mj),
                     amount_text("energy_mj", most_mj));
}

std::string energy_range_text(const TotalCosts& total) {
  if (!total.energy_least_mj || !total.energy_most_mj) return "";
  return fmt::format("The energy may be {}.",
                     energy_bounds_text(*total.energy_least_mj, *total.energy_most_mj));
}

/// Of how many images the costs are: `an image`, `16 images`; of a table `each row's batch`.
std::string images_text(const SimulationFile& s) {
  if (!s.batch) return "each row's own batch";
  return *s.batch == 1 ? "an image" : fmt::format("{} images, computed together", *s.batch);
}

Section section_of(const SimulationFile& s, const std::string& id) {
  const Run run = run_of(s);
  const std::size_t layers = whole_layers(s.layers).size();
  Section section{
      id,
      simulation_title(s),
      {fmt::format("Priced: {} layer{} of {} on {}{}, {} engine.", layers, layers == 1 ? "" : "s",
                   s.network, s.hardware,
                   s.energy_table ? " with energies of " + *s.energy_table : "", s.engine),
       fmt::format("Cost of {}: latency {}, energy {}, {} of DRAM, {}.", images_text(s),
                   amount_text("latency_ms", s.total.latency_ms),
                   amount_text("energy_mj", s.total.energy_mj),
                   amount_text("dram_mb", static_cast<double>(s.total.dram_bytes) * 1e-6),
                   amount_text("power_mw", s.total.power_mw))},
      {},
      {},
      nullptr};
  if (s.energy_technology) {
    section.lines.push_back(fmt::format("Energies: of a {}.", *s.energy_technology));
    section.technologies.push_back(*s.energy_technology);
  }
  if (const std::string range = energy_range_text(s.total); !range.empty())
    section.lines.push_back(range);
  for (auto figure :
       {bits_figure(run), latency_figure(run), energy_figure(run), roofline_figure(run)})
    if (figure) section.figures.push_back(std::move(*figure));
  return section;
}

}  // namespace bitloom::reports
