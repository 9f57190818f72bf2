#pragma once

#include <string>
#include <vector>

namespace bitloom::sim {

/// Energy constants that a machine's file does not give.
struct DefaultEnergies {
  std::vector<std::string> names = {};  // such as `static_mw`; empty: the file gives all
  bool gives_some = false;              // the file gives others
  std::string technology = {};          // what the constants used in their place are of
};

}  // namespace bitloom::sim
