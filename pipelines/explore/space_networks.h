#pragma once

#include <vector>

#include "base/document.h"
#include "pipelines/explore/space.h"

namespace bitloom::pipelines {

/// The networks of a space's file with their bits: `networks`, and what the file says of all of
/// them. Complaints tell their place.
std::vector<SpaceNetwork> read_networks(const DocumentValue& root, const Host& host);

}  // namespace bitloom::pipelines
