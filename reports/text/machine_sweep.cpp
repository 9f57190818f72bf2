#include "reports/text/machine_sweep.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/scaled_units.h"
#include "reports/millijoules.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

/// The last parts of keys where they tell the keys apart, else whole keys. That of a constant is
/// its name, not `value`.
std::vector<std::string> short_keys(const std::vector<std::string>& keys) {
  constexpr std::string_view kValue = ".value";
  std::vector<std::string> last;
  for (std::string key : keys) {
    if (key.ends_with(kValue)) key.resize(key.size() - kValue.size());
    last.push_back(key.substr(key.rfind('.') + 1));
  }
  const std::set<std::string> distinct(last.begin(), last.end());
  return distinct.size() == keys.size() ? last : keys;
}

/// The hardware of which the machines are, each once.
std::vector<std::string> hardware_of(const Comparison& c) {
  std::vector<std::string> names;
  for (const ComparedMachine& machine : c.machines)
    if (std::find(names.begin(), names.end(), machine.hardware) == names.end())
      names.push_back(machine.hardware);
  return names;
}

/// How a table calls hardware and keys, in their order: in a column each, or all in one, as
/// `A a=8 b=64`.
struct SweepNames {
  std::vector<std::string> hardware, keys;
  bool in_one_column = false;
};

std::vector<std::string> letters(char first, std::size_t count) {
  constexpr std::size_t kLetters = 26;
  std::vector<std::string> letters;
  for (std::size_t i = 0; i < count; ++i)
    letters.emplace_back(i / kLetters + 1, static_cast<char>(first + i % kLetters));
  return letters;
}

SweepNames letters_of(const Comparison& c) {
  return {letters('A', hardware_of(c).size()), letters('a', c.swept_keys.size())};
}

/// `A is bismo-edge, B is bismo-cloud, a is array.dk`.
std::string meanings_text(const Comparison& c, std::size_t width) {
  const SweepNames names = letters_of(c);
  const std::vector<std::string> hardware = hardware_of(c);
  std::vector<std::string> meanings;
  for (std::size_t i = 0; hardware.size() > 1 && i < hardware.size(); ++i)
    meanings.push_back(names.hardware[i] + " is " + hardware[i]);
  for (std::size_t i = 0; i < c.swept_keys.size(); ++i)
    meanings.push_back(names.keys[i] + " is " + c.swept_keys[i]);
  return wrapped(fmt::format("{}", fmt::join(meanings, ", ")), width, "");
}

/// The amount of a resource on a machine; none where its family does not tell.
std::optional<double> amount_of(const std::string& resource, const ComparedMachine& machine) {
  for (const sim::Resource& each : machine.resources)
    if (each.name == resource) return each.amount;
  return std::nullopt;
}

/// What a machine costs that should be little: time and energy of an image, and the chip.
std::vector<double> costs_of(const Comparison& c, const ComparedPolicy& policy, std::size_t m,
                             const std::vector<std::string>& resources) {
  const auto images = static_cast<double>(c.machines[m].batch);
  std::vector<double> costs{policy.on(m).latency.count() / images,
                            policy.on(m).energy.count() / images};
  for (const std::string& resource : resources)
    costs.push_back(amount_of(resource, c.machines[m]).value_or(0));
  return costs;
}

/// Whether another machine is as good in all and better in one.
bool is_beaten(const std::vector<std::vector<double>>& costs, std::size_t m) {
  return std::any_of(costs.begin(), costs.end(), [&](const std::vector<double>& other) {
    bool is_as_good = true;
    for (std::size_t i = 0; i < other.size(); ++i) is_as_good &= other[i] <= costs[m][i];
    return is_as_good && other != costs[m];
  });
}

/// Of the columns of time and energy.
struct SweepUnits {
  ColumnUnit time, energy;
};
SweepUnits sweep_units(const std::vector<std::vector<double>>& costs) {
  double ms = 0, pj = 0;
  for (const std::vector<double>& of_machine : costs) {
    ms = std::max(ms, of_machine[0]);
    pj = std::max(pj, of_machine[1]);
  }
  return {time_column(ms), energy_column(millijoules(Picojoules(pj)))};
}

std::vector<Column> columns_of(const Comparison& c, const SweepNames& names,
                               const SweepUnits& units) {
  const std::vector<std::string> hardware = hardware_of(c);
  std::vector<Column> columns;
  if (names.in_one_column)
    columns.push_back({"machine", Align::kLeft});
  else if (hardware.size() > 1)
    columns.push_back({names.hardware == hardware ? "hardware" : "hw", Align::kLeft});
  for (const std::string& key : names.keys)
    if (!names.in_one_column) columns.push_back({key});
  for (const std::string& header : {std::string("cycles"), units.time.name + " image",
                                    std::string("time"), units.energy.name + " image"})
    columns.push_back({header});
  for (const std::string& resource : resource_names(c)) columns.push_back({resource});
  columns.push_back({"front"});
  return columns;
}

/// What tells a machine from the others: its hardware, where there are several, and its values.
std::vector<std::string> machine_cells(const ComparedMachine& machine, const SweepNames& names,
                                       const std::vector<std::string>& hardware) {
  std::vector<std::string> cells;
  if (hardware.size() > 1) {
    const auto place = std::find(hardware.begin(), hardware.end(), machine.hardware);
    cells.push_back(names.hardware[static_cast<std::size_t>(place - hardware.begin())]);
  }
  for (std::size_t i = 0; i < machine.values.size(); ++i)
    cells.push_back(names.in_one_column ? names.keys[i] + "=" + machine.values[i]
                                        : machine.values[i]);
  return names.in_one_column ? std::vector{fmt::format("{}", fmt::join(cells, " "))} : cells;
}

TextTable table_of(const Comparison& c, const ComparedPolicy& policy, const SweepNames& names) {
  const std::vector<std::string> hardware = hardware_of(c);
  const std::vector<std::string> resources = resource_names(c);
  std::vector<std::size_t> machines;
  std::vector<std::vector<double>> all_costs;
  for (std::size_t m = 0; m < c.machines.size(); ++m) {
    if (!policy.costs[m]) continue;
    machines.push_back(m);
    all_costs.push_back(costs_of(c, policy, m, resources));
  }
  const SweepUnits units = sweep_units(all_costs);
  TextTable table(columns_of(c, names, units),
                  names.in_one_column ? Narrow::kWrap : Narrow::kShorten);
  for (std::size_t i = 0; i < machines.size(); ++i) {
    const ComparedMachine& machine = c.machines[machines[i]];
    const std::vector<double>& costs = all_costs[i];
    std::vector<std::string> cells = machine_cells(machine, names, hardware);
    cells.push_back(fmt::format("{}", policy.on(machines[i]).cycles.count()));
    cells.push_back(units.time.cell(costs[0]));
    cells.push_back(fmt::format("{:.2f}x", costs[0] / all_costs[0][0]));
    cells.push_back(units.energy.cell(millijoules(Picojoules(costs[1]))));
    for (const std::string& resource : resources) {
      const auto amount = amount_of(resource, machine);
      cells.push_back(amount ? fmt::format("{:.0f}", *amount) : "-");
    }
    cells.push_back(is_beaten(all_costs, i) ? "" : "*");
    table.add_row(std::move(cells));
  }
  return table;
}

bool has_a_cost(const ComparedPolicy& policy) {
  return std::any_of(policy.costs.begin(), policy.costs.end(),
                     [](const std::optional<NetworkCost>& cost) { return cost.has_value(); });
}

/// The tables of the policies that were given; where they would be too wide, what stands in them
/// has letters for names, and where that is too wide, too, stands in one column.
std::string tables_text(const Comparison& c, std::size_t max_width) {
  const auto tables = [&](const SweepNames& names) {
    std::vector<std::pair<std::string, TextTable>> tables;
    for (const ComparedPolicy& policy : c.policies)
      if (!policy.is_random && has_a_cost(policy))
        tables.emplace_back(policy.name, table_of(c, policy, names));
    return tables;
  };
  const auto is_too_wide = [&](const auto& table) { return table.second.width() > max_width; };
  auto named = tables({hardware_of(c), short_keys(c.swept_keys)});
  std::string text;
  if (std::any_of(named.begin(), named.end(), is_too_wide)) {
    SweepNames names = letters_of(c);
    named = tables(names);
    names.in_one_column = std::any_of(named.begin(), named.end(), is_too_wide);
    if (names.in_one_column) named = tables(names);
    text = meanings_text(c, max_width);
  }
  for (const auto& [policy, table] : named) text += "\n" + policy + "\n" + table.text(max_width);
  return text;
}

/// Of what the energies are, a line for each hardware file.
std::string energies_text(const Comparison& c, std::size_t width) {
  std::string text;
  const ComparedMachine* before = nullptr;
  for (const ComparedMachine& machine : c.machines) {
    if (!before || machine.hardware != before->hardware || machine.technology != before->technology)
      text += wrapped(fmt::format("{}: energies of {}", machine.hardware,
                                  machine.technology.empty() ? "no technology named"
                                                             : "a " + machine.technology),
                      width, "");
    before = &machine;
  }
  return text;
}

/// How far off the energies may be, all machines and policies together.
std::string energy_factor_text(const Comparison& c, std::size_t width) {
  double least = 1, most = 1;
  std::vector<std::string> constants;
  for (const ComparedPolicy& policy : c.policies)
    for (const std::optional<NetworkCost>& cost : policy.costs) {
      if (!cost || !cost->energy_range) continue;
      const sim::EnergyRange& range = *cost->energy_range;
      least = std::min(least, range.least.count() / range.told.count());
      most = std::max(most, range.most.count() / range.told.count());
      constants = range.constants;
    }
  if (constants.empty()) return "";
  return wrapped(fmt::format("energies may be {:.2f} to {:.2f} times what is told by what bounds "
                             "{} (--json and --csv have each)",
                             least, most, fmt::join(constants, ", ")),
                 width, "");
}

/// The machines that are missing in a policy's table, and why.
std::string refusals_text(const Comparison& c, std::size_t width) {
  constexpr std::size_t kMost = 10;
  std::string text;
  for (std::size_t i = 0; i < std::min(kMost, c.refused.size()); ++i) {
    const auto& [name, policy, reason] = c.refused[i];
    text += wrapped(fmt::format("no {} on {}: {}", policy, name, reason), width, "  ");
  }
  if (c.refused.size() > kMost)
    text +=
        fmt::format("  and {} more that cannot (--json has them all)\n", c.refused.size() - kMost);
  return text;
}

/// What stays the same in the rows: not what a key sets, nor with DRAM or a technology its
/// energies.
std::string unchanged_text(const Comparison& c) {
  const auto sets_energies = [](const std::string& key) {
    return key == "dram" || key.starts_with("dram.") || key.starts_with("energy");
  };
  const auto keys = std::count_if(c.swept_keys.begin(), c.swept_keys.end(), sets_energies);
  if (keys == std::ssize(c.swept_keys)) return "";
  return fmt::format(
      "Energies of an action and static power do not change with the {}keys, unless the file gives "
      "none; ",
      keys > 0 ? "other " : "");
}

}  // namespace

std::string machine_sweep_text(const Comparison& c, std::size_t max_width) {
  std::string text = wrapped(
      fmt::format("{}, {} engine{}: {} machine{}", c.network, c.engine, energy_table_text(c),
                  c.machines.size(), c.machines.size() == 1 ? "" : "s"),
      max_width, "");
  text += tables_text(c, max_width);
  const std::string unchanged = unchanged_text(c);
  text += wrapped(
      fmt::format("cycles: of the whole batch. time: beside the first machine's. front: no other "
                  "machine is as good in time, energy and chip and better in one. {}{} the chip "
                  "only what is named is counted.",
                  unchanged, unchanged.empty() ? "Of" : "of"),
      std::min<std::size_t>(max_width, 80), "");
  text += energies_text(c, std::min<std::size_t>(max_width, 80));
  text += energy_factor_text(c, std::min<std::size_t>(max_width, 80));
  return text + refusals_text(c, std::min<std::size_t>(max_width, 80));
}

}  // namespace bitloom::reports
