#include "reports/text/reproduction.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

constexpr std::size_t kPageColumns = 100;

std::vector<std::string> cells_of(const ReproducedFigure& figure) {
  return {figure.of,         figure.figure,      figure.published.value_or("–"),
          ours_text(figure), error_text(figure), figure.tolerance.value_or("–"),
          figure.verdict};
}

/// A row of a summary: what it is of, and how many figures have each verdict.
std::vector<std::string> row_of_counts(std::vector<std::string> cells, const auto& counted) {
  for (const char* verdict : kVerdicts) cells.push_back(fmt::format("{}", counted.count(verdict)));
  return cells;
}

/// Notes below a table; figures whose notes are alike share a number.
class Notes {
 public:
  std::string mark(const std::optional<std::string>& note) {
    if (!note) return "";
    const auto found = std::find(notes_.begin(), notes_.end(), *note);
    if (found == notes_.end()) notes_.push_back(*note);
    return fmt::format("({})", std::find(notes_.begin(), notes_.end(), *note) - notes_.begin() + 1);
  }
  const std::vector<std::string>& all() const { return notes_; }

 private:
  std::vector<std::string> notes_;
};

TextTable empty_table(bool has_names) {
  std::vector<Column> columns{
      {"figure", Align::kLeft},  {"published"},         {"bitloom"}, {"error"}, {"tolerance"},
      {"verdict", Align::kLeft}, {"note", Align::kLeft}};
  if (has_names) columns.insert(columns.begin(), {"of", Align::kLeft});
  return TextTable(std::move(columns), Narrow::kWrap);
}

/// A row a figure; where that is too wide, what figures are of stands above them.
std::string figures_text(const ReproducedTable& table, Notes& notes, std::size_t max_width) {
  TextTable wide = empty_table(true), narrow = empty_table(false);
  std::string of;
  for (const ReproducedFigure& figure : table.figures) {
    std::vector<std::string> cells = cells_of(figure);
    cells.push_back(notes.mark(figure.note));
    wide.add_row(cells);
    if (figure.of != of) narrow.add_heading(of = figure.of);
    cells.erase(cells.begin());
    cells.front().insert(0, "  ");
    narrow.add_row(std::move(cells));
  }
  return wide.width() <= max_width ? wide.text() : narrow.text(max_width);
}

std::string table_text(const ReproducedTable& table, std::size_t max_width) {
  constexpr std::size_t kProse = 100;
  const std::size_t width = std::min(max_width, kProse);
  std::string text =
      wrapped(fmt::format("{}: {}, {}", table.name, table.paper, table.table), width, "");
  for (const std::string& assumption : table.assumptions) text += wrapped(assumption, width, "  ");
  Notes notes;
  text += "\n" + figures_text(table, notes, max_width);
  for (std::size_t i = 0; i < notes.all().size(); ++i)
    text += wrapped(fmt::format("({}) {}", i + 1, notes.all()[i]), width, "");
  return text + fmt::format("\n{}: {}\n", table.name, counts_text(table));
}

/// Text that a cell of Markdown takes as it is.
std::string in_cell(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '*' || c == '_') result += '\\';
    result += c;
  }
  return result;
}

std::string markdown_row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + in_cell(cell) + " |";
  return line + "\n";
}

std::string table_markdown(const ReproducedTable& table) {
  std::string text = fmt::format("\n## {}\n\n{}, {}.\n\n", table.name, table.paper, table.table);
  for (const std::string& assumption : table.assumptions) {
    const std::string lines = wrapped(assumption, kPageColumns - 2, "  ");
    text += "- " + lines.substr(2);
  }
  text += "\n| of | figure | published | bitloom | error | tolerance | verdict | note |\n";
  text += "|---|---|--:|--:|--:|--:|---|---|\n";
  for (const ReproducedFigure& figure : table.figures) {
    std::vector<std::string> cells = cells_of(figure);
    cells.push_back(figure.note.value_or(""));
    text += markdown_row(cells);
  }
  return text;
}

}  // namespace

std::string reproduction_text(const ReproductionFile& reproduction, std::size_t max_width) {
  std::string text;
  for (const ReproducedTable& table : reproduction.tables)
    text += table_text(table, max_width) + "\n";
  if (reproduction.tables.size() > 1) {
    std::vector<Column> columns{{"table", Align::kLeft}};
    for (const char* verdict : kVerdicts) columns.push_back({verdict});
    TextTable summary(std::move(columns));
    for (const ReproducedTable& table : reproduction.tables)
      summary.add_row(row_of_counts({table.name}, table));
    text += summary.text(max_width) + "\n";
  }
  return text + fmt::format("{}: {}\n", reproduction.count(kFail) == 0 ? "PASS" : "FAIL",
                            counts_text(reproduction));
}

std::string reproduction_markdown(const ReproductionFile& reproduction,
                                  const std::vector<std::string>& asked) {
  std::string text = "# Published tables beside bitloom's figures\n\n";
  text +=
      wrapped(fmt::format("Written by `bitloom reproduce {}`. A figure passes where it is within "
                          "the tolerance beside it. `arithmetic` figures are, too, but follow "
                          "from the paper's own bits and figures, which says nothing of bitloom. "
                          "`open` figures are not compared, and the note says why.",
                          fmt::join(asked, " ")),
              kPageColumns, "");
  text += fmt::format("\n| table | paper | {} |\n|---|---|--:|--:|--:|--:|\n",
                      fmt::join(kVerdicts, " | "));
  for (const ReproducedTable& table : reproduction.tables)
    text += markdown_row(row_of_counts(
        {fmt::format("[{0}](#{0})", table.name), fmt::format("{}, {}", table.paper, table.table)},
        table));
  text += markdown_row(row_of_counts({"all", ""}, reproduction));
  for (const ReproducedTable& table : reproduction.tables) text += table_markdown(table);
  return text;
}

}  // namespace bitloom::reports
