#include "cli/engine_option.h"

#include <algorithm>
#include <cstdint>
#include <thread>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/options.h"
#include "sim/engines.h"

namespace bitloom::cli {
namespace {

constexpr std::int64_t kMostJobs = 1024;

std::uint64_t parse_stalls(const std::string& text) { return parse_seed("--stalls", text); }

int parse_jobs(const std::string& text) {
  return static_cast<int>(parse_integer("--jobs", text, 1, kMostJobs));
}

}  // namespace

void EngineOption::add_to(CLI::App& command) {
  look_at(command
              .add_option("--engine", engine,
                          "analytic: closed forms; cycle: SystemC, event by event (analytic)")
              ->type_name("NAME"),
          sim::parse_engine);
  look_at(command
              .add_option("--stalls", stalls,
                          "cycle engine: memory answers late at random, the same for the same seed "
                          "(never late)")
              ->type_name("SEED"),
          parse_stalls);
  look_at(command
              .add_option("--jobs", jobs,
                          "cycle engine: processes that share the work (all processors)")
              ->type_name("N"),
          parse_jobs);
}

sim::EngineOptions EngineOption::load() const {
  sim::EngineOptions options{.engine = sim::parse_engine(engine)};
  if (jobs && options.engine == sim::analytic())
    throw UserError("--jobs: only the cycle engine shares its work; add --engine cycle");
  if (!stalls) return options;
  if (options.engine == sim::analytic())
    throw UserError("--stalls: only the cycle engine sees memory; add --engine cycle");
  options.stall_seed = parse_stalls(*stalls);
  return options;
}

int EngineOption::processes() const {
  if (jobs) return parse_jobs(*jobs);
  if (sim::parse_engine(engine) == sim::analytic()) return 1;
  return static_cast<int>(
      std::clamp<std::int64_t>(std::thread::hardware_concurrency(), 1, kMostJobs));
}

}  // namespace bitloom::cli
