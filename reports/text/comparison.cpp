#include "reports/text/comparison.h"

#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/scaled_units.h"
#include "reports/millijoules.h"
#include "reports/results/comparison_file.h"
#include "reports/text/machine_sweep.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

std::string letter(std::size_t machine) { return std::string(1, static_cast<char>('A' + machine)); }

double shown(const NetworkCost& cost, Total total) {
  return total == Total::kLatency ? cost.latency.count() : millijoules(cost.energy);
}

std::vector<std::size_t> given_policies(const Comparison& c) {
  std::vector<std::size_t> given;
  for (std::size_t i = 0; i < c.policies.size(); ++i)
    if (!c.policies[i].is_random) given.push_back(i);
  return given;
}

/// `A  bismo-edge  batch 1, 200 MHz, energies of a 28 nm FPGA (Zynq-7020)`.
std::string machine_line(const Comparison& c, std::size_t m, std::size_t width,
                         std::size_t max_width) {
  const ComparedMachine& machine = c.machines[m];
  const std::string label = fmt::format("{}  {:<{}}", letter(m), machine.name, width);
  const std::string energies = machine.technology.empty() ? "energies of no technology named"
                                                          : "energies of a " + machine.technology;
  const std::string facts = fmt::format("batch {}, {:g} MHz", machine.batch, machine.clock.count());
  const std::size_t most = std::min<std::size_t>(max_width, 80);
  if (width_of(label) + 2 + width_of(facts) > most)
    return wrapped(label, most, "") + wrapped(facts + ", " + energies, most, "   ");
  const bool fits = width_of(label) + 2 + width_of(facts) + 2 + width_of(energies) <= most;
  return label + "  " + facts +
         (fits ? ", " + energies + "\n" : "\n" + wrapped(energies, most, "   "));
}

std::string title(const Comparison& c, std::size_t max_width) {
  const std::size_t given = given_policies(c).size(), random = c.policies.size() - given;
  const std::string some =
      given == 0
          ? ""
          : fmt::format("{} given", given == 1 ? "1 policy" : fmt::format("{} policies", given));
  const std::string drawn =
      random == 0 ? ""
                  : fmt::format("{}{} random{} (seed {})", given == 0 ? "" : ", ", random,
                                given > 0     ? ""
                                : random == 1 ? " policy"
                                              : " policies",
                                c.seed);
  std::string text = wrapped(
      fmt::format("{}, {} engine{}: {}{}", c.network, c.engine, energy_table_text(c), some, drawn),
      max_width, "");
  std::size_t width = 0;
  for (const ComparedMachine& machine : c.machines) width = std::max(width, width_of(machine.name));
  for (std::size_t m = 0; m < c.machines.size(); ++m) text += machine_line(c, m, width, max_width);
  return text;
}

/// What the given policies cost an image, whatever the machines' batches.
class ImageCosts {
 public:
  ImageCosts(const Comparison& c, Total total)
      : c_(c), total_(total), given_(given_policies(c)), unit_(unit()) {
    for (std::size_t m = 0; m < c.machines.size(); ++m) {
      std::vector<double> costs;
      for (const std::size_t i : given_) costs.push_back(c.policies[i].on(m).of(total));
      places_on_.push_back(places(costs));
    }
    order_.resize(given_.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(),
                     [&](auto i, auto j) { return places_on_[0][i] < places_on_[0][j]; });
  }

  /// Costs and places on the machines in [from, to), in the order of the first of all.
  TextTable table(std::size_t from, std::size_t to) const {
    std::vector<Column> columns{{fmt::format("{}, image", to_text(total_)), Align::kLeft}};
    for (std::size_t m = from; m < to; ++m) {
      columns.push_back({fmt::format("{} {}", letter(m), unit_.name)});
      columns.push_back({"place"});
      if (m > 0) columns.push_back({letter(m) + "/A"});
    }
    TextTable table(std::move(columns));
    for (const std::size_t i : order_) {
      std::vector<std::string> cells{c_.policies[given_[i]].name};
      for (std::size_t m = from; m < to; ++m) {
        cells.push_back(unit_.cell(of_image(given_[i], m)));
        cells.push_back(fmt::format("{}", places_on_[m][i]));
        if (m > 0)
          cells.push_back(fmt::format("{:.3f}", of_image(given_[i], m) / of_image(given_[i], 0)));
      }
      table.add_row(std::move(cells));
    }
    return table;
  }

 private:
  double of_image(std::size_t policy, std::size_t m) const {
    return shown(c_.policies[policy].on(m), total_) / static_cast<double>(c_.machines[m].batch);
  }
  ColumnUnit unit() const {
    double most = 0;
    for (const std::size_t i : given_)
      for (std::size_t m = 0; m < c_.machines.size(); ++m) most = std::max(most, of_image(i, m));
    return total_ == Total::kLatency ? time_column(most) : energy_column(most);
  }

  const Comparison& c_;
  Total total_;
  std::vector<std::size_t> given_;
  ColumnUnit unit_;
  std::vector<std::vector<int>> places_on_;
  std::vector<std::size_t> order_;
};

/// The given policies' costs and places; as many machines side by side as `max_width` has room for.
std::string costs_text(const Comparison& c, Total total, std::size_t max_width) {
  if (given_policies(c).empty()) return "";
  const ImageCosts costs(c, total);
  std::string text;
  for (std::size_t from = 0, to; from < c.machines.size(); from = to) {
    to = c.machines.size();
    while (to > from + 1 && costs.table(from, to).width() > max_width) --to;
    text += "\n" + costs.table(from, to).text(max_width);
  }
  return text;
}

/// The given policies' energies of an image at the bounds of constants, and beside the first one's.
std::string energy_ranges_text(const Comparison& c, std::size_t max_width) {
  const std::vector<std::size_t> given = given_policies(c);
  double most = 0;
  std::vector<std::string> constants;
  const auto of_image = [&](Picojoules energy, std::size_t m) {
    return millijoules(energy) / static_cast<double>(c.machines[m].batch);
  };
  for (std::size_t m = 0; m < c.machines.size(); ++m)
    for (const std::size_t i : given)
      if (const auto& range = c.policies[i].on(m).energy_range) {
        most = std::max(most, of_image(range->most, m));
        constants = range->constants;
      }
  if (constants.empty()) return "";
  const ColumnUnit unit = energy_column(most);
  TextTable table({{"energy by bounds", Align::kLeft},
                   {unit.name},
                   {"least"},
                   {"most"},
                   {"ratio"},
                   {"least"},
                   {"most"}});
  for (std::size_t m = 0; m < c.machines.size(); ++m)
    for (const std::size_t i : given) {
      const auto& range = c.policies[i].on(m).energy_range;
      if (!range) continue;
      const sim::RatioRange ratio = energy_ratio(c, i, m).value();
      table.add_row({letter(m) + " " + c.policies[i].name, unit.cell(of_image(range->told, m)),
                     unit.cell(of_image(range->least, m)), unit.cell(of_image(range->most, m)),
                     fmt::format("{:.3f}", range->told.count() /
                                               c.policies.front().on(m).energy_range->told.count()),
                     fmt::format("{:.3f}", ratio.least), fmt::format("{:.3f}", ratio.most)});
    }
  return "\n" + table.text(max_width) +
         wrapped(fmt::format("least, most: by what bounds {}. ratio: to {} on the machine, each "
                             "constant at one value for both.",
                             fmt::join(constants, ", "), c.policies.front().name),
                 std::min<std::size_t>(max_width, 80), "");
}

std::string correlation_text(const std::optional<double>& value) {
  return value ? fmt::format("{:.4f}", *value) : "-";
}

std::string agreements_text(const std::vector<Agreement>& found, std::size_t max_width) {
  if (found.empty()) return "";
  TextTable table({{"agreement", Align::kLeft},
                   {"policies"},
                   {"Spearman"},
                   {"Kendall"},
                   {"pairs swapped"},
                   {"worst swap"}});
  for (const Agreement& a : found)
    table.add_row(
        {fmt::format("{} {}-{}", to_text(a.total), letter(a.a), letter(a.b)),
         fmt::format("{} {}", a.policies, to_text(a.group)), correlation_text(a.spearman),
         correlation_text(a.kendall), fmt::format("{} of {}", a.pairs.swapped, a.pairs.all),
         a.swaps.empty() ? "-" : fmt::format("{:.2f} %", a.swaps.front().least_percent())});
  return "\n" + table.text(max_width) +
         wrapped(
             "1: the same order, -1: the reverse. Worst swap: the policy that one machine prefers "
             "costs more on the other by at least this, whichever of the two chooses.",
             std::min<std::size_t>(max_width, 80), "");
}

std::string swaps_text(const Comparison& c, const std::vector<Agreement>& found,
                       std::size_t max_width) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (const Agreement& a : found) {
    if (a.group == PolicyGroup::kRandom) continue;
    for (std::size_t i = 0; i < std::min(kMost, a.swaps.size()); ++i) {
      const Swap& swap = a.swaps[i];
      text +=
          wrapped(fmt::format("{}: {} before {} on {} (by {:.2f} %), after it on {} (by {:.2f} %)",
                              to_text(a.total), c.policies[swap.better_on_a].name,
                              c.policies[swap.better_on_b].name, letter(a.a), swap.percent_on_a,
                              letter(a.b), swap.percent_on_b),
                  max_width, "  ");
    }
    const auto told = static_cast<std::int64_t>(std::min(kMost, a.swaps.size()));
    if (a.pairs.swapped > told)
      text += fmt::format("  {}: {} more (--json has the {} largest)\n", to_text(a.total),
                          a.pairs.swapped - told, a.swaps.size());
  }
  return text.empty() ? "" : "\nswapped, of those given:\n" + text;
}

/// A row's label: `A latency weights`.
std::string sweep_label(const Sweep& sweep, Total total) {
  return fmt::format("{} {} {}", letter(sweep.machine), to_text(total), to_text(sweep.swept));
}

/// The bits of the longest sweep.
std::vector<int> swept_bits(const Comparison& c) {
  const Sweep& longest = *std::max_element(
      c.sweeps.begin(), c.sweeps.end(),
      [](const Sweep& a, const Sweep& b) { return a.steps.size() < b.steps.size(); });
  std::vector<int> bits;
  for (const SweepStep& step : longest.steps) bits.push_back(step.bits);
  return bits;
}

std::string step_gains_text(const Comparison& c, const std::vector<int>& bits,
                            std::size_t max_width) {
  std::vector<Column> columns{{"saved, %", Align::kLeft}};
  for (std::size_t i = 1; i < bits.size(); ++i)
    columns.push_back({fmt::format("{}>{}", bits[i - 1], bits[i])});
  columns.push_back({"stop"});
  TextTable table(std::move(columns));
  for (const Total total : kTotals)
    for (const Sweep& sweep : c.sweeps) {
      if (sweep.steps.empty()) continue;
      std::vector<std::string> cells{sweep_label(sweep, total)};
      for (const double gain : step_gains(sweep, total))
        cells.push_back(fmt::format("{:.1f}", gain));
      cells.resize(bits.size(), "-");
      cells.push_back(fmt::format("{}", network_stops(sweep, total, c.gain_percent)));
      table.add_row(std::move(cells));
    }
  return table.text(max_width);
}

std::string layer_stops_text(const Comparison& c, const std::vector<int>& bits,
                             std::size_t max_width) {
  std::vector<Column> columns{{"layers that stop at", Align::kLeft}};
  for (const int b : bits) columns.push_back({fmt::format("{}", b)});
  TextTable table(std::move(columns));
  for (const Total total : kTotals)
    for (const Sweep& sweep : c.sweeps) {
      if (sweep.steps.empty()) continue;
      const std::vector<int> stops = layer_stops(sweep, total, c.gain_percent);
      std::vector<std::string> cells{sweep_label(sweep, total)};
      for (const int b : bits)
        cells.push_back(fmt::format("{}", std::count(stops.begin(), stops.end(), b)));
      table.add_row(std::move(cells));
    }
  return table.text(max_width);
}

/// Where sweeps end early, and the machines that take not even the bits at which all begin.
std::string sweep_ends_text(const Comparison& c, std::size_t max_width) {
  std::string text;
  for (const Sweep& sweep : c.sweeps) {
    if (sweep.refused.empty()) continue;
    const std::string machine = letter(sweep.machine);
    if (!sweep.steps.empty())
      text += wrapped(fmt::format("{} {} ends at {}: {}", machine, to_text(sweep.swept),
                                  sweep.steps.back().bits, sweep.refused),
                      max_width, "  ");
    else if (sweep.swept == kAllSwept[0])  // the others begin at the same bits
      text += wrapped(
          fmt::format("{} takes no 8/8, where bits begin to fall: {}", machine, sweep.refused),
          max_width, "  ");
  }
  return text;
}

std::string sweeps_text(const Comparison& c, std::size_t max_width) {
  const std::string ends = sweep_ends_text(c, max_width);
  const std::vector<int> bits = swept_bits(c);
  if (bits.empty()) return "\n" + ends;
  const std::string rule = fmt::format(
      "where bits stop paying: all layers alike, a bit less at a time, of weights (W/8), of "
      "activations (8/A) or of both. A step pays if it saves {:g} % of what is left; bits stop at "
      "the widest from which no further step pays, {} where all may.",
      c.gain_percent, bits.back());
  return "\n" + wrapped(rule, max_width, "") + "\n" + step_gains_text(c, bits, max_width) + "\n" +
         layer_stops_text(c, bits, max_width) + ends;
}

}  // namespace

std::string comparison_text(const Comparison& c, std::size_t max_width) {
  if (!c.swept_keys.empty()) return machine_sweep_text(c, max_width);
  const std::vector<Agreement> found = agreements(c);
  std::string text = title(c, max_width);
  for (const Total total : kTotals) text += costs_text(c, total, max_width);
  text += energy_ranges_text(c, max_width);
  return text + agreements_text(found, max_width) + swaps_text(c, found, max_width) +
         sweeps_text(c, max_width);
}

}  // namespace bitloom::reports
