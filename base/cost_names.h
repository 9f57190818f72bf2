#pragma once

#include <string>
#include <string_view>

/// Costs by names that end in their unit, such as `latency_ms`, told in units that suit their size.
namespace bitloom {

/// `_ms`, `_mj`, `_mb`, `_mw` or `_g`; empty where a name ends in no unit that scales, as
/// `energy_delay_mj_ms` and `lut` do.
std::string_view unit_suffix(std::string_view name);

/// How the amounts of a cost are shown.
struct ShownCost {
  std::string name;  // `latency`
  std::string unit;  // `s`; empty where it has none
  double size = 1;   // of that unit in the name's own

  /// `latency s`
  std::string heading() const;
  /// `172.9`, of so many digits at least (plain_text() of scaled_units.h).
  std::string cell(double amount, int digits) const;
  /// The same with its unit: `172.9 s`
  std::string text(double amount, int digits) const;
};
/// In the unit that suits `most`, which is in the name's own.
ShownCost shown_cost(std::string_view name, double most);

}  // namespace bitloom
