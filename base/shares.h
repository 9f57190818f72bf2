#pragma once

#include <cstdint>
#include <optional>
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
/// The same range of a share; none where another was seen, which gives it a standard error, or
/// nobody knows of how many it is.
std::optional<ShareRange> range_of_share(double pct, std::int64_t count);

/// Where the mean of differences of `count` pairs lies, each -1, 0 or 1, in percent, where all of
/// them are alike: -100, 0 or 100. At most a share u of all pairs differs otherwise, by the rule of
/// three above, and each of those by 2 at most from -1 or 1, by 1 from 0: -100 to -100 + 2u, -u to
/// u, 100 - 2u to 100. None as above.
std::optional<ShareRange> range_of_differences(double points, std::int64_t count);
/// `-3.00 +- 1.20`, `-100.00 (-100 to -88.37)`, `+0.00 (-5.82 to +5.82)`.
std::string difference_text(double points, std::optional<double> standard_error, std::int64_t count,
                            std::string_view plus_minus = "+-");

/// `0.4310 +- 0.0210`: a mean over images and its standard error, which one image has not.
std::string loss_text(double mean, double standard_error, std::int64_t images);

}  // namespace bitloom
