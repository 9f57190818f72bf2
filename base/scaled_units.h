#pragma once

#include <string>

/// Amounts in units that suit them. The usual unit stands from a tenth of it to ten thousand, of
/// MACs and BOPs to a thousand; beyond that the largest unit that leaves at least one before the
/// point: `12.345 s`, `76.000 us`.
namespace bitloom {

/// A unit, and how many of the usual one it is.
struct ScaledUnit {
  const char* name;
  double size;
};
/// Those of the texts below, for an amount in the usual unit.
ScaledUnit time_unit(double milliseconds);
ScaledUnit energy_unit(double millijoules);
ScaledUnit power_unit(double watts);
ScaledUnit bytes_unit(double megabytes);
/// Of a count in G: none, k, M; T, P, E.
ScaledUnit count_unit(double billions);

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

  /// With an exponent where so few decimals would read as zero: `1.73e-05`.
  std::string cell(double amount) const;
};
/// At least so many digits, and no exponent below 10^15: `1548430`.
std::string plain_text(double value, int digits);

/// For a column whose greatest amount is `most`.
ColumnUnit time_column(double most_milliseconds);
ColumnUnit energy_column(double most_millijoules);

}  // namespace bitloom
