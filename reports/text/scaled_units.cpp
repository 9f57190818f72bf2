#include "reports/text/scaled_units.h"

#include <initializer_list>

#include <fmt/format.h>

namespace bitloom::reports {
namespace {

constexpr double kMostOfUsual = 1e4;

struct Unit {
  const char* name;
  double size;  // in the usual unit
};

/// `units`: the usual one, then larger ones.
std::string scaled(double amount, int decimals, std::initializer_list<Unit> units) {
  Unit best = *units.begin();
  if (amount >= kMostOfUsual)
    for (const Unit& unit : units)
      if (amount >= unit.size) best = unit;
  return fmt::format("{:.{}f} {}", amount / best.size, decimals, best.name);
}

}  // namespace

std::string time_text(double milliseconds) {
  return scaled(milliseconds, 3, {{"ms", 1}, {"s", 1e3}, {"h", 3.6e6}, {"days", 8.64e7}});
}

std::string energy_text(double millijoules) {
  return scaled(millijoules, 3, {{"mJ", 1}, {"J", 1e3}, {"kJ", 1e6}, {"MJ", 1e9}});
}

std::string megabytes_text(double megabytes) {
  return scaled(megabytes, 2, {{"MB", 1}, {"GB", 1e3}, {"TB", 1e6}, {"PB", 1e9}});
}

std::string macs_text(double millions) {
  return scaled(millions, 2, {{"M MACs", 1}, {"G MACs", 1e3}, {"T MACs", 1e6}, {"P MACs", 1e9}});
}

std::string bops_text(double billions) {
  return scaled(billions, 3, {{"G BOPs", 1}, {"T BOPs", 1e3}, {"P BOPs", 1e6}, {"E BOPs", 1e9}});
}

}  // namespace bitloom::reports
