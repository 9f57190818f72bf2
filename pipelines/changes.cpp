#include "pipelines/changes.h"

#include <algorithm>

#include "base/error.h"

namespace bitloom::pipelines {
namespace {

using Settings = std::vector<std::string>;

bool sets_batch(const Settings& settings) {
  return std::any_of(settings.begin(), settings.end(), [](const std::string& setting) {
    return hardware::key_of(setting) == "batch";
  });
}

/// The machine that `--set` makes of the changes, whatever `--batch` said of the one without.
hardware::Hardware changed(HardwareChoice choice, const Settings& settings, const Host& host) {
  choice.settings = hardware::with_settings(choice.settings, settings);
  if (sets_batch(settings)) choice.batch.reset();
  return load(choice, host);
}

std::vector<sim::Job> at_batch(std::vector<sim::Job> jobs, std::int64_t batch) {
  for (sim::Job& job : jobs) job.batch = batch;
  return jobs;
}

}  // namespace

reports::Change as_it_is(const hardware::Hardware& machine, const std::vector<sim::Job>& jobs,
                         const std::vector<sim::LayerResult>& results) {
  const bool same_batch = std::all_of(jobs.begin(), jobs.end(), [&](const sim::Job& job) {
    return job.batch == jobs.front().batch;
  });
  reports::Change change{.settings = {},
                         .images = same_batch ? jobs.front().batch : 1,
                         .cycles = {},
                         .latency = {},
                         .energy = {},
                         .resources = machine.machine().resources(),
                         .scaled_energies = machine.default_energies().names,
                         .gives_energies = machine.default_energies().gives_some};
  for (const sim::LayerResult& result : results) {
    change.cycles += result.cost.timing.total;
    change.energy += result.cost.energy.total();
  }
  change.latency = runtime(change.cycles, machine.clock());
  return change;
}

std::vector<reports::Change> priced_changes(const SimulateOptions& options,
                                            const hardware::Hardware& machine,
                                            const std::vector<sim::Job>& jobs, bool keeps_batch,
                                            const Host& host) {
  const std::vector<Settings> all = machine.machine().changes();
  std::vector<reports::Change> priced;
  Step step(host, "changes");
  for (std::size_t i = 0; i < all.size(); ++i) {
    step.update(static_cast<double>(i), static_cast<std::int64_t>(all.size()));
    if (keeps_batch && sets_batch(all[i])) continue;
    try {
      const hardware::Hardware other = changed(options.hardware, all[i], host);
      const std::vector<sim::Job> same = keeps_batch ? jobs : at_batch(jobs, other.batch());
      const auto results = sim::run(same, other, options.engine.options,
                                    {.jobs = options.engine.jobs, .progress = {}});
      priced.push_back(as_it_is(other, same, results));
      priced.back().settings = all[i];
    } catch (const UserError& refusal) {
      const bool is_of_the_machine =
          refusal.kind() == UserError::Kind::kInput || refusal.is_unsupported();
      if (!is_of_the_machine) throw;
    }
  }
  return priced;
}

}  // namespace bitloom::pipelines
