#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bitloom::reports {

/// Whose energy constants they are, in words: `constants of a 28 nm FPGA (Zynq-7020)`. An empty
/// technology is one that nobody says.
std::string energy_constants_text(const std::string& technology);

/// Those that are told, each once.
std::vector<std::string> told_technologies(const std::vector<std::string>& technologies);

/// That energies of several of `technologies` stand in one `place` (`table`, `page`), which differ
/// by the process more than by the architecture; empty where they are one, or not told.
std::string mixed_technologies_text(const std::vector<std::string>& technologies,
                                    std::string_view place);

}  // namespace bitloom::reports
