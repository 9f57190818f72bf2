#include "reports/text/text_table.h"

#include <algorithm>
#include <numeric>
#include <sstream>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::reports {
namespace {

constexpr std::size_t kNarrowestFirstColumn = 12;

std::string padded(const std::string& cell, std::size_t width, Align align) {
  return align == Align::kLeft ? fmt::format("{:<{}}", cell, width)
                               : fmt::format("{:>{}}", cell, width);
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string shortened(const std::string& text, std::size_t width) {
  if (text.size() <= width || width < 3) return text;
  const std::size_t tail = (width - 1) / 2;
  const std::size_t head = width - 1 - tail;
  return text.substr(0, head) + "…" + text.substr(text.size() - tail);
}

std::string wrapped(const std::string& text, std::size_t width, const std::string& indent) {
  std::istringstream words(text);
  std::string result, line = indent, word;
  while (words >> word) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > width) {
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

std::string TextTable::text(std::size_t max_width) const {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    std::size_t width = columns_[c].header.size();
    for (const auto& row : rows_) width = std::max(width, row[c].size());
    widths.push_back(width);
  }
  const std::size_t others = std::accumulate(widths.begin() + 1, widths.end(), widths.size() - 1);
  if (others + widths[0] > max_width)
    widths[0] = std::max(kNarrowestFirstColumn, max_width - std::min(max_width, others));

  const auto line = [&](const auto& cell_of) {
    std::string text = padded(shortened(cell_of(0), widths[0]), widths[0], columns_[0].align);
    for (std::size_t c = 1; c < columns_.size(); ++c)
      text += " " + padded(cell_of(c), widths[c], columns_[c].align);
    return without_trailing_spaces(text) + "\n";
  };
  const std::string rule(others + widths[0], '-');
  std::string text = line([&](std::size_t c) { return columns_[c].header; }) + rule + "\n";
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (std::find(rules_.begin(), rules_.end(), r) != rules_.end()) text += rule + "\n";
    text += line([&](std::size_t c) { return rows_[r][c]; });
  }
  return text;
}

}  // namespace bitloom::reports
