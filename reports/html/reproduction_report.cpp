#include "reports/html/reproduction_report.h"

#include <fmt/format.h>

namespace bitloom::reports {
namespace {

Json or_null(const std::optional<std::string>& text) { return text ? Json(*text) : Json(); }

Section section_of(const ReproducedTable& table) {
  Figure figure{
      "figures",
      table.table,
      "Each published figure, bitloom's with one digit more, and whether it is within the "
      "tolerance. Figures of arithmetic follow from the paper's own bits and figures. Figures that "
      "are open are not compared.",
      {{"of", "figure", "published", "bitloom", "error", "tolerance", "verdict", "note"}, {}},
      {}};
  for (const ReproducedFigure& row : table.figures)
    figure.data.rows.push_back({row.of, row.figure, or_null(row.published), ours_text(row),
                                error_text(row), or_null(row.tolerance), row.verdict,
                                row.note.value_or("")});
  Section section{table.name, table.name, {}, {std::move(figure)}, {}, nullptr};
  section.lines.push_back("Source: " + table.paper);
  section.lines.push_back("Verdicts: " + counts_text(table));
  for (const std::string& assumption : table.assumptions)
    section.lines.push_back("Assumed: " + assumption);
  return section;
}

Section summary_of(const ReproductionFile& reproduction) {
  Figure figure{"summary",
                "All tables",
                "How many figures of each table are within their tolerance.",
                {{"table", "paper", "what"}, {}},
                {}};
  for (const char* verdict : kVerdicts) figure.data.columns.emplace_back(verdict);
  for (const ReproducedTable& table : reproduction.tables) {
    std::vector<Json> row{table.name, table.paper, table.table};
    for (const char* verdict : kVerdicts) row.emplace_back(table.count(verdict));
    figure.data.rows.push_back(std::move(row));
  }
  return {"summary", "Summary", {}, {std::move(figure)}, {}, nullptr};
}

}  // namespace

Report reproduction_report(const ReproductionFile& reproduction, const std::string& version) {
  Report report{fmt::format("Published figures beside bitloom's: {}", counts_text(reproduction)),
                version,
                {}};
  if (reproduction.tables.size() > 1) report.sections.push_back(summary_of(reproduction));
  for (const ReproducedTable& table : reproduction.tables)
    report.sections.push_back(section_of(table));
  return report;
}

}  // namespace bitloom::reports
