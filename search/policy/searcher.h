#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "models/graph/filter_bits.h"
#include "search/policy/policy_space.h"

namespace bitloom::search {

/// Goes by what each policy was worth that it proposed.
class Learner {
 public:
  virtual ~Learner() = default;

  /// What the policy that was asked for last was worth: more is better.
  virtual void tell(double reward) = 0;
  /// How far it strays at present, in the method's own measure: a standard deviation, a
  /// temperature; nothing where it has none.
  virtual std::optional<double> noise() const { return std::nullopt; }

  /// Writes all that it has become after a tell(), replacing the file. False where there is
  /// nothing to write: such a searcher is brought back by asking and telling it anew.
  virtual bool save(const std::string& /*path*/) const { return false; }
  /// Takes over what save() wrote; how often it had been told then.
  virtual std::int64_t load(const std::string& /*path*/) { return 0; }
};

/// Proposes policies, one after the other.
class Searcher : public Learner {
 public:
  /// The next policy to measure.
  virtual Levels ask() = 0;
};

/// The same of bits by filter.
class FilterSearcher : public Learner {
 public:
  virtual graph::FilterPolicy ask() = 0;
};

class Agent;
struct AgentTask;
/// Makes the agent of a searcher that learns: search/agent/agent.h.
using AgentFactory = std::unique_ptr<Agent> (*)(const AgentTask&);

/// What a searcher is made for. The same task gives the same policies for the same rewards.
struct SearchTask {
  const PolicySpace& space;
  std::int64_t episodes = 0;  // that it will be asked
  std::uint64_t seed = 0;
  std::optional<Levels> start = {};         // a policy to begin with, which keeps the limits
  AgentFactory make_agent = nullptr;        // a searcher that learns needs one
  std::optional<std::int64_t> warmup = {};  // episodes in which it acts at random
};

/// Each operand's bits drawn evenly, and brought to the limits from any side: lowered, then raised,
/// in random order.
std::unique_ptr<Searcher> random_searcher(const SearchTask& task);
/// Regularized evolution (Real et al. 2019, arXiv:1802.01548): the best of a sample of the
/// population has a child, the oldest dies.
std::unique_ptr<Searcher> evolution_searcher(const SearchTask& task);
/// Simulated annealing (Kirkpatrick et al. 1983) with a temperature that falls geometrically over
/// the episodes.
std::unique_ptr<Searcher> annealing_searcher(const SearchTask& task);
/// From the highest bits down to the limits, each time by the level that loses least reward per
/// cost saved (lazily: Minoux 1978), in the last episode the rest by HAQ's wall; then by exchanging
/// levels for as long as that pays.
std::unique_ptr<Searcher> greedy_searcher(const SearchTask& task);

}  // namespace bitloom::search
