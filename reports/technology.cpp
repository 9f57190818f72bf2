#include "reports/technology.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bitloom::reports {

std::string energy_constants_text(const std::string& technology) {
  return technology.empty() ? "constants of a technology that the hardware's file does not name "
                              "(energy.technology)"
                            : "constants of a " + technology;
}

std::vector<std::string> told_technologies(const std::vector<std::string>& technologies) {
  std::vector<std::string> told;
  for (const std::string& technology : technologies)
    if (!technology.empty() && std::find(told.begin(), told.end(), technology) == told.end())
      told.push_back(technology);
  return told;
}

std::string mixed_technologies_text(const std::vector<std::string>& technologies,
                                    std::string_view place) {
  const std::vector<std::string> told = told_technologies(technologies);
  if (told.size() < 2) return "";
  return fmt::format("energies of different technologies stand in one {}: {}", place,
                     fmt::join(told, ", "));
}

}  // namespace bitloom::reports
