#include "base/scaled_units.h"

#include <cmath>
#include <span>

#include <fmt/format.h>

namespace bitloom {
namespace {

constexpr double kLeastOfUsual = 0.1;
constexpr double kMostOfUsual = 1e4;
constexpr double kMostOfCounts = 1e3;

constexpr ScaledUnit kTimes[] = {{"ns", 1e-6}, {"us", 1e-3}, {"ms", 1},
                                 {"s", 1e3},   {"h", 3.6e6}, {"days", 8.64e7}};
constexpr ScaledUnit kEnergies[] = {{"pJ", 1e-9}, {"nJ", 1e-6}, {"uJ", 1e-3}, {"mJ", 1},
                                    {"J", 1e3},   {"kJ", 1e6},  {"MJ", 1e9}};
constexpr ScaledUnit kPowers[] = {{"nW", 1e-9}, {"uW", 1e-6}, {"mW", 1e-3},
                                  {"W", 1},     {"kW", 1e3},  {"MW", 1e6}};
constexpr ScaledUnit kBytes[] = {{"B", 1e-6}, {"kB", 1e-3}, {"MB", 1},
                                 {"GB", 1e3}, {"TB", 1e6},  {"PB", 1e9}};
constexpr ScaledUnit kMacs[] = {{"MACs", 1e-6},  {"k MACs", 1e-3}, {"M MACs", 1},
                                {"G MACs", 1e3}, {"T MACs", 1e6},  {"P MACs", 1e9}};
constexpr ScaledUnit kBops[] = {{"BOPs", 1e-9},  {"k BOPs", 1e-6}, {"M BOPs", 1e-3}, {"G BOPs", 1},
                                {"T BOPs", 1e3}, {"P BOPs", 1e6},  {"E BOPs", 1e9}};
constexpr ScaledUnit kCounts[] = {{"", 1e-9}, {"k", 1e-6}, {"M", 1e-3}, {"G", 1},
                                  {"T", 1e3}, {"P", 1e6},  {"E", 1e9}};
constexpr ScaledUnit kBopsRates[] = {{"BOPs/s", 1e-9}, {"kBOPs/s", 1e-6}, {"MBOPs/s", 1e-3},
                                     {"GBOPs/s", 1},   {"TBOPs/s", 1e3},  {"PBOPs/s", 1e6}};
constexpr ScaledUnit kByteRates[] = {{"B/s", 1e-9}, {"kB/s", 1e-6}, {"MB/s", 1e-3},
                                     {"GB/s", 1},   {"TB/s", 1e3},  {"PB/s", 1e6}};

/// `units`: from the smallest; the usual one has size 1.
ScaledUnit unit_of(double amount, std::span<const ScaledUnit> units, double most = kMostOfUsual) {
  const bool is_usual = amount >= kLeastOfUsual && amount < most;
  ScaledUnit best = units.front();
  for (const ScaledUnit& unit : units)
    if (is_usual || amount <= 0 ? unit.size == 1 : amount >= unit.size) best = unit;
  return best;
}

/// The smallest unit of a count is whole.
std::string scaled_count(double amount, int decimals, std::span<const ScaledUnit> units,
                         double most = kMostOfUsual) {
  const ScaledUnit unit = unit_of(amount, units, most);
  const bool is_whole = unit.size == units.front().size;
  return fmt::format("{:.{}f} {}", amount / unit.size, is_whole ? 0 : decimals, unit.name);
}

std::string scaled(double amount, int decimals, std::span<const ScaledUnit> units) {
  const ScaledUnit unit = unit_of(amount, units);
  return fmt::format("{:.{}f} {}", amount / unit.size, decimals, unit.name);
}

/// Wide columns have fewer decimals.
ColumnUnit column(double most, std::span<const ScaledUnit> units) {
  const ScaledUnit unit = unit_of(most, units);
  return {unit.name, unit.size, most / unit.size < 1000 ? 3 : 2};
}

}  // namespace

ScaledUnit time_unit(double milliseconds) { return unit_of(milliseconds, kTimes); }
ScaledUnit energy_unit(double millijoules) { return unit_of(millijoules, kEnergies); }
ScaledUnit power_unit(double watts) { return unit_of(watts, kPowers); }
ScaledUnit bytes_unit(double megabytes) { return unit_of(megabytes, kBytes); }
ScaledUnit count_unit(double billions) { return unit_of(billions, kCounts, kMostOfCounts); }

std::string time_text(double milliseconds) { return scaled(milliseconds, 3, kTimes); }
std::string energy_text(double millijoules) { return scaled(millijoules, 3, kEnergies); }
std::string power_text(double watts) { return scaled(watts, 2, kPowers); }
std::string megabytes_text(double megabytes) { return scaled_count(megabytes, 2, kBytes); }
std::string macs_text(double millions) { return scaled_count(millions, 2, kMacs, kMostOfCounts); }
std::string bops_text(double billions) { return scaled_count(billions, 3, kBops, kMostOfCounts); }
std::string bops_rate_text(double billions) { return scaled(billions, 0, kBopsRates); }
std::string bytes_rate_text(double gigabytes) { return scaled(gigabytes, 2, kByteRates); }

std::string ColumnUnit::cell(double amount) const {
  const double scaled = amount / size;
  const bool reads_as_zero = scaled != 0 && std::abs(scaled) < 0.5 * std::pow(10, -decimals);
  return reads_as_zero ? fmt::format("{:.3g}", scaled) : fmt::format("{:.{}f}", scaled, decimals);
}

std::string plain_text(double value, int digits) {
  constexpr double kMostPlain = 1e15;
  const double size = std::abs(value);
  return size >= std::pow(10, digits - 1) && size < kMostPlain
             ? fmt::format("{:.0f}", value)
             : fmt::format("{:.{}g}", value, digits);
}

ColumnUnit time_column(double most_milliseconds) { return column(most_milliseconds, kTimes); }
ColumnUnit energy_column(double most_millijoules) { return column(most_millijoules, kEnergies); }

}  // namespace bitloom
