#pragma once

#include <optional>
#include <string>

#include "pipelines/explore/store.h"
#include "reports/exploration.h"

namespace bitloom::pipelines {

/// What an open store holds: its front among the points for which `where` holds.
reports::Exploration summary_of(Store& store, const std::optional<std::string>& where);

/// The space of an open store. A UserError where what it names has changed since, or another
/// version of this program wrote the store.
Space space_of_store(const Store& store, const Host& host);

}  // namespace bitloom::pipelines
