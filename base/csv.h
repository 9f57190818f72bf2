#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv_parser.h"
#include "base/error.h"

namespace bitloom {

/// A table of comma-separated values whose first line names the columns, quoted as RFC 4180 has it
/// (csv_parser.h). A complaint says `file:line: column: what was wrong`.
class CsvTable {
 public:
  class Row;
  enum class Rows { kNeeded, kMayBeNone };

  /// A UserError where the file cannot be read, is empty, has no rows and needs some, or has a row
  /// with more or fewer cells than columns.
  static CsvTable load(const std::string& path, Rows rows = Rows::kNeeded);
  /// The same of the text of the file `path`.
  static CsvTable parse(const std::string& path, std::string_view text, Rows rows = Rows::kNeeded);

  const std::vector<std::string>& columns() const { return columns_; }
  bool has(std::string_view column) const;
  std::vector<Row> rows() const&;
  std::vector<Row> rows() && = delete;  // rows refer to their table
  /// Gives each column that is one of `names` but for its case that name.
  void name_columns(const std::vector<std::string>& names);
  /// A complaint of the first of `columns` that is not there once.
  void require_columns(const std::vector<std::string>& columns) const;
  /// And of the first column that is not among them or `others`, which may be left out.
  void require_only_columns(const std::vector<std::string>& columns,
                            const std::vector<std::string>& others = {}) const;

 private:
  CsvTable() = default;

  std::string path_;
  std::vector<std::string> columns_;
  std::vector<CsvLine> lines_;
};

/// A row of a table that outlives it.
class CsvTable::Row {
 public:
  Row(const CsvTable& table, std::size_t index) : table_(table), index_(index) {}
  /// The cell of a column that the table has: UTF-8 on one line without control characters.
  const std::string& text(std::string_view column) const;
  /// A whole number in [min, max].
  std::int64_t integer(std::string_view column, std::int64_t min, std::int64_t max) const;
  /// A finite number.
  double real(std::string_view column) const;
  std::size_t line() const { return table_.lines_[index_].number; }
  UserError error(std::string_view column, std::string_view complaint) const;

 private:
  const CsvTable& table_;
  std::size_t index_;
};

}  // namespace bitloom
