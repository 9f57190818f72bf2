#pragma once

#include <string>

/// Amounts in units that suit them. The usual unit stands from a tenth of it to ten thousand;
/// beyond that the largest unit that leaves at least one before the point: `12.345 s`, `76.000 us`.
namespace bitloom::reports {

/// In ms: ns, us; s, h, days. Three decimals.
std::string time_text(double milliseconds);
/// In mJ: pJ, nJ, uJ; J, kJ, MJ. Three decimals.
std::string energy_text(double millijoules);
/// In W: nW, uW, mW; kW, MW. Two decimals.
std::string power_text(double watts);
/// In MB: B, kB; GB, TB, PB. Two decimals.
std::string megabytes_text(double megabytes);
/// In `M MACs`: `MACs`, k; G, T, P. Two decimals.
std::string macs_text(double millions);
/// In `G BOPs`: `BOPs`, k, M; T, P, E. Three decimals.
std::string bops_text(double billions);
/// Of a roof, in GBOPs/s: k, M; T, P. No decimals.
std::string bops_rate_text(double billions_per_second);
/// In GB/s: B, kB, MB; TB. Two decimals.
std::string bytes_rate_text(double gigabytes_per_second);

/// The unit of a table's column, and how its cells are told.
struct ColumnUnit {
  std::string name;  // `us`
  double size;       // in the usual unit
  int decimals;

  std::string cell(double amount) const;
};
/// For a column whose greatest amount is `most`.
ColumnUnit time_column(double most_milliseconds);
ColumnUnit energy_column(double most_millijoules);

}  // namespace bitloom::reports
