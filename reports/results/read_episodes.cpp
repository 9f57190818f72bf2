#include <algorithm>

#include "base/csv.h"
#include "reports/results/read_parts.h"

namespace bitloom::reports {
namespace {

bool is_cost(const std::string& column) {
  constexpr const char* kUnits[] = {"_ms", "_mj", "_mb", "_g"};
  return std::any_of(std::begin(kUnits), std::end(kUnits),
                     [&](const char* unit) { return column.ends_with(unit); });
}

Episode episode_of(const CsvTable& table, const CsvTable::Row& row) {
  Episode episode;
  for (const std::string& column : table.columns()) {
    if (column == "policy" || row.text(column).empty()) continue;
    const auto value = [&] { return row.real(column); };
    if (column == "episode") episode.number = static_cast<std::int64_t>(value());
    if (column == "reward") episode.reward = value();
    if (column == "top1_pct") episode.top1_pct = value();
    if (column == "loss") episode.loss = value();
    if (column == "best_reward") episode.best_reward = value();
    if (column == "within_budget") episode.within_budget = value() != 0;
    if (column == "noise") episode.noise = value();
    if (column == "seconds") episode.seconds = value();
    if (is_cost(column)) episode.costs[column] = value();
  }
  return episode;
}

}  // namespace

std::vector<Episode> read_episodes(const std::string& text, const std::string& path) {
  const std::string whole_lines = text.substr(0, text.rfind('\n') + 1);
  const CsvTable table = CsvTable::parse(path, whole_lines, CsvTable::Rows::kMayBeNone);
  table.require_columns({"episode", "reward"});
  std::vector<Episode> episodes;
  for (const CsvTable::Row& row : table.rows()) episodes.push_back(episode_of(table, row));
  return episodes;
}

}  // namespace bitloom::reports
