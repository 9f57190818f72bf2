#pragma once

#include "pipelines/explore/crew.h"

namespace CLI {
class App;
}

/// Each adds a command to the program; its callback does the work. Mistakes of the user's are
/// thrown as UserError.
namespace bitloom::cli {

void add_simulate(CLI::App& program);
void add_lut(CLI::App& program);
void add_list(CLI::App& program);
void add_describe(CLI::App& program);
void add_search(CLI::App& program);
void add_report(CLI::App& program);
void add_export(CLI::App& program);
void add_import(CLI::App& program);
/// `make_crew`: who evaluates points; empty: as many processes as --jobs says.
void add_explore(CLI::App& program, const pipelines::MakeCrew& make_crew = {});
void add_compare(CLI::App& program);
/// Leaves 1 in `exit_code` where a figure is beyond its tolerance.
void add_reproduce(CLI::App& program, int& exit_code);

}  // namespace bitloom::cli
