#pragma once

#include <string>
#include <vector>

#include "sim/families/bismo/description.h"
#include "sim/layer_result.h"
#include "sim/report.h"

/// What BISMO tells in reports.
namespace bitloom::cost {

/// `8x256x8`: dm x dk x dn.
std::string array_text(const hardware::Bismo& hardware);

/// Buffers, and the area of the dot-product units.
std::vector<sim::Line> facts_of(const hardware::Bismo& hardware);

/// What the cycle engine's stages counted, and what bounded each.
sim::LayerReport report(const sim::LayerResult& result);

/// The stages' counters over all layers, and what bounded how many layers.
sim::NetworkReport report(const std::vector<sim::LayerResult>& results,
                          const hardware::Bismo& hardware);

}  // namespace bitloom::cost
