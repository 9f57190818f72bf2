#pragma once

#include <optional>
#include <string>

#include "pipelines/host.h"
#include "reports/validation.h"
#include "sim/engine.h"

namespace bitloom::pipelines {

/// Prices the front of a store again with another engine, in so many processes. `where` is as
/// show_store takes it.
reports::Validation validate_front(const std::string& store,
                                   const std::optional<std::string>& where,
                                   const sim::Engine& engine, int jobs, const Host& host);

}  // namespace bitloom::pipelines
