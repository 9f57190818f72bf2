#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search/problem/network_problem.h"
#include "search/solvers/exact.h"
#include "search/solvers/sweep.h"

namespace bitloom::search {

/// A way to choose bits by sensitivities.
struct Method {
  std::string_view name;
  std::string_view doc;
  /// The best policy that the method finds within limits. Its bound is of the policies that the
  /// method looks at; hawq, which looks at no omega, has the exact optimum's.
  Answer (*solve)(const NetworkProblem& network, const std::vector<Limit>& limits,
                  const SolveOptions& options);
  /// What of each limit could be kept: see nearest_limits().
  std::vector<NearestLimit> (*nearest)(const NetworkProblem& network,
                                       const std::vector<Limit>& limits,
                                       const SolveOptions& options);
  /// Between which ends a frontier of the first limit's cost is swept: of the policies that the
  /// method looks at.
  EndsAnswer (*ends)(const NetworkProblem& network, const std::vector<Limit>& limits,
                     const std::function<SolveOptions()>& each);
  bool by_filter = false;  // looks at bits of each filter: make_filter_problem()
};

const std::vector<Method>& methods();
std::vector<std::string> method_names();
/// A UserError lists the known ones.
const Method& find_method(std::string_view name);

/// The policy of a method. A UserError says why there is none: it ended early, or what of the
/// limits could be kept, and whether another method has one.
Solution find_policy(const Method& method, const NetworkProblem& network,
                     const std::vector<Limit>& limits, const SolveOptions& options);

}  // namespace bitloom::search
