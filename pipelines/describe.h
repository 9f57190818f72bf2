#pragma once

#include "pipelines/choices.h"
#include "reports/description.h"

namespace bitloom::pipelines {

/// A network's layers at the bits of a policy, its parameters, and what it is. A table's parameters
/// are its weights.
reports::NetworkDescription describe(const NetworkChoice& network, const PolicyChoice& policy = {},
                                     const Host& host = {});

}  // namespace bitloom::pipelines
