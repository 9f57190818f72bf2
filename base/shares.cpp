#include "base/shares.h"

#include <cmath>

#include <fmt/format.h>

namespace bitloom {
namespace {

constexpr double kAll = 100;

/// The greatest share of which none among `count` is seen at least once in 20 times.
double unseen_pct(std::int64_t count) {
  constexpr double kSeldom = 0.05;
  return kAll * (1 - std::pow(kSeldom, 1 / static_cast<double>(count)));
}

}  // namespace

ShareRange range_of_all(std::int64_t count) { return {kAll - unseen_pct(count), kAll}; }
ShareRange range_of_none(std::int64_t count) { return {0, unseen_pct(count)}; }

std::string share_text(double pct, double standard_error, std::int64_t count,
                       std::string_view plus_minus) {
  if (pct > 0 && pct < kAll)
    return fmt::format("{:.2f} {} {:.2f}", pct, plus_minus, standard_error);
  if (count <= 0) return fmt::format("{:.2f}", pct);
  return pct > 0 ? fmt::format("{:.2f} ({:.2f} to 100)", pct, range_of_all(count).least_pct)
                 : fmt::format("{:.2f} (0 to {:.2f})", pct, range_of_none(count).most_pct);
}

std::optional<ShareRange> range_of_share(double pct, std::int64_t count) {
  if (count <= 0 || (pct > 0 && pct < kAll)) return std::nullopt;
  return pct > 0 ? range_of_all(count) : range_of_none(count);
}

std::optional<ShareRange> range_of_differences(double points, std::int64_t count) {
  if (count <= 0) return std::nullopt;
  const double unseen = unseen_pct(count);
  if (points == 0) return ShareRange{-unseen, unseen};
  if (points == kAll) return ShareRange{kAll - 2 * unseen, kAll};
  if (points == -kAll) return ShareRange{-kAll, -kAll + 2 * unseen};
  return std::nullopt;
}

std::string difference_text(double points, std::optional<double> standard_error, std::int64_t count,
                            std::string_view plus_minus) {
  if (standard_error && *standard_error > 0)
    return fmt::format("{:+.2f} {} {:.2f}", points, plus_minus, *standard_error);
  const auto range = range_of_differences(points, count);
  if (!range) return fmt::format("{:+.2f}", points);
  const auto end = [](double pct) {
    return std::abs(pct) == kAll ? fmt::format("{:.0f}", pct) : fmt::format("{:+.2f}", pct);
  };
  return fmt::format("{:+.2f} ({} to {})", points, end(range->least_pct), end(range->most_pct));
}

std::string loss_text(double mean, double standard_error, std::int64_t images) {
  if (images == 1) return fmt::format("{:.4f} (one image)", mean);
  return fmt::format("{:.4f} +- {:.4f}", mean, standard_error);
}

}  // namespace bitloom
