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

}  // namespace bitloom
