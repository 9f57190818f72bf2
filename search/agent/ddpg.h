#pragma once

#include <cstdint>
#include <memory>

#include "search/agent/agent.h"

namespace bitloom::search {

/// HAQ's settings.
struct DdpgOptions {
  std::int64_t state_size = 10;
  std::int64_t hidden = 300;
  std::int64_t capacity = 0;  // of the replay memory, transitions
  std::int64_t batch = 64;
  double actor_rate = 1e-4;
  double critic_rate = 1e-3;
  double tau = 0.01;    // how far targets follow in an update
  double discount = 1;  // gamma
};

/// Deep deterministic policy gradient (Lillicrap et al. 2016, arXiv:1509.02971) for one action in
/// [0, 1], as HAQ uses it: actor state -> 300 -> 300 -> 1, critic fc(state) + fc(action) -> 300 ->
/// 1. The actor ends linearly, and instead of HAQ's sigmoid inverting gradients keep it in bounds
/// (Hausknecht and Stone 2016, arXiv:1511.04143, section 4): dQ/da is multiplied by 1 - a where it
/// is positive, else by a. A sigmoid's derivative vanishes at both ends of the range whichever way
/// the gradient points, so that an actor that once asked for the most bits stays there.
///
/// An update is one step of the critic on the mean squared error of
///   Q(s, a) = r + gamma Q'(s', mu'(s')),
/// one of the actor along -Q(s, mu(s)), and the targets Q', mu' follow.
std::unique_ptr<Agent> ddpg_agent(const DdpgOptions& options, std::uint64_t seed);
/// The same with HAQ's settings, as an AgentFactory.
std::unique_ptr<Agent> ddpg_agent(const AgentTask& task);

}  // namespace bitloom::search
