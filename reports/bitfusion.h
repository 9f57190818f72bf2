#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "reports/simulation.h"

/// What a simulation of BitFusion tells beyond the rest.
namespace bitloom::reports {

/// `wbuf_read` to `dram_write`, in bits.
nlohmann::ordered_json traffic_json(const analytic::bitfusion::Traffic& traffic);
/// Tile, trips, loop order (outermost first), dataflow and how often each operand is fetched.
nlohmann::ordered_json mapping_json(const analytic::bitfusion::Mapping& mapping);

/// Where the cycle engine's array spent its cycles, and beats of the port.
nlohmann::ordered_json tile_counters_json(const cycle::bitfusion::Counters& counters);

/// The columns `memory_wait_cycles,wbuf_read_bits,...` and a layer's figures for them.
std::string traffic_csv_columns();
std::string traffic_csv(const analytic::bitfusion::Mapping& mapping);

/// `simulate --explain`: the tiling and loop order of each layer, and why it is these.
std::string mappings_text(const Simulation& simulation, const hardware::BitFusion& hardware,
                          std::size_t max_width);

}  // namespace bitloom::reports
