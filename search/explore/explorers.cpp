#include "search/explore/explorers.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::search {
namespace {

constexpr std::array<ExplorerKind, 5> kExplorers{{
    {.name = "exhaustive",
     .doc = "every point: the true front",
     .asks_all = true,
     .make = exhaustive_explorer},
    {.name = "random", .doc = "points drawn evenly", .make = random_explorer},
    {.name = "sobol", .doc = "points spread evenly, Sobol's sequence", .make = sobol_explorer},
    {.name = "nsga2",
     .doc = "an evolution of points by rank and crowding (Deb et al., 2002)",
     .listens = true,
     .make = nsga2_explorer},
    {.name = "bottleneck",
     .doc = "from the front's points to those that shorten their longest layers, or cost them "
            "nothing",
     .wants_moves = true,
     .listens = true,
     .make = bottleneck_explorer},
}};

constexpr double kMostOfExhaustive = 1e9;
constexpr double kUsuallyExhaustive = 1e6;

}  // namespace

std::span<const ExplorerKind> explorers() { return kExplorers; }

const ExplorerKind& find_explorer(const std::string& name) {
  std::vector<std::string> known;
  for (const ExplorerKind& kind : kExplorers) {
    if (kind.name == name) return kind;
    known.emplace_back(kind.name);
  }
  throw unknown_name("strategy", name, known);
}

const ExplorerKind& usual_explorer(const Grid& grid) {
  return find_explorer(grid.real_size() <= kUsuallyExhaustive ? "exhaustive" : "nsga2");
}

void require_feasible_size(const ExplorerKind& kind, const Grid& grid) {
  if (kind.asks_all && grid.real_size() > kMostOfExhaustive)
    throw UserError(fmt::format(
        "--strategy {}: the space has {:.3g} points, at most {:.0e} are enumerated: take nsga2, "
        "random or sobol, or fewer values",
        kind.name, grid.real_size(), kMostOfExhaustive));
  if (!grid.size())
    throw UserError(
        fmt::format("the space has {:.3g} points, at most {:.3g} can be numbered: give "
                    "its knobs fewer values",
                    grid.real_size(), static_cast<double>(Grid::kMost)));
}

}  // namespace bitloom::search
