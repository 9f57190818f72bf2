#include "base/csv.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "base/text.h"

namespace bitloom {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::size_t begin = 0;
  for (std::size_t comma; (comma = line.find(',', begin)) != std::string::npos; begin = comma + 1)
    cells.push_back(line.substr(begin, comma - begin));
  cells.push_back(line.substr(begin));
  return cells;
}

template <class Number>
bool parse(const std::string& text, Number& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

}  // namespace

CsvTable CsvTable::load(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || !std::getline(file, line)) throw UserError(path + ": cannot be read, or is empty");
  CsvTable table;
  table.path_ = path;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // spreadsheets write it
  if (line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
  for (std::size_t number = 1;; ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (!is_one_readable_line(line))
      throw UserError(
          fmt::format("{}:{}: must be UTF-8 text without control characters", path, number));
    if (number == 1) {
      table.columns_ = cells_of(line);
    } else if (!line.empty()) {
      table.lines_.push_back({number, cells_of(line)});
      if (table.lines_.back().cells.size() != table.columns_.size())
        throw UserError(fmt::format("{}:{}: must have {} cells, one for each column, got {}", path,
                                    number, table.columns_.size(),
                                    table.lines_.back().cells.size()));
    }
    if (!std::getline(file, line)) break;
  }
  if (table.lines_.empty()) throw UserError(path + ":2: no row follows the names of the columns");
  return table;
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
  if (std::find(columns_.begin(), columns_.end(), "") != columns_.end())
    throw UserError(path_ + ":1: a column has no name: is there a comma too many?");
  for (const std::string& column : columns_)
    if (std::find(columns.begin(), columns.end(), column) == columns.end())
      throw UserError(
          fmt::format("{}:1: {}", path_, unknown_name("column", column, columns).what()));
}

const std::string& CsvTable::Row::text(std::string_view column) const {
  const auto found = std::find(table_.columns_.begin(), table_.columns_.end(), column);
  ensure(found != table_.columns_.end(), "a row is asked for a column that its table has");
  return table_.lines_[index_].cells[static_cast<std::size_t>(found - table_.columns_.begin())];
}

std::int64_t CsvTable::Row::integer(std::string_view column, std::int64_t min,
                                    std::int64_t max) const {
  std::int64_t number = 0;
  if (!parse(text(column), number) || number < min || number > max)
    throw error(column, fmt::format("must be a whole number in [{}, {}], got '{}'", min, max,
                                    excerpt(text(column))));
  return number;
}

double CsvTable::Row::real(std::string_view column) const {
  double number = 0;
  if (!parse(text(column), number))
    throw error(column, fmt::format("must be a number, got '{}'", excerpt(text(column))));
  return number;
}

UserError CsvTable::Row::error(std::string_view column, std::string_view complaint) const {
  return UserError(
      fmt::format("{}:{}: {}: {}", table_.path_, table_.lines_[index_].number, column, complaint));
}

}  // namespace bitloom
