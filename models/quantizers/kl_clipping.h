#pragma once

#include <span>

namespace bitloom::nn {

/// The clipping range T in (0, max|x|] whose linear levels 0, T/steps, .., T lose least of the
/// distribution of |x|: the least D_KL(P || Q). Both are over the lowest i of the 2048 equal bins
/// of [0, max|x|], T = i/2048 max|x|. P counts the magnitudes, those above T in bin i; Q counts
/// only those below T and spreads them evenly over the magnitudes that go to the same level. Zeros
/// are on a level under every T and are not counted. 0 where all are zero.
double kl_clipping(std::span<const float> values, int steps);

}  // namespace bitloom::nn
