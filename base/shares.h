#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Shares in percent of what was counted, such as right answers, and how well they are known.
namespace bitloom {

/// Where the share of all that might be counted lies, at 95 % confidence.
struct ShareRange {
  double least_pct, most_pct;
};
/// Where all of `count` were so, or none: by how much the others may be unseen, the exact form of
/// the rule of three, 1 - 0.05^(1 / count).
ShareRange range_of_all(std::int64_t count);
ShareRange range_of_none(std::int64_t count);

/// `93.40 +- 0.55`: a share and its standard error. A share of all or none of `count` has no
/// standard error, as no other was seen; it has its range: `100.00 (94.18 to 100)`. Where `count`
/// is 0 nothing is known of it: `100.00`.
std::string share_text(double pct, double standard_error, std::int64_t count,
                       std::string_view plus_minus = "+-");

}  // namespace bitloom
