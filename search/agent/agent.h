#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bitloom::search {

/// A step of an episode, as an agent remembers it.
struct Transition {
  std::vector<float> state;
  float action = 0;
  float reward = 0;
  std::vector<float> next_state;
  bool last = false;
};

/// Learns which action in [0, 1] a state wants.
class Agent {
 public:
  virtual ~Agent() = default;

  virtual float act(const std::vector<float>& state) const = 0;
  /// The actions of many states, of one at least.
  virtual std::vector<float> act_all(const std::vector<std::vector<float>>& states) const = 0;
  virtual void remember(const Transition& transition) = 0;
  /// Changes the action of the transition that was remembered as number `number`, from 0, where it
  /// still is.
  virtual void relabel(std::int64_t number, float action) = 0;
  /// One step of learning from what is remembered; nothing while nothing is.
  virtual void update() = 0;

  /// Replaces the file; load() takes over what save() wrote and returns the note. A UserError names
  /// the file.
  virtual void save(const std::string& path, const std::string& note) const = 0;
  virtual std::string load(const std::string& path) = 0;
};

/// What an agent is made for.
struct AgentTask {
  std::int64_t state_size = 0;
  std::int64_t capacity = 0;  // of its memory, transitions
  std::uint64_t seed = 0;
};

}  // namespace bitloom::search
