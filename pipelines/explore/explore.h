#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "pipelines/explore/crew.h"
#include "pipelines/host.h"
#include "reports/results/exploration.h"

/// Design-space exploration: machines that serve given networks best.
namespace bitloom::pipelines {

/// The part of the points that this run evaluates: every `of`-th, from `index` on, from 1.
struct Shard {
  std::int64_t index = 1;
  std::int64_t of = 1;
};

struct ExploreOptions {
  std::string space;                             // its file
  std::string store;                             // made, or gone on with
  std::optional<std::string> strategy = {};      // search::usual_explorer
  std::optional<std::int64_t> evaluations = {};  // that the strategy asks for; 2000
  std::uint64_t seed = 1;
  int jobs = 1;  // processes that evaluate, unless there is another crew
  Shard shard = {};
};

/// Evaluates points of the space that the store does not have yet, and tells what is in the store
/// then. A UserError where the space or the store is wrong, or no point is feasible.
reports::Exploration explore(const ExploreOptions& options, const Host& host,
                             const MakeCrew& make_crew = {});

/// What a store holds: its front among the points for which `where` holds, a condition on fields
/// that are knobs and on costs.
reports::Exploration show_store(const std::string& store, const std::optional<std::string>& where);

/// A point's machine as a hardware description in YAML.
std::string point_yaml(const std::string& store, std::int64_t point, const Host& host);

/// Adds the points of `stores` to `into`, which is made where there is none. They are of one space;
/// a point that is there already stays as it is. Tells what `into` holds then.
reports::Exploration merge_stores(const std::string& into, const std::vector<std::string>& stores);

}  // namespace bitloom::pipelines
