#include "pipelines/svg_drawing.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/json_value.h"
#include "base/output_file.h"
#include "base/processes.h"
#include "base/temporary_file.h"

namespace bitloom::pipelines {
namespace {

/// Runs node with its standard output in a file.
ProcessEnd run_node(std::string_view option, const std::string& script, const std::string& output) {
  try {
    return run_program({"node", script}, OutputToFile{output});
  } catch (const UserError& absent) {
    throw absent.with_text(
        fmt::format("{}: {}; install it (Debian's nodejs), or save figures from the report itself",
                    option, absent.what()));
  }
}

}  // namespace

std::map<std::string, std::string> draw_svgs(std::string_view option, const std::string& script) {
  const TemporaryFile program(".cjs");
  const TemporaryFile drawn(".json");
  write_file(program.path(), script);
  const bool could_draw = run_node(option, program.path(), drawn.path()).succeeded();
  if (!could_draw)
    throw UserError(
        fmt::format("{}: node could not draw the figures; it must be version 14 or later", option));
  std::map<std::string, std::string> by_id;
  for (const JsonValue& drawing : JsonValue::load(drawn.path()).items())
    by_id[drawing.at("id").any_text()] = drawing.at("svg").any_text();
  return by_id;
}

}  // namespace bitloom::pipelines
