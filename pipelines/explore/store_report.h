#pragma once

#include <string>

#include "pipelines/host.h"
#include "reports/results/exploration.h"

namespace bitloom::pipelines {

/// Whether a file is a database of SQLite, as stores are; what is in it is not looked at.
bool is_database(const std::string& path);

/// What a report tells of a store: its front and a sample of its other points, what a step of each
/// knob does to the ends and the knee of the front, and the layers of some of its points. A
/// UserError where the store has no feasible point, is of another version of the program, or its
/// space cannot be made again.
reports::ExploredStore explored_store(const std::string& path, const Host& host);

}  // namespace bitloom::pipelines
