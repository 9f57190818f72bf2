#pragma once

#include <nlohmann/json.hpp>

#include "sim/hardware.h"

namespace bitloom::reports {

/// A hardware description with every knob, those left at their defaults too, in the structure of
/// its YAML file.
nlohmann::ordered_json hardware_json(hardware::Hardware hardware);

}  // namespace bitloom::reports
