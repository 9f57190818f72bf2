#pragma once

#include <functional>
#include <optional>
#include <string>

#include "models/torch/accuracy.h"
#include "pipelines/host.h"
#include "search/policy/episode_log.h"
#include "search/policy/filter_space.h"
#include "search/policy/goal.h"
#include "search/policy/searcher.h"

namespace bitloom::pipelines {

/// Measures a policy's accuracy.
using MeasurePolicy = std::function<nn::Accuracy(const graph::FilterPolicy&)>;

/// A policy to measure.
struct Proposal {
  graph::FilterPolicy policy;
  std::vector<double> costs;  // by search::cost_kinds()
  bool within_budget = true;
};
using Propose = std::function<Proposal()>;

/// What a searcher asks for in its space, which both live as long.
Propose proposals_of(search::Searcher& searcher, const search::PolicySpace& space);
Propose proposals_of(search::FilterSearcher& searcher, const search::FilterSpace& space);

/// What a search is run with.
struct EpisodesTask {
  std::size_t layers = 0;
  const search::Goal& goal;
  search::Learner& searcher;
  Propose propose;
  MeasurePolicy measure;
  std::int64_t episodes = 0;
  std::string folder;  // gets episodes.csv, and the searcher's state
  std::vector<double> costs_at_8_bits;
  std::size_t shown_cost = 0;  // told while it runs, as a fraction of that at 8/8
};

/// What a search came to.
struct SearchedEpisodes {
  search::Episode best;
  std::int64_t measured = 0;              // policies, each once
  double seconds = 0, agent_seconds = 0;  // of all episodes
};

/// Runs a search, or goes on with the one in the folder: episodes that are in its log are told to
/// the searcher again, from its last saved state on, and not measured again.
/// Returns the best policy; of equal rewards the one of less loss. A UserError where none is
/// allowed.
SearchedEpisodes run_episodes(const EpisodesTask& task, const Host& host);

}  // namespace bitloom::pipelines
