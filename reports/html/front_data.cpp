#include "reports/html/front_data.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html/runs_beside.h"
#include "reports/html/short_names.h"

namespace bitloom::reports::front {
namespace {

/// A policy that runs measured, with those that did so alike.
struct Measured {
  std::vector<const Run*> runs;
  std::vector<std::string> run_names, labels;  // by run
  bool is_found = false;
  const Candidate* candidate = nullptr;  // of the first
  std::optional<double> cost;
  std::optional<Accuracy> post_training, finetuned;
};

/// Whether two figures may be one: equal, or one was not measured.
bool may_be_one(const std::optional<Accuracy>& a, const std::optional<Accuracy>& b) {
  return !a || !b || a->top1_pct == b->top1_pct;
}

/// Of policies found, the same bits; of others, the same label; and the same figures.
bool is_same(const Measured& a, const Measured& b) {
  const bool is_same_policy = a.is_found ? a.candidate->layers == b.candidate->layers
                                         : a.labels.front() == b.labels.front();
  return a.is_found == b.is_found && is_same_policy && a.cost == b.cost &&
         a.runs.front()->final_data == b.runs.front()->final_data &&
         may_be_one(a.post_training, b.post_training) && may_be_one(a.finetuned, b.finetuned);
}

Measured measured(const Run& run, const std::string& run_name, const Candidate& candidate,
                  const std::string& cost, bool of_image) {
  const Costs costs = of_image ? costs_of_image(candidate.cost(), run) : candidate.cost();
  return {.runs = {&run},
          .run_names = {run_name},
          .labels = {candidate.label},
          .is_found = candidate.name == "found",
          .candidate = &candidate,
          .cost = costs.contains(cost) ? std::optional(costs.at(cost)) : std::nullopt,
          .post_training = candidate.post_training,
          .finetuned = candidate.finetuned};
}

/// What the runs measured, alike ones once.
std::vector<Measured> all_measured(const std::vector<Run>& runs, const std::string& cost) {
  std::vector<std::string> names;
  for (const Run& run : runs) names.push_back(run.name);
  names = short_names(names);
  const bool of_image = !share_batch(runs);
  std::vector<Measured> all;
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const Candidate& candidate : runs[i].candidates) {
      if (!candidate.post_training && !candidate.finetuned) continue;
      Measured one = measured(runs[i], names[i], candidate, cost, of_image);
      const auto same = std::find_if(all.begin(), all.end(),
                                     [&](const Measured& other) { return is_same(other, one); });
      if (same == all.end()) {
        all.push_back(std::move(one));
        continue;
      }
      same->runs.push_back(&runs[i]);
      same->run_names.push_back(names[i]);
      same->labels.push_back(candidate.label);
      if (!same->post_training) same->post_training = one.post_training;
      if (!same->finetuned) same->finetuned = one.finetuned;
    }
  return all;
}

/// `a`, `a and b`, `a and 2 more`.
std::string of_several(const std::vector<std::string>& names) {
  if (names.size() == 1) return names.front();
  return names.size() == 2 ? names[0] + " and " + names[1]
                           : fmt::format("{} and {} more", names[0], names.size() - 1);
}

/// `a and b: HAQ`; with both labels where they differ: `a: HAQ and b: random`.
std::string label_with_runs(const Measured& one) {
  const bool is_one_label = std::all_of(one.labels.begin(), one.labels.end(),
                                        [&](const auto& each) { return each == one.labels[0]; });
  if (is_one_label) return fmt::format("{}: {}", of_several(one.run_names), one.labels.front());
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < one.labels.size(); ++i)
    labels.push_back(fmt::format("{}: {}", one.run_names[i], one.labels[i]));
  return of_several(labels);
}

}  // namespace

DataTable policies(const std::vector<Run>& runs, const std::string& cost) {
  DataTable data{{"run", "label", "role", "stage", share_batch(runs) ? cost : column_of_image(cost),
                  "top1_pct", "top1_stderr_pct", "images", "hardware", "batch"},
                 {}};
  const std::vector<Measured> all = all_measured(runs, cost);
  for (const Measured& one : all) {
    const auto& label = one.labels.front();
    const auto with_label = std::count_if(all.begin(), all.end(), [&](const Measured& other) {
      return !other.is_found && other.labels.front() == label;
    });
    const bool names_runs = runs.size() > 1 && (one.is_found || with_label > 1);
    std::vector<std::string> of_runs;
    for (const Run* run : one.runs) of_runs.push_back(run->name);
    const char* role = one.candidate->name == "float" ? "reference"
                       : one.is_found                 ? "found"
                                                      : "policy";
    const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(); };
    const Run& first = *one.runs.front();
    for (const auto& [stage, accuracy] : {std::pair{"before fine-tuning", one.post_training},
                                          std::pair{"after fine-tuning", one.finetuned}})
      if (accuracy)
        data.rows.push_back({fmt::format("{}", fmt::join(of_runs, ", ")),
                             names_runs ? label_with_runs(one) : label, role, stage,
                             or_null(one.cost), accuracy->top1_pct,
                             or_null(accuracy->known_stderr_pct()),
                             first.final_data.empty() ? Json() : Json(first.final_data),
                             first.hardware, or_null(batch_of(first))});
  }
  return data;
}

bool add_episodes(const Run& run, const std::string& cost, DataTable& data) {
  bool has_episodes = false;
  for (const Episode& episode : run.episodes) {
    if (!episode.top1_pct || !episode.costs.contains(cost)) continue;
    has_episodes = true;
    const std::optional<std::int64_t> batch = batch_of(run);
    data.rows.push_back({run.name, fmt::format("episode {}", episode.number), "episode", "episode",
                         episode.costs.at(cost), *episode.top1_pct, Json(),
                         run.reward_data.empty() ? Json() : Json(run.reward_data), run.hardware,
                         batch ? Json(*batch) : Json()});
  }
  return has_episodes;
}

}  // namespace bitloom::reports::front
