#include "reports/changes.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "base/scaled_units.h"
#include "reports/millijoules.h"
#include "reports/resources.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

using Json = nlohmann::ordered_json;

double time_saved_percent(const Change& as_is, const Change& change) {
  return 100 * (1 - change.image_ms() / as_is.image_ms());
}

/// The fastest first; of equal ones the one that takes least energy.
void sort_best_first(std::vector<Change>& changes) {
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
    return std::pair(a.image_ms(), a.image_mj()) < std::pair(b.image_ms(), b.image_mj());
  });
}

/// As fast and as frugal to the decimal of a per cent, and of the same chip.
bool is_no_difference(const Change& as_is, const Change& change) {
  constexpr double kShownPercent = 0.05;
  const double energy_percent = 100 * (change.image_mj() / as_is.image_mj() - 1);
  if (std::abs(time_saved_percent(as_is, change)) >= kShownPercent ||
      std::abs(energy_percent) >= kShownPercent)
    return false;
  for (std::size_t i = 0; i < as_is.resources.size(); ++i)
    if (change.resources[i].amount != as_is.resources[i].amount) return false;
  return true;
}

std::string joined(const Change& change) {
  return fmt::format("{}", fmt::join(change.settings, " + "));
}

/// Of the columns of time and energy.
struct ChangeUnits {
  ColumnUnit time, energy;
};
ChangeUnits change_units(const Change& as_is, const std::vector<Change>& changes) {
  double ms = as_is.image_ms(), mj = as_is.image_mj();
  for (const Change& change : changes) {
    ms = std::max(ms, change.image_ms());
    mj = std::max(mj, change.image_mj());
  }
  return {time_column(ms), energy_column(mj)};
}

void add_change(TextTable& table, const Change& as_is, const Change& change,
                const ChangeUnits& units) {
  std::vector<std::string> cells{change.settings.front(), units.time.cell(change.image_ms()),
                                 fmt::format("{:.1f}", time_saved_percent(as_is, change)),
                                 units.energy.cell(change.image_mj())};
  for (std::size_t i = 0; i < as_is.resources.size(); ++i) {
    const double more = change.resources[i].amount - as_is.resources[i].amount;
    cells.push_back(more == 0 ? "" : fmt::format("{:+.0f}", more));
  }
  table.add_row(cells);
  for (std::size_t i = 1; i < change.settings.size(); ++i) {
    std::vector<std::string> rest(cells.size());
    rest.front() = "  " + change.settings[i];
    table.add_row(rest);
  }
}

/// What becomes of the energies with a change.
std::string energies_of_changes(const Change& as_is) {
  if (as_is.scaled_energies.empty())
    return "Energies of an action and static power stay as the file has them";
  if (!as_is.gives_energies)
    return "Energies of an action and static power, which the file does not give, are scaled to "
           "the size of each machine";
  return fmt::format(
      "Of the energies {}, which the file does not give, {} scaled to the size of "
      "each machine; the others stay as it has them",
      fmt::join(as_is.scaled_energies, ", "), as_is.scaled_energies.size() == 1 ? "is" : "are");
}

}  // namespace

double Change::image_mj() const { return millijoules(energy) / static_cast<double>(images); }

std::string changes_text(const Change& as_is, std::vector<Change> changes, bool of_an_image,
                         std::size_t max_width) {
  if (changes.empty()) return "";
  sort_best_first(changes);
  const ChangeUnits units = change_units(as_is, changes);
  const char* image = of_an_image ? " image" : "";
  std::vector<Column> columns{
      {"change", Align::kLeft}, {units.time.name + image}, {"saved%"}, {units.energy.name + image}};
  std::vector<std::string> now{"none", units.time.cell(as_is.image_ms()), "",
                               units.energy.cell(as_is.image_mj())};
  for (const sim::Resource& resource : as_is.resources) {
    columns.push_back({resource.name});
    now.push_back(fmt::format("{:.0f}", resource.amount));
  }
  TextTable table(std::move(columns));
  table.add_row(std::move(now));
  std::vector<std::string> same;
  for (const Change& change : changes)
    if (is_no_difference(as_is, change))
      same.push_back(joined(change));
    else
      add_change(table, as_is, change, units);
  const std::size_t width = std::min<std::size_t>(max_width, 80);
  const std::string none =
      same.empty() ? ""
                   : wrapped(fmt::format("No difference: {}.", fmt::join(same, ", ")), width, "");
  return "\nwhat could be built, one change at a time, best first\n" + table.text(max_width) +
         none +
         wrapped(fmt::format("--set KEY=VALUE prices a change with other bits or other changes, "
                             "compare --sweep several. {}; of the chip only what is named is "
                             "counted, no ports and no control.",
                             energies_of_changes(as_is)),
                 width, "");
}

Json changes_json(const Change& as_is, std::vector<Change> changes) {
  sort_best_first(changes);
  Json list = Json::array();
  for (const Change& change : changes)
    list.push_back({{"set", change.settings},
                    {"images", change.images},
                    {"cycles", change.cycles.count()},
                    {"latency_ms", change.latency.count()},
                    {"energy_mj", millijoules(change.energy)},
                    {"saved_percent", time_saved_percent(as_is, change)},
                    {"resources", resources_json(change.resources)}});
  return list;
}

}  // namespace bitloom::reports
