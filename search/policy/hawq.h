#pragma once

#include <vector>

#include "search/problem/network_problem.h"
#include "search/solvers/exact.h"
#include "search/solvers/monotone.h"

namespace bitloom::search {

/// HAWQ's sensitivity of each layer (Dong et al. 2019, equation 3): the weights' largest eigenvalue
/// divided by their number. A UserError names a layer without eigenvalues.
std::vector<double> hawq_ranking(const NetworkProblem& network);

/// HAWQ leaves it to a person to turn its ranking into bits. Here a layer's bits follow the
/// logarithm of its sensitivity S: weights and activations have, of the widths that they may have,
/// those nearest to c + log4(S), the larger of two as near, so that S / 4^bits (the curvature times
/// the square of a quantization step) is as even as the widths allow, and bits do not fall along
/// the ranking. Layers where S is not positive have their fewest bits; tied layers go by the
/// largest S among them. The policies of all c, the largest c, which has the most bits, first.
std::vector<FrontierPoint> hawq_policies(const NetworkProblem& network);

/// HAWQ-V2: weight bits do not fall along the layers' ascending trace, each taken as its
/// upper_bound(); activations have the bits
/// nearest to the weights' that they may have, the more of two as near. Tied layers go by their
/// mean trace. A UserError names a layer without trace.
struct HawqV2Space {
  Problem problem;  // of the network, other activation bits not allowed
  Order order;
};
HawqV2Space hawq_v2_space(const NetworkProblem& network);

/// 8 sum(macs) / sum(macs x max(W, A)): the compression ratio by which HAWQ-V2 is run in NNCF.
double compression_ratio(const std::vector<Macs>& macs, const graph::Policy& policy);

}  // namespace bitloom::search
