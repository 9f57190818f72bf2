#pragma once

#include <cstdint>
#include <vector>

#include "models/graph/policy.h"
#include "search/problem/network_problem.h"
#include "search/solvers/choice_program.h"

namespace bitloom::search {

/// What a search decides at a time: the bits of a layer's weights or those of its input. Tied
/// layers are one. Levels of a pair of bits that is no choice of the layer's stand for the choice
/// whose bits are nearest.
struct Operand {
  enum class Role { kWeights, kActivations };

  std::vector<std::size_t> layers;  // ascending
  Role role = Role::kWeights;
  std::vector<int> bits;  // that it may have, ascending, two at least
};

/// For each operand an index into its bits.
using Levels = std::vector<int>;

/// The policies among which a search looks, and the limits that they must keep. Limits hold as
/// ChoiceProgram counts them, or as a whole where sums over layers do not say what policies cost.
class PolicySpace {
 public:
  /// A UserError where no policy keeps the limits.
  PolicySpace(const NetworkProblem& network, const std::vector<Limit>& limits);

  const NetworkProblem& network() const { return network_; }
  /// In execution order, a layer's weights before its activations. What is fixed is not among them.
  const std::vector<Operand>& operands() const { return operands_; }
  Levels highest() const;
  bool keeps_limits(const Levels& levels) const;
  /// By how much the limits are passed: the sum of all fractions.
  double excess(const Levels& levels) const;
  /// HAQ's action wall (Wang et al. 2019, arXiv:1811.08886, section 3.2): while a limit is passed,
  /// takes one level at a time of the operands in `order`, over and over. Fewer bits may cost more:
  /// where all are taken and a limit is still passed, the operands get, in that order, the levels
  /// of a policy that keeps the limits, until they are kept.
  void lower_to_limits(Levels& levels, const std::vector<std::size_t>& order) const;
  /// HAQ's order: from the last layer to the first, activations before weights.
  const std::vector<std::size_t>& last_to_first() const { return last_to_first_; }
  /// Adds one level at a time to the operands in `order`, over and over, while the limits hold.
  /// Where there are none, more bits are no aim: does nothing.
  void raise_to_limits(Levels& levels, const std::vector<std::size_t>& order) const;

  Choices choices(const Levels& levels) const;
  /// The levels of a policy of this space.
  Levels levels(const Choices& choices) const;
  graph::Policy policy(const Levels& levels) const { return policy_of(network_, choices(levels)); }
  /// By the problem's cost_names: search::costs_of().
  std::vector<double> costs(const Levels& levels) const;

 private:
  struct Group {
    std::vector<std::size_t> layers;
    std::size_t activation_widths = 1;
    std::vector<std::size_t> choice_at;  // [weight level * activation widths + activation level]
    int weights = kFixed;                // operand
    int activations = kFixed;
    std::vector<std::vector<std::int64_t>> used;  // [choice][limit]
  };
  static constexpr int kFixed = -1;

  void add_group(const std::vector<std::size_t>& layers);
  /// A policy that keeps the limits; a UserError where there is none.
  Levels find_refuge(const std::vector<Limit>& limits) const;
  bool walled(Levels& levels, const std::vector<std::size_t>& order) const;
  std::size_t choice(const Group& group, const Levels& levels) const;
  std::vector<std::int64_t> slack(const Levels& levels) const;
  std::vector<std::int64_t> slack_as_a_whole(const Levels& levels) const;
  /// Moves an operand to `level`; returns what of the limits is left then.
  void move(Levels& levels, std::size_t operand, int level, std::vector<std::int64_t>& slack) const;

  const NetworkProblem& network_;
  std::vector<Group> groups_;
  std::vector<std::int64_t> limits_;
  std::vector<Limit> as_a_whole_;  // the limits, where they are of NetworkProblem::whole
  std::vector<Operand> operands_;
  std::vector<std::size_t> group_of_;  // by operand
  std::vector<std::size_t> last_to_first_;
  Levels refuge_;  // keeps the limits; the lowest levels where these do
};

}  // namespace bitloom::search
