#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace bitloom::reports {

using Json = nlohmann::ordered_json;

/// Rows under named columns; cells are numbers, texts or null. A column's name ends in its unit.
struct DataTable {
  std::vector<std::string> columns;
  std::vector<std::vector<Json>> rows;

  std::string csv() const;
  /// A list of objects, as Vega reads it.
  Json records() const;
};

/// A group of a figure's rows, which opens to them and to a file.
struct Fold {
  std::string title;
  std::string file_name, file_text;
};

/// A figure with the data that it shows.
struct Figure {
  std::string id;  // a file's name without ending: `bits`, `latency`
  std::string title;
  std::string caption;  // one or two sentences
  DataTable data;
  /// Vega 5; draws the data set `table`, which is `data`, in `avail` pixels of width. Null where
  /// the table itself is the figure. Colours are CSS variables of theme.h.
  Json spec;
  std::size_t shown = 0;  // columns on a page where the table is the figure, the first; 0: all

  /// Where the table is the figure: its rows in groups, those that have the same first cell.
  std::vector<Fold> folds = {};
  /// Whether Markdown has its table; false where that of another figure tells the same.
  bool is_listed = true;

  /// The columns that a page shows: none without a value.
  std::vector<std::size_t> shown_columns() const;
  /// The specification with its data and a width.
  Json complete_spec(int width) const;
};

/// A number for people: four significant digits, whole numbers whole.
std::string number_text(double value);
/// A cell of a table for people; a dash where there is nothing.
std::string cell_text(const Json& cell);

}  // namespace bitloom::reports
