#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/engine.h"

/// All engines; a program that names them links SystemC (bitloom::sim_cycle).
namespace bitloom::sim {

/// SystemC, event by event. A UserError where a machine's family has no such model.
Engine cycle();

/// The engines' names, as `--engine` takes them.
std::vector<std::string> engine_names();
/// A UserError offers the names.
Engine parse_engine(std::string_view name);

}  // namespace bitloom::sim
