#include "reports/text/scaled_units.h"

#include <span>

#include <fmt/format.h>

namespace bitloom::reports {
namespace {

constexpr double kLeastOfUsual = 0.1;
constexpr double kMostOfUsual = 1e4;

struct Unit {
  const char* name;
  double size;  // in the usual unit
};
constexpr Unit kTimes[] = {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1},
                           {"s", 1e3},   {"h", 3.6e6}, {"days", 8.64e7}};
constexpr Unit kEnergies[] = {{"pJ", 1e-9}, {"nJ", 1e-6}, {"uJ", 1e-3}, {"mJ", 1},
                              {"J", 1e3},   {"kJ", 1e6},  {"MJ", 1e9}};
constexpr Unit kPowers[] = {{"nW", 1e-9}, {"uW", 1e-6}, {"mW", 1e-3},
                            {"W", 1},     {"kW", 1e3},  {"MW", 1e6}};
constexpr Unit kBytes[] = {{"B", 1e-6}, {"kB", 1e-3}, {"MB", 1},
                           {"GB", 1e3}, {"TB", 1e6},  {"PB", 1e9}};
constexpr Unit kMacs[] = {{"MACs", 1e-6},  {"k MACs", 1e-3}, {"M MACs", 1},
                          {"G MACs", 1e3}, {"T MACs", 1e6},  {"P MACs", 1e9}};
constexpr Unit kBops[] = {{"BOPs", 1e-9},  {"k BOPs", 1e-6}, {"M BOPs", 1e-3}, {"G BOPs", 1},
                          {"T BOPs", 1e3}, {"P BOPs", 1e6},  {"E BOPs", 1e9}};
constexpr Unit kBopsRates[] = {{"BOPs/s", 1e-9}, {"kBOPs/s", 1e-6}, {"MBOPs/s", 1e-3},
                               {"GBOPs/s", 1},   {"TBOPs/s", 1e3},  {"PBOPs/s", 1e6}};
constexpr Unit kByteRates[] = {{"B/s", 1e-9}, {"kB/s", 1e-6}, {"MB/s", 1e-3},
                               {"GB/s", 1},   {"TB/s", 1e3},  {"PB/s", 1e6}};

/// `units`: from the smallest; the usual one has size 1.
Unit unit_of(double amount, std::span<const Unit> units) {
  const bool is_usual = amount >= kLeastOfUsual && amount < kMostOfUsual;
  Unit best = units.front();
  for (const Unit& unit : units)
    if (is_usual || amount <= 0 ? unit.size == 1 : amount >= unit.size) best = unit;
  return best;
}

/// The smallest unit of a count is whole.
std::string scaled_count(double amount, int decimals, std::span<const Unit> units) {
  const Unit unit = unit_of(amount, units);
  const bool is_whole = unit.size == units.front().size;
  return fmt::format("{:.{}f} {}", amount / unit.size, is_whole ? 0 : decimals, unit.name);
}

std::string scaled(double amount, int decimals, std::span<const Unit> units) {
  const Unit unit = unit_of(amount, units);
  return fmt::format("{:.{}f} {}", amount / unit.size, decimals, unit.name);
}

/// Wide columns have fewer decimals.
ColumnUnit column(double most, std::span<const Unit> units) {
  const Unit unit = unit_of(most, units);
  return {unit.name, unit.size, most / unit.size < 1000 ? 3 : 2};
}

}  // namespace

std::string time_text(double milliseconds) { return scaled(milliseconds, 3, kTimes); }
std::string energy_text(double millijoules) { return scaled(millijoules, 3, kEnergies); }
std::string power_text(double watts) { return scaled(watts, 2, kPowers); }
std::string megabytes_text(double megabytes) { return scaled_count(megabytes, 2, kBytes); }
std::string macs_text(double millions) { return scaled_count(millions, 2, kMacs); }
std::string bops_text(double billions) { return scaled_count(billions, 3, kBops); }
std::string bops_rate_text(double billions) { return scaled(billions, 0, kBopsRates); }
std::string bytes_rate_text(double gigabytes) { return scaled(gigabytes, 2, kByteRates); }

std::string ColumnUnit::cell(double amount) const {
  return fmt::format("{:.{}f}", amount / size, decimals);
}

ColumnUnit time_column(double most_milliseconds) { return column(most_milliseconds, kTimes); }
ColumnUnit energy_column(double most_millijoules) { return column(most_millijoules, kEnergies); }

}  // namespace bitloom::reports
