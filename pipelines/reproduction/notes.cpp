#include "pipelines/reproduction/notes.h"

#include <algorithm>

#include "base/csv.h"
#include "base/error.h"
#include "pipelines/reproduction/comparison.h"

namespace bitloom::reproduction {
namespace {

void add_note(reports::ReproducedTable& table, const CsvTable::Row& row) {
  const auto figure =
      std::find_if(table.figures.begin(), table.figures.end(), [&](const auto& each) {
        return each.of == row.text("of") && each.figure == row.text("figure");
      });
  ensure(figure != table.figures.end(), "a published note is of a figure of its table");
  figure->note = (figure->note ? *figure->note + "; " : "") + row.text("note");
}

}  // namespace

void add_published_notes(reports::ReproducedTable& table) {
  const CsvTable notes = CsvTable::load(Comparison::published("notes.csv"));
  for (const CsvTable::Row& row : notes.rows()) {
    if (row.text("table") != table.name) continue;
    if (row.text("of").empty())
      table.assumptions.push_back(row.text("note"));
    else
      add_note(table, row);
  }
}

}  // namespace bitloom::reproduction
