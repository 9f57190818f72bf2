#pragma once

#include <random>
#include <span>
#include <vector>

namespace bitloom::nn {

/// Clusters of numbers by k-means: each value's cluster, in [0, clusters); clusters are in the
/// order of their means. Starts from k-means++ (Arthur and Vassilvitskii 2007) and repeats Lloyd's
/// step until no value changes its cluster, 300 times at most. Values with at most `clusters`
/// distinct ones have a cluster for each.
std::vector<int> cluster(std::span<const float> values, int clusters, std::mt19937_64& random);

}  // namespace bitloom::nn
