#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace bitloom {

/// A file of comma-separated values whose first line names the columns. Cells are not quoted. A
/// complaint says `file:line: column: what was wrong`.
class CsvTable {
 public:
  class Row;

  /// A UserError where the file cannot be read, is not UTF-8, has no rows, a column twice, or a row
  /// with more or fewer cells than columns.
  static CsvTable load(const std::string& path);

  const std::vector<std::string>& columns() const { return columns_; }
  std::vector<Row> rows() const&;
  std::vector<Row> rows() && = delete;  // rows refer to their table
  /// A complaint of the first of `columns` that is missing, and of the first that is not among
  /// them.
  void require_columns(const std::vector<std::string>& columns) const;

 private:
  struct Line {
    std::size_t number;
    std::vector<std::string> cells;
  };
  CsvTable() = default;

  std::string path_;
  std::vector<std::string> columns_;
  std::vector<Line> lines_;
};

/// A row of a table that outlives it.
class CsvTable::Row {
 public:
  Row(const CsvTable& table, std::size_t index) : table_(table), index_(index) {}
  /// The cell of a column that the table has.
  const std::string& text(std::string_view column) const;
  /// A whole number in [min, max].
  std::int64_t integer(std::string_view column, std::int64_t min, std::int64_t max) const;
  double real(std::string_view column) const;
  std::size_t line() const { return table_.lines_[index_].number; }
  UserError error(std::string_view column, std::string_view complaint) const;

 private:
  const CsvTable& table_;
  std::size_t index_;
};

}  // namespace bitloom
