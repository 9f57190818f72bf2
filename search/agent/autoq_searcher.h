#pragma once

#include <memory>

#include "search/agent/autoq_environment.h"
#include "search/policy/searcher.h"

namespace bitloom::search {

/// What a search by filter is made for. The same task gives the same policies for the same rewards.
struct FilterSearchTask {
  const FilterSpace& space;
  std::int64_t episodes = 0;  // that it will be asked
  std::uint64_t seed = 0;
  AgentFactory make_agent = nullptr;
  std::optional<std::int64_t> warmup = {};  // episodes in which it acts at random
  FilterDeviations deviations = {};         // none: all filters look alike
};

/// AutoQ's search (Lou et al. 2020, arXiv:1902.05690, section 3). In each episode a high level
/// decides a layer's activation bits and, as a goal, the mean of its weight bits; a low level gives
/// each of the layer's filters its bits; the wall brings them to the limits. Where filters may not
/// differ, the goal is rounded and there is no low level.
///
/// With eR the reward that the search is told, z from 0.1 to 0.8 over the episodes, and the bits a
/// of the layer's c filters, the low level's reward is
///   (1 - z) (-|goal c - sum a| / c) + z eR.
/// Goals are corrected as in HIRO (Nachum et al. 2018, arXiv:1805.08296, section 3.3): after each
/// episode some remembered goals become the likeliest, under what the low level does now, of
/// themselves, the mean that the filters came to, and eight drawn around that.
///
/// A quarter of the episodes acts at random, AutoQ's 100 of 400; then noise falls as HAQ's does.
///
/// What the paper leaves open, or is not as published:
/// - The intrinsic reward is per filter, so that large layers do not outweigh small ones, and eR is
///   RewardScale's, as in haq_searcher.h. Goals and bits are those before the wall.
/// - The low level's reward is that of all filters of the layer, each the end of an episode: what
///   follows is in it already.
/// - Filters are decided in the order of their weights' deviation, which the paper names as why
///   they need different bits, and see it. Nothing forces bits to fall along it.
/// - Low actions of random episodes, and the noise of others, lie on a line over that order. Noise
///   drawn for each filter by itself would give every layer all widths, a product each.
/// - The low level learns from the first episode on, once for eight filters, the high level after
///   the random ones, once a step.
std::unique_ptr<FilterSearcher> autoq_searcher(const FilterSearchTask& task);

}  // namespace bitloom::search
