#include "sim/hardware.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bitloom::hardware {

std::string Hardware::energy_technology() const {
  const std::string named = machine_->technology();
  const auto& [names, gives_some, technology] = default_energies_;
  if (names.empty() || named == technology) return named;
  return fmt::format("{} ({}: of a {})",
                     named.empty() ? "technology that its file does not name" : named,
                     fmt::join(names, ", "), technology);
}

}  // namespace bitloom::hardware
