#include "base/csv.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.h"
#include "base/letter_case.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom {

CsvTable CsvTable::load(const std::string& path, Rows rows) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 28;
  return parse(path, read_file(path, {.most_bytes = kMostBytes}), rows);
}

CsvTable CsvTable::parse(const std::string& path, std::string_view text, Rows rows) {
  CsvTable table;
  table.path_ = path;
  table.lines_ = parse_csv(path, text);
  std::erase_if(table.lines_, [](const CsvLine& line) {  // as spreadsheets write blank rows
    return line.cells.size() > 1 && std::all_of(line.cells.begin(), line.cells.end(),
                                                [](const auto& cell) { return cell.empty(); });
  });
  if (table.lines_.empty())
    throw UserError(path + ": is empty; a line that names the columns would be right");
  table.columns_ = std::move(table.lines_.front().cells);
  table.lines_.erase(table.lines_.begin());
  for (const std::string& column : table.columns_)
    if (!is_one_readable_line(column))
      throw UserError(path + ":1: columns' names must be UTF-8 text without control characters");
  // Commas that end a line begin no cells: spreadsheets write them for columns that were emptied.
  const auto drop_empty = [](std::vector<std::string>& cells, std::size_t least) {
    while (cells.size() > least && cells.back().empty()) cells.pop_back();
  };
  drop_empty(table.columns_, 1);
  for (CsvLine& line : table.lines_) drop_empty(line.cells, table.columns_.size());
  for (const CsvLine& line : table.lines_)
    if (line.cells.size() != table.columns_.size())
      throw UserError(fmt::format("{}:{}: must have {} cells, one for each column, got {}", path,
                                  line.number, table.columns_.size(), line.cells.size()));
  if (table.lines_.empty() && rows == Rows::kNeeded)
    throw UserError(path + ":2: no row follows the names of the columns");
  return table;
}

bool CsvTable::has(std::string_view column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

void CsvTable::name_columns(const std::vector<std::string>& names) {
  for (std::string& column : columns_)
    for (const std::string& name : names)
      if (lower_case(column) == lower_case(name)) column = name;
}

std::vector<CsvTable::Row> CsvTable::rows() const& {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < lines_.size(); ++i) rows.emplace_back(*this, i);
  return rows;
}

void CsvTable::require_columns(const std::vector<std::string>& columns) const {
  for (const std::string& column : columns)
    if (std::count(columns_.begin(), columns_.end(), column) != 1)
      throw UserError(fmt::format("{}:1: must have the column '{}' once", path_, column));
}

void CsvTable::require_only_columns(const std::vector<std::string>& columns,
                                    const std::vector<std::string>& others) const {
  require_columns(columns);
  if (std::find(columns_.begin(), columns_.end(), "") != columns_.end())
    throw UserError(path_ + ":1: a column has no name: is there a comma too many?");
  std::vector<std::string> known = columns;
  known.insert(known.end(), others.begin(), others.end());
  for (const std::string& column : columns_) {
    if (std::find(known.begin(), known.end(), column) == known.end())
      throw UserError(fmt::format("{}:1: {}", path_, unknown_name("column", column, known).what()));
    require_columns({column});  // once
  }
}

const std::string& CsvTable::Row::text(std::string_view column) const {
  const auto found = std::find(table_.columns_.begin(), table_.columns_.end(), column);
  ensure(found != table_.columns_.end(), "a row is asked for a column that its table has");
  const std::string& cell =
      table_.lines_[index_].cells[static_cast<std::size_t>(found - table_.columns_.begin())];
  if (!is_one_readable_line(cell))
    throw error(column, "must be UTF-8 text on one line without control characters");
  return cell;
}

std::int64_t CsvTable::Row::integer(std::string_view column, std::int64_t min,
                                    std::int64_t max) const {
  const auto number = parse_integer(without_zero_fraction(text(column)), min, max);
  if (!number)
    throw error(column, fmt::format("must be a whole number in [{}, {}], got '{}'", min, max,
                                    excerpt(text(column))));
  return *number;
}

double CsvTable::Row::real(std::string_view column) const {
  const auto number = parse_real(text(column));
  if (!number)
    throw error(column, fmt::format("must be a number, got '{}'", excerpt(text(column))));
  return *number;
}

UserError CsvTable::Row::error(std::string_view column, std::string_view complaint) const {
  return UserError(
      fmt::format("{}:{}: {}: {}", table_.path_, table_.lines_[index_].number, column, complaint));
}

}  // namespace bitloom
