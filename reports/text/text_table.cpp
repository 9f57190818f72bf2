#include "reports/text/text_table.h"

#include <algorithm>
#include <numeric>
#include <sstream>

#include <fmt/ranges.h>

#include "base/error.h"

namespace bitloom::reports {
namespace {

constexpr std::size_t kNarrowestFirstColumn = 12;

std::string padded(const std::string& cell, std::size_t width, Align align) {
  const std::string spaces(width - std::min(width, width_of(cell)), ' ');
  return align == Align::kLeft ? cell + spaces : spaces + cell;
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

/// Of columns one space apart.
std::size_t sum_of(const std::vector<std::size_t>& widths) {
  return std::accumulate(widths.begin(), widths.end(), widths.size() - 1);
}

/// The lines of `cell` broken at spaces, each as far in as the first; one where cells are not
/// wrapped.
std::vector<std::string> lines_within(const std::string& cell, std::size_t width, Narrow narrow) {
  if (width_of(cell) <= width) return {cell};
  if (narrow != Narrow::kWrap) return {shortened(cell, width)};
  std::istringstream text(wrapped(cell, width, cell.substr(0, cell.find_first_not_of(' '))));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::string wrapped(const std::string& text, std::size_t width, const std::string& indent) {
  if (width == TextTable::kUnlimited) width = 80;
  std::istringstream words(text);
  std::string result, line = indent, word;
  while (words >> word) {
    if (line.size() > indent.size() && width_of(line) + 1 + width_of(word) > width) {
      result += line + "\n";
      line = indent;
    }
    line += (line.size() > indent.size() ? " " : "") + word;
  }
  return result + line + "\n";
}

void TextTable::add_row(std::vector<std::string> cells) {
  ensure(cells.size() == columns_.size(), "a table row has a cell for each column");
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = width_of(columns_[c].header);
    for (const auto& row : rows_) width = std::max(width, width_of(row[c]));
    widths.push_back(width);
  }
  return widths;
}

std::size_t TextTable::width() const { return sum_of(widths()); }

std::size_t TextTable::least_width() const {
  const std::vector<std::size_t> widths = this->widths();
  if (narrow_ == Narrow::kWhole) return sum_of(widths);
  std::size_t first = std::min(widths[0], kNarrowestFirstColumn);
  for (const std::string& name : first_cells(first))
    if (narrow_ == Narrow::kShorten) first = std::max(first, width_of(name));
  return sum_of(widths) - widths[0] + first;
}

std::vector<std::string> TextTable::first_cells(std::size_t width) const {
  std::vector<std::string> cells;
  for (const auto& row : rows_) cells.push_back(row[0]);
  return narrow_ == Narrow::kShorten ? shortened_apart(cells, width) : cells;
}

std::string TextTable::text(std::size_t max_width) const {
  std::vector<std::size_t> widths = this->widths();
  const std::size_t others = sum_of(widths) - widths[0];
  if (others + widths[0] > max_width && narrow_ != Narrow::kWhole)
    widths[0] = std::max(kNarrowestFirstColumn, max_width - std::min(max_width, others));
  const std::vector<std::string> names = first_cells(widths[0]);
  if (narrow_ == Narrow::kShorten)
    for (const std::string& name : names) widths[0] = std::max(widths[0], width_of(name));

  const auto line = [&](const std::string& name, const auto& cell_of) {
    std::vector<std::string> first = lines_within(name, widths[0], narrow_);
    std::string text = padded(first.back(), widths[0], columns_[0].align);
    for (std::size_t c = 1; c < columns_.size(); ++c)
      text += " " + padded(cell_of(c), widths[c], columns_[c].align);
    first.back() = without_trailing_spaces(text);
    return fmt::format("{}\n", fmt::join(first, "\n"));
  };
  const std::string rule(others + widths[0], '-');
  std::string text =
      line(columns_[0].header, [&](std::size_t c) { return columns_[c].header; }) + rule + "\n";
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (std::find(rules_.begin(), rules_.end(), r) != rules_.end()) text += rule + "\n";
    for (const auto& [row, heading] : headings_)
      if (row == r) text += wrapped(heading, max_width, "");
    text += line(names[r], [&](std::size_t c) { return rows_[r][c]; });
  }
  return text;
}

}  // namespace bitloom::reports
