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

/// Does `work`, unless the machine refuses it.
template <class Work>
void if_it_can(const Work& work) {
  try {
    work();
  } catch (const UserError& refusal) {
    const bool is_of_the_machine =
        refusal.kind() == UserError::Kind::kInput || refusal.is_unsupported();
    if (!is_of_the_machine) throw;
  }
}

/// A machine in place of another, with what it is asked.
struct ChangedMachine {
  Settings settings;
  hardware::Hardware machine;
  std::vector<sim::Job> jobs;
  double cycles;  // by the analytic engine: how long other engines take goes by these
};

double work_of(const std::vector<sim::Job>& jobs, const hardware::Hardware& machine) {
  double cycles = 1;  // so that there is some work in all
  for (const sim::PairPrice& price : sim::prices_of(jobs, machine))
    if (price.runs()) cycles += static_cast<double>(price.cost.timing.total.count());
  return cycles;
}

std::vector<ChangedMachine> changed_machines(const HardwareChoice& choice,
                                             const hardware::Hardware& machine,
                                             const std::vector<sim::Job>& jobs, bool keeps_batch,
                                             const Host& host) {
  std::vector<ChangedMachine> all;
  for (const Settings& settings : machine.machine().changes()) {
    if (keeps_batch && sets_batch(settings)) continue;
    if_it_can([&] {
      hardware::Hardware other = changed(choice, settings, host);
      std::vector<sim::Job> same = keeps_batch ? jobs : at_batch(jobs, other.batch());
      const double cycles = work_of(same, other);
      all.push_back({settings, std::move(other), std::move(same), cycles});
    });
  }
  return all;
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
  const std::vector<ChangedMachine> all =
      changed_machines(options.hardware, machine, jobs, keeps_batch, host);
  double work = 0, done = 0;
  for (const ChangedMachine& each : all) work += each.cycles;
  const auto count = static_cast<double>(all.size());
  std::vector<reports::Change> priced;
  Step step(host, "changes");
  for (const ChangedMachine& each : all) {
    const auto tell = [&](double layers, std::int64_t of) {
      const double part = each.cycles * layers / static_cast<double>(of);
      step.update(count * (done + part) / work, std::ssize(all));
    };
    if_it_can([&] {
      const auto results = sim::run(each.jobs, each.machine, options.engine.options,
                                    {.jobs = options.engine.jobs, .progress = tell});
      priced.push_back(as_it_is(each.machine, each.jobs, results));
      priced.back().settings = each.settings;
    });
    done += each.cycles;
  }
  return priced;
}

}  // namespace bitloom::pipelines
