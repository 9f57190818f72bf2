#include "reports/html/several_runs.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html/cost_line.h"
#include "reports/html/figures.h"
#include "reports/html/run_words.h"
#include "reports/html/runs_beside.h"
#include "reports/results/findings.h"

namespace bitloom::reports {
namespace {

/// A line for a comparison of runs: what the policy costs and answers, and what that gains.
std::string headline(const Run& run, bool of_image) {
  std::string line = run.name;
  const Costs found = found_costs(run), told = of_image ? costs_of_image(found, run) : found;
  if (const std::string cost = main_cost(run); told.contains(cost))
    line += ": " + amount(cost, told.at(cost)) + (of_image ? " an image" : "");
  if (const Candidate* best = run.candidate("found"); best && !accuracies(*best).empty())
    line += ", top-1 " + accuracies(*best);
  else if (run.solved)
    line += fmt::format(", Omega {:.4g}", run.solved->omega);
  line += ".";
  for (const std::string& finding :
       findings(run.candidates, run.differences, run.start, std::ssize(run.episodes)))
    line += " " + finding;
  return line;
}

/// Of a text that runs have: whether those that have one all have the same.
bool is_one(const std::vector<Run>& runs, const std::string Run::*text) {
  std::set<std::string> texts;
  for (const Run& run : runs)
    if (!(run.*text).empty()) texts.insert(run.*text);
  return texts.size() <= 1;
}

/// Whether two runs' Omegas rest on one sensitivity; one that a folder lacks may be any.
bool share_omegas(const Run& run, const Run& other) {
  if (!run.solved || !other.solved) return true;
  if (run.solved->sensitivity != other.solved->sensitivity ||
      run.solved->quantizer != other.solved->quantizer)
    return false;
  if (!run.sensitivity || !other.sensitivity) return true;
  const auto is_same = [](const LayerSensitivities& layer, const LayerSensitivities& its) {
    return layer.weight_omega == its.weight_omega && layer.activation_omega == its.activation_omega;
  };
  return std::ranges::equal(run.sensitivity->layers, other.sensitivity->layers, is_same);
}

/// Empty where all Omegas compare.
std::vector<std::string> omegas_that_differ(const std::vector<Run>& runs) {
  for (const Run& run : runs)
    for (const Run& other : runs) {
      if (run.network != other.network || share_omegas(run, other)) continue;
      const auto source = [](const Run& of) {
        const std::string& quantizer = of.solved->quantizer;
        return fmt::format("{} ({}{})", of.name, of.solved->sensitivity,
                           quantizer.empty() ? "" : ", levels of " + quantizer);
      };
      return {fmt::format("Omegas rest on different measurements and do not compare: {} and {}.",
                          source(run), source(other))};
    }
  return {};
}

/// What keeps runs from being compared: one line for each thing that they do not share.
std::vector<std::string> what_differs(const std::vector<Run>& runs) {
  std::vector<std::string> lines;
  const auto tell = [&](const std::string Run::*text, const char* what) {
    if (is_one(runs, text)) return;
    std::string line = what;
    for (const Run& run : runs)
      line += fmt::format("{} {}: {}", &run == &runs.front() ? "" : ";", run.name,
                          (run.*text).empty() ? "not told" : run.*text);
    lines.push_back(line + ".");
  };
  tell(&Run::final_data, "Accuracies are of different images and do not compare:");
  tell(&Run::quantizer, "Quantizers differ:");
  for (std::string& line : omegas_that_differ(runs)) lines.push_back(std::move(line));
  return lines;
}

/// `resnet20 on bismo-edge, bismo-cloud (batches of 1, 16)`, each once; where networks differ,
/// each with its hardware.
std::string of_all(const std::vector<Run>& runs) {
  const bool is_one_network = is_one(runs, &Run::network);
  std::vector<std::string> machines, batches;
  const auto add = [](std::vector<std::string>& texts, const std::string& text) {
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(text);
  };
  for (const Run& run : runs) {
    const auto batch = batch_of(run);
    add(machines, is_one_network ? run.hardware : run.network + " on " + run.hardware);
    add(batches, batch ? fmt::format("{}", *batch) : "not told");
  }
  return fmt::format(
      "{}{}{}", is_one_network ? runs.front().network + " on " : "", fmt::join(machines, ", "),
      share_batch(runs) ? "" : fmt::format(" (batches of {})", fmt::join(batches, ", ")));
}

/// The accuracy of what a run found, before fine-tuning or after it.
using Stage = std::optional<Accuracy> Candidate::*;
const Accuracy* accuracy_at(const Run& run, Stage stage) {
  const Candidate* found = run.candidate("found");
  return found && found->*stage ? &*(found->*stage) : nullptr;
}

double cost_to_compare(const Run& run, const std::string& cost) {
  const Costs costs = found_costs(run);
  return costs.contains(cost) ? costs.at(cost) : HUGE_VAL;
}

/// The last stage that all runs measured.
std::optional<Stage> common_stage(const std::vector<Run>& runs) {
  for (const Stage stage : {&Candidate::finetuned, &Candidate::post_training})
    if (std::all_of(runs.begin(), runs.end(),
                    [&](const Run& run) { return accuracy_at(run, stage) != nullptr; }))
      return stage;
  return {};
}

/// ` at latency 1.8 ms`; empty where a run does not tell it.
std::string at_cost(const Run& run, const std::string& cost) {
  const Costs costs = found_costs(run);
  return costs.contains(cost) ? " at " + amount(cost, costs.at(cost)) : "";
}

/// The run whose policy is the most accurate, and of those the cheapest.
std::string most_accurate(const std::vector<Run>& runs, Stage stage) {
  const std::string cost = main_cost(runs.front());
  const auto is_worse = [&](const Run& a, const Run& b) {
    const double one = accuracy_at(a, stage)->top1_pct, other = accuracy_at(b, stage)->top1_pct;
    return one != other ? one < other : cost_to_compare(a, cost) > cost_to_compare(b, cost);
  };
  const Run& best = *std::max_element(runs.begin(), runs.end(), is_worse);
  const std::string told =
      fmt::format("{} top-1{}{}", percent(*accuracy_at(best, stage)),
                  stage == &Candidate::finetuned ? " after fine-tuning" : "", at_cost(best, cost));
  if (std::none_of(runs.begin(), runs.end(), [&](const Run& run) { return is_worse(run, best); }))
    return fmt::format("{} runs found {}",
                       runs.size() == 2 ? "both" : fmt::format("all {}", runs.size()), told);
  return fmt::format("{} is the most accurate of {} runs, {}", best.name, runs.size(), told);
}

/// The run whose policy has the least expected loss, and of those the cheapest.
std::string least_omega(const std::vector<Run>& runs) {
  const std::string cost = main_cost(runs.front());
  const auto is_better = [&](const Run& a, const Run& b) {
    const double one = a.solved->omega, other = b.solved->omega;
    return one != other ? one < other : cost_to_compare(a, cost) < cost_to_compare(b, cost);
  };
  const Run& best = *std::min_element(runs.begin(), runs.end(), is_better);
  return fmt::format("{} has the least Omega of {} runs, {:.4g}{}", best.name, runs.size(),
                     best.solved->omega, at_cost(best, cost));
}

}  // namespace

std::string title_of(const std::vector<Run>& runs) {
  const std::string what = of_all(runs);
  if (!is_one(runs, &Run::network) || !share_machine(runs))
    return fmt::format("{} runs that do not compare: {}", runs.size(), what);
  if (!is_one(runs, &Run::final_data))
    return fmt::format("{}: {} runs, scored on different images", what, runs.size());
  if (const std::optional<Stage> stage = common_stage(runs))
    return fmt::format("{}: {}", what, most_accurate(runs, *stage));
  const bool are_solved =
      std::all_of(runs.begin(), runs.end(), [](const Run& run) { return run.solved.has_value(); });
  if (are_solved && omegas_that_differ(runs).empty())
    return fmt::format("{}: {}", what, least_omega(runs));
  return fmt::format("{}: {} runs", what, runs.size());
}

std::vector<std::string> lines_together(const std::vector<Run>& runs) {
  std::vector<std::string> lines;
  for (const Run& run : runs) lines.push_back(headline(run, !share_batch(runs)));
  for (std::string& line : what_differs(runs)) lines.push_back(std::move(line));
  return lines;
}

}  // namespace bitloom::reports
