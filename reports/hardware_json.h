#pragma once

#include <functional>

#include <nlohmann/json.hpp>

#include "sim/hardware.h"

namespace bitloom::reports {

/// A hardware description with every knob, those left at their defaults too, in the structure of
/// its YAML file.
nlohmann::ordered_json hardware_json(hardware::Hardware hardware);

/// The fields that `show` presents, in the structure of their YAML file.
nlohmann::ordered_json fields_json(const std::function<void(FieldVisitor&)>& show);

}  // namespace bitloom::reports
