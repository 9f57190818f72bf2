#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "reports/results/read_parts.h"

namespace bitloom::reports {
namespace {

std::vector<std::string> cells_of(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string> cells;
  for (std::size_t start = 0;;) {
    const std::size_t comma = line.find(',', start);
    cells.emplace_back(line.substr(start, comma - start));
    if (comma == std::string_view::npos) return cells;
    start = comma + 1;
  }
}

bool is_cost(const std::string& column) {
  constexpr const char* kUnits[] = {"_ms", "_mj", "_mb", "_g"};
  return std::any_of(std::begin(kUnits), std::end(kUnits),
                     [&](const char* unit) { return column.ends_with(unit); });
}

class Rows {
 public:
  Rows(std::vector<std::string> columns, const std::string& path)
      : columns_(std::move(columns)), path_(path) {
    for (const char* needed : {"episode", "reward"})
      if (std::find(columns_.begin(), columns_.end(), needed) == columns_.end())
        throw UserError(fmt::format("{}:1: has no column '{}'", path_, needed));
  }

  Episode read(const std::string& line, std::size_t number) {
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != columns_.size())
      throw UserError(fmt::format("{}:{}: must have {} cells as the header has, got {}", path_,
                                  number, columns_.size(), cells.size()));
    Episode episode;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (columns_[i] == "policy" || cells[i].empty()) continue;
      const auto value = [&] { return parse(cells[i], columns_[i], number); };
      if (columns_[i] == "episode") episode.number = static_cast<std::int64_t>(value());
      if (columns_[i] == "reward") episode.reward = value();
      if (columns_[i] == "top1_pct") episode.top1_pct = value();
      if (columns_[i] == "loss") episode.loss = value();
      if (columns_[i] == "best_reward") episode.best_reward = value();
      if (columns_[i] == "within_budget") episode.within_budget = value() != 0;
      if (columns_[i] == "noise") episode.noise = value();
      if (columns_[i] == "seconds") episode.seconds = value();
      if (is_cost(columns_[i])) episode.costs[columns_[i]] = value();
    }
    return episode;
  }

 private:
  double parse(const std::string& text, const std::string& column, std::size_t line) const {
    double value = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      throw UserError(
          fmt::format("{}:{}: {}: must be a number, got '{}'", path_, line, column, excerpt(text)));
    return value;
  }

  std::vector<std::string> columns_;
  const std::string& path_;
};

}  // namespace

std::vector<Episode> read_episodes(const std::string& text, const std::string& path) {
  std::size_t start = 0, number = 0;
  std::optional<Rows> rows;
  std::vector<Episode> episodes;
  for (std::size_t end; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
    const std::string line = text.substr(start, end - start);
    ++number;
    if (rows && !line.empty())
      episodes.push_back(rows->read(line, number));
    else if (!rows)
      rows.emplace(cells_of(line), path);
  }
  if (!rows)
    throw UserError(fmt::format("{}:1: must begin with a line that names its columns", path));
  return episodes;
}

}  // namespace bitloom::reports
