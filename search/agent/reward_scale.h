#pragma once

#include <cmath>

namespace bitloom::search {

/// What an episode's reward is worth beside those just before it: (r - B) / S. B is HAQ's
/// exponential moving average of all previous rewards, S that of their squared distances from it,
/// as Pop-Art scales targets by moving moments (van Hasselt et al. 2016, arXiv:1602.07714). At most
/// 1 / sqrt(kFollowSpread), however far a reward is off.
struct RewardScale {
  static constexpr double kFollowMean = 0.5, kFollowSpread = 0.1;

  /// Takes the reward in.
  double operator()(double reward) {
    const double distance = reward - mean, square = distance * distance;
    mean += kFollowMean * distance;
    variance = variance > 0 ? variance + kFollowSpread * (square - variance) : square;
    return variance > 0 ? distance / std::sqrt(variance) : 0;
  }

  double mean = 0;  // the first reward, to begin with
  double variance = 0;
};

}  // namespace bitloom::search
