#pragma once

#include "reports/results/reproduction_file.h"

namespace bitloom::reproduction {

/// Adds what reports/published/notes.csv says of `table`: to the notes of figures, and above the
/// table where a line of the file names no figure. A UserError where the file does not ship, an
/// InternalError where it names a figure that the table lacks.
void add_published_notes(reports::ReproducedTable& table);

}  // namespace bitloom::reproduction
