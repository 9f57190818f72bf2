#pragma once

#include "sim/catalogue.h"
#include "sim/families/bismo/description.h"

namespace bitloom::testing {

inline const std::string kHardwareFolder = BITLOOM_SOURCE_DIR "/configs/hardware";

inline hardware::Hardware shipped(const std::string& name) {
  return hardware::load_hardware(name, kHardwareFolder);
}

inline hardware::Bismo shipped_hardware(const std::string& name) {
  return shipped(name).as<hardware::Bismo>();
}

}  // namespace bitloom::testing
