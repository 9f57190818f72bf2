#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reports/text/short_names.h"

namespace bitloom::reports {

enum class Align { kLeft, kRight };

struct Column {
  std::string header;
  Align align = Align::kRight;
};

/// How a first column gives way: `layer4…conv2`, by forms that tell its names apart; its cells in
/// several lines; or not at all, where its names are to be typed.
enum class Narrow { kShorten, kWrap, kWhole };

/// A table for a terminal: columns as wide as their widest cell, one space apart. The first column
/// gives way where the table would be wider than `max_width`, as far as its names stay apart.
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns, Narrow narrow = Narrow::kShorten)
      : columns_(std::move(columns)), narrow_(narrow) {}

  /// Appends a row with a cell for each column.
  void add_row(std::vector<std::string> cells);
  /// Draws a line before the next row.
  void add_rule() { rules_.push_back(rows_.size()); }
  /// Says what the next rows are of, on lines of its own.
  void add_heading(std::string heading) {
    headings_.emplace_back(rows_.size(), std::move(heading));
  }
  /// Characters that the table takes where nothing gives way, headings left out.
  std::size_t width() const;
  /// And where the first column gives way as far as it can.
  std::size_t least_width() const;
  std::string text(std::size_t max_width = kUnlimited) const;

  static constexpr std::size_t kUnlimited = 10'000;

 private:
  std::vector<std::size_t> widths() const;
  /// The rows' first cells, shortened to `width` where that is how the column gives way.
  std::vector<std::string> first_cells(std::size_t width) const;

  std::vector<Column> columns_;
  Narrow narrow_;
  std::vector<std::pair<std::size_t, std::string>> headings_;  // before the row of that index
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> rules_;
};

/// `text` broken at spaces into lines of at most `width`, each after `indent`.
std::string wrapped(const std::string& text, std::size_t width, const std::string& indent);

}  // namespace bitloom::reports
