#include "sim/lifts.h"

#include <algorithm>

#include "base/error.h"

namespace bitloom::sim {
namespace {

/// Cycles of each job on the machines without a limit, at least what its other limits allow.
std::vector<Cycles> cycles_on(std::vector<LiftedMachine> lifted, std::size_t lift,
                              const std::vector<Job>& jobs, const std::vector<LayerResult>& layers,
                              const Machine& machine, const EngineOptions& options,
                              const Execution& execution) {
  std::vector<Cycles> cycles(jobs.size());
  std::size_t done = 0;
  for (LiftedMachine& without : lifted) {
    std::vector<Job> alike;
    alike.reserve(without.jobs.size());
    for (const std::size_t job : without.jobs) alike.push_back(jobs[job]);
    const auto results = run(alike, hardware::Hardware(std::move(without.machine)), options,
                             {execution.jobs, [&](double part, std::int64_t all) {
                                if (execution.progress)
                                  execution.progress(static_cast<double>(done) + part, all);
                              }});
    for (std::size_t i = 0; i < results.size(); ++i) {
      const std::size_t job = without.jobs[i];
      cycles[job] = std::max(results[i].cost.timing.total,
                             machine.least_without(lift, jobs[job], layers[job]));
    }
    done += results.size();
  }
  return cycles;
}

}  // namespace

std::vector<std::optional<std::vector<Cycles>>> lifted_cycles(
    const std::vector<Job>& jobs, const std::vector<LayerResult>& layers,
    const hardware::Hardware& hardware, const EngineOptions& options, const Execution& execution) {
  const Machine& machine = hardware.machine();
  const std::size_t lifts = machine.lifts().size();
  const auto all = static_cast<std::int64_t>(lifts * jobs.size());
  std::vector<std::optional<std::vector<Cycles>>> cycles(lifts);
  for (std::size_t lift = 0; lift < lifts; ++lift) {
    const auto done = static_cast<double>(lift * jobs.size());
    const Execution counted{execution.jobs, [&](double part, std::int64_t) {
                              if (execution.progress) execution.progress(done + part, all);
                            }};
    try {
      std::vector<LiftedMachine> lifted = machine.lifted(lift, jobs);
      if (!lifted.empty()) {
        cycles[lift] = cycles_on(std::move(lifted), lift, jobs, layers, machine, options, counted);
        continue;
      }
      cycles[lift].emplace();
      for (std::size_t i = 0; i < jobs.size(); ++i)
        cycles[lift]->push_back(machine.cycles_without(lift, jobs[i], layers[i]));
    } catch (const UserError& refusal) {
      if (!refusal.is_unsupported()) throw;
    }
  }
  return cycles;
}

}  // namespace bitloom::sim
