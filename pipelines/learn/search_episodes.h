#pragma once

#include <functional>
#include <optional>
#include <string>

#include "models/torch/accuracy.h"
#include "pipelines/host.h"
#include "search/policy/episode_log.h"
#include "search/policy/goal.h"
#include "search/policy/searcher.h"

namespace bitloom::pipelines {

/// Measures a policy's accuracy.
using MeasurePolicy = std::function<nn::Accuracy(const graph::Policy&)>;

/// What a search is run with.
struct EpisodesTask {
  const search::PolicySpace& space;
  const search::Goal& goal;
  search::Searcher& searcher;
  MeasurePolicy measure;
  std::int64_t episodes = 0;
  std::string folder;  // gets episodes.csv, and the searcher's state
  std::vector<double> costs_at_8_bits;
  std::size_t shown_cost = 0;  // told while it runs, as a fraction of that at 8/8
};

/// Runs a search, or goes on with the one in the folder: episodes that are in its log are told to
/// the searcher again, from its last saved state on, and not measured again.
/// Returns the best policy; of equal rewards the one of less loss. A UserError where none is
/// allowed.
search::Episode run_episodes(const EpisodesTask& task, const Host& host);

}  // namespace bitloom::pipelines
