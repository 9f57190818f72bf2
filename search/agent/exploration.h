#pragma once

#include <cmath>
#include <cstdint>
#include <random>

#include "base/error.h"
#include "base/random.h"

namespace bitloom::search {

/// Episodes that act at random, and the deviation of the noise around an agent's actions after
/// them: from 0.5 to 0.5 * 0.99^580 over the rest of the episodes, as HAQ's falls after its 20 in
/// its 600 (Wang et al. 2019, arXiv:1811.08886, section 4).
class Exploration {
 public:
  Exploration(std::int64_t episodes, std::int64_t warmup) : episodes_(episodes), warmup_(warmup) {}

  bool is_random(std::int64_t episode) const { return episode < warmup_; }
  /// The share of the episodes after the random ones that came before `episode`.
  double done(std::int64_t episode) const {
    const std::int64_t left = episodes_ > warmup_ ? episodes_ - warmup_ : 1;
    return static_cast<double>(episode - warmup_) / static_cast<double>(left);
  }
  double deviation(std::int64_t episode) const {
    constexpr double kDeviation = 0.5, kDecay = 0.99, kSteps = 580;
    return kDeviation * std::pow(kDecay, done(episode) * kSteps);
  }

 private:
  std::int64_t episodes_, warmup_;
};

/// An action in [0, 1], normally distributed around `mean`.
inline float draw_action(std::mt19937_64& random, double mean, double deviation) {
  ensure(std::isfinite(mean), "the agent's actions are numbers");
  for (;;) {
    const double drawn = draw_normal(random, mean, deviation);
    if (drawn >= 0 && drawn <= 1) return static_cast<float>(drawn);
  }
}

}  // namespace bitloom::search
