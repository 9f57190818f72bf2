#include "cli/engine_option.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <thread>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/options.h"
#include "sim/engines.h"

namespace bitloom::cli {

void EngineOption::add_to(CLI::App& command) {
  command
      .add_option("--engine", engine,
                  "analytic: closed forms; cycle: SystemC, event by event (analytic)")
      ->type_name("NAME");
  command
      .add_option(
          "--stalls", stalls,
          "cycle engine: memory answers late at random, the same for the same seed (never late)")
      ->type_name("SEED");
  command
      .add_option("--jobs", jobs, "cycle engine: processes that share the work (all processors)")
      ->type_name("N");
}

sim::EngineOptions EngineOption::load() const {
  sim::EngineOptions options{.engine = sim::parse_engine(engine)};
  if (jobs && options.engine == sim::analytic())
    throw UserError("--jobs: only the cycle engine shares its work; add --engine cycle");
  if (!stalls) return options;
  if (options.engine == sim::analytic())
    throw UserError("--stalls: only the cycle engine sees memory; add --engine cycle");
  options.stall_seed = static_cast<std::uint64_t>(
      parse_integer("--stalls", *stalls, 0, std::numeric_limits<std::int64_t>::max()));
  return options;
}

int EngineOption::processes() const {
  constexpr std::int64_t kMost = 1024;
  if (jobs) return static_cast<int>(parse_integer("--jobs", *jobs, 1, kMost));
  if (sim::parse_engine(engine) == sim::analytic()) return 1;
  return static_cast<int>(std::clamp<std::int64_t>(std::thread::hardware_concurrency(), 1, kMost));
}

}  // namespace bitloom::cli
