#pragma once

#include <memory>

#include "search/policy/searcher.h"

namespace bitloom::search {

/// HAQ's search (Wang et al. 2019, arXiv:1811.08886): in each episode an agent decides one
/// operand after the other, the action wall brings what it decided to the limits, and the reward of
/// the policy is that of every step. `warmup` episodes act at random; then actions are drawn from a
/// normal distribution around the actor's, cut to [0, 1], whose deviation falls from 0.5 to
/// 0.5 * 0.99^580, HAQ's after its 600 episodes. The warm-up is HAQ's 20 unless the task says
/// otherwise, and a sixth of a search of under 120 episodes. After each episode beyond the warm-up
/// the agent is updated once a step.
///
/// Not as published: operands that have no choice are no steps, and the first transitions of a
/// search that is given a start are those of that policy. The actor has no sigmoid (ddpg.h). The
/// memory holds each reward as RewardScale gave it when it came; HAQ's holds rewards, and their
/// moving mean is subtracted at an update. Rewards rise as the noise falls, so that with one mean
/// for old and new ones whatever else moved meanwhile looks like the reason and the actor drifts on
/// with it; and they spread by 2 at first and by 0.02 in the end, so that without S a few early
/// policies make up the critic's loss.
std::unique_ptr<Searcher> haq_searcher(const SearchTask& task);

}  // namespace bitloom::search
