#include "sim/lifts.h"

namespace bitloom::sim {

std::vector<std::vector<Cycles>> lifted_cycles(const std::vector<Job>& jobs,
                                               const std::vector<LayerResult>& layers,
                                               const hardware::Hardware& hardware,
                                               const EngineOptions& options,
                                               const Execution& execution) {
  const Machine& machine = hardware.machine();
  const std::size_t lifts = machine.lifts().size();
  const auto all = static_cast<std::int64_t>(lifts * jobs.size());
  std::vector<std::vector<Cycles>> cycles(lifts, std::vector<Cycles>(jobs.size()));
  std::size_t done = 0;
  for (std::size_t lift = 0; lift < lifts; ++lift) {
    std::vector<LiftedMachine> lifted = machine.lifted(lift, jobs);
    if (lifted.empty()) {
      for (std::size_t i = 0; i < jobs.size(); ++i)
        cycles[lift][i] = machine.cycles_without(lift, jobs[i], layers[i]);
      done += jobs.size();
    }
    for (LiftedMachine& without : lifted) {
      std::vector<Job> alike;
      alike.reserve(without.jobs.size());
      for (const std::size_t job : without.jobs) alike.push_back(jobs[job]);
      const auto results = run(alike, hardware::Hardware(std::move(without.machine)), options,
                               {execution.jobs, [&](double part, std::int64_t) {
                                  if (execution.progress)
                                    execution.progress(static_cast<double>(done) + part, all);
                                }});
      for (std::size_t i = 0; i < results.size(); ++i)
        cycles[lift][without.jobs[i]] = results[i].cost.timing.total;
      done += results.size();
    }
  }
  return cycles;
}

}  // namespace bitloom::sim
