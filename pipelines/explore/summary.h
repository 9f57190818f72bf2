#pragma once

#include <functional>
#include <optional>
#include <string>

#include "pipelines/explore/store.h"
#include "reports/results/exploration.h"

namespace bitloom::pipelines {

/// What an open store holds: its front among the points for which `where` holds. `matching` hears
/// of each of those.
reports::Exploration summary_of(Store& store, const std::optional<std::string>& where,
                                const std::function<void(const Evaluated&)>& matching = {});

/// Says that no point of `found` is feasible, and the most frequent reasons.
std::string none_feasible_text(const std::string& whose, const reports::Exploration& found);

/// Says whose energies the machines have, where their description gives none.
void warn_of_assumed_energies(const Space& space, const Host& host);

/// A point with the values of its knobs.
reports::ExploredPoint explored_point(const StoreAbout& about, const Evaluated& evaluated);

/// A point's machine as a hardware description in YAML; `space` is the store's.
std::string point_yaml(const Store& store, const Space& space, std::int64_t point);

/// The space of an open store. A UserError where what it names has changed since, or another
/// version of this program wrote the store.
Space space_of_store(const Store& store, const Host& host);

}  // namespace bitloom::pipelines
