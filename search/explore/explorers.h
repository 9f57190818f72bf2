#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "search/explore/explorer.h"

namespace bitloom::search {

/// A strategy, a row of the table of strategies.
struct ExplorerKind {
  std::string_view name;
  std::string_view doc;
  bool asks_all = false;  // of the whole space, however many points may be asked for
  bool wants_moves = false;
  bool listens = false;  // asks by what it was told: its points cannot be shared out beforehand
  std::unique_ptr<Explorer> (*make)(const ExplorerTask& task);
};

std::span<const ExplorerKind> explorers();

/// A UserError offers the nearest names.
const ExplorerKind& find_explorer(const std::string& name);

/// The strategy for a space of that size where none is named: `exhaustive` up to 10^6 points.
const ExplorerKind& usual_explorer(const Grid& grid);

/// A UserError where the strategy asks for every point and there are more than 10^9: it tells the
/// size.
void require_feasible_size(const ExplorerKind& kind, const Grid& grid);

std::unique_ptr<Explorer> exhaustive_explorer(const ExplorerTask& task);
std::unique_ptr<Explorer> random_explorer(const ExplorerTask& task);
std::unique_ptr<Explorer> sobol_explorer(const ExplorerTask& task);
std::unique_ptr<Explorer> nsga2_explorer(const ExplorerTask& task);
std::unique_ptr<Explorer> bottleneck_explorer(const ExplorerTask& task);

}  // namespace bitloom::search
