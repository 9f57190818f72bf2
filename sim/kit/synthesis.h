#pragma once

#include <string_view>

namespace bitloom::hardware {

/// What synthesized the areas of rtl/synthesis/area.csv, flow `xilinx` (synth_xilinx, 7-series).
inline constexpr std::string_view kSynthesisTool = "Yosys 0.23 (git sha1 7ce5011c24b)";

}  // namespace bitloom::hardware
