#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bitloom::verify {

/// What running a layer on one unit or column of an array showed.
struct UnitRun {
  std::int64_t values = 0;
  std::int64_t cycles = 0;
  std::optional<std::string> first_wrong = {};
};

}  // namespace bitloom::verify
