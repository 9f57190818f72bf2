#pragma once

#include <string>

/// Amounts in the largest unit that leaves at least one before the point, from ten thousand of the
/// usual unit on: `12.345 s`, `13.962 days`. Below that the usual unit stands.
namespace bitloom::reports {

/// From ms: s, h, days. Three decimals.
std::string time_text(double milliseconds);
/// From mJ: J, kJ, MJ. Three decimals.
std::string energy_text(double millijoules);
/// From MB: GB, TB, PB. Two decimals.
std::string megabytes_text(double megabytes);
/// From `M MACs`: G, T, P. Two decimals.
std::string macs_text(double millions);
/// From `G BOPs`: T, P, E. Three decimals.
std::string bops_text(double billions);

}  // namespace bitloom::reports
