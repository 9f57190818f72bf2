#include "reports/html/report.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html/cost_line.h"
#include "reports/html/figures.h"
#include "reports/html/result_sections.h"
#include "reports/html/run_words.h"
#include "reports/html/several_runs.h"
#include "reports/results/findings.h"

namespace bitloom::reports {
namespace {

std::string asked_line(const Run& run) {
  std::vector<std::string> limits;
  for (const auto& [cost, limit] : run.limits)
    limits.push_back(
        amount(cost, limit).insert(cost.substr(0, cost.rfind('_')).size(), " of at most"));
  std::string line = fmt::format(
      "Asked: bits for {} of {} on {}{}, by {}",
      run.policy.empty() ? "the layers" : fmt::format("the {} layers", run.policy.size()),
      run.network.empty() ? "a network" : run.network,
      run.hardware.empty() ? "unnamed hardware" : run.hardware,
      run.batch ? fmt::format(" (batch of {})", *run.batch) : "",
      run.method.empty() ? "an unnamed method" : run.method);
  if (!run.aim.empty()) line += ", for " + run.aim;
  if (!limits.empty()) line += fmt::format(", with {}", fmt::join(limits, " and "));
  if (!run.budgets.empty()) line += fmt::format(" ({})", fmt::join(run.budgets, ", "));
  return line + ".";
}

/// `2 to 6 bits (mean 3.9)`, of layers that have one width or several.
std::string range_text(const std::vector<std::vector<int>>& layers) {
  int least = layers.front().front(), most = least;
  double sum = 0;
  for (const std::vector<int>& bits : layers) {
    const auto [low, high] = std::minmax_element(bits.begin(), bits.end());
    least = std::min(least, *low);
    most = std::max(most, *high);
    sum += std::accumulate(bits.begin(), bits.end(), 0.0) / static_cast<double>(bits.size());
  }
  if (least == most) return fmt::format("{} bits", least);
  return fmt::format("{} to {} bits (mean {:.1f})", least, most,
                     sum / static_cast<double>(layers.size()));
}

/// Why a solver chose its policy: `of the least Omega (..) within the budgets (proved)`. HAWQ and
/// HAWQ-V2 look at some of the policies alone.
std::string why_text(const SearchFile& solved) {
  const std::string omega =
      fmt::format("Omega (the layers' expected losses added up, by {})", solved.sensitivity);
  const bool is_omega = solved.minimized.empty() || solved.minimized == "omega";
  const std::string least =
      is_omega ? omega : solved.minimized.substr(0, solved.minimized.find('_'));  // of latency_ms
  const std::string within = is_omega ? "the budgets" : "the limit on " + omega;
  const bool is_of_all = solved.method != "hawq" && solved.method != "hawq-v2";
  return fmt::format("of the least {} within {}{}{}", least, within,
                     is_of_all ? "" : fmt::format(", of the policies of {}", solved.method),
                     solved.proved_optimal ? " (proved)" : " that is known, not proved");
}

std::string found_line(const Run& run) {
  if (run.policy.empty()) return "Found: no policy yet.";
  std::vector<std::vector<int>> weights, activations;
  for (const LayerBits& layer : run.policy) {
    weights.push_back(layer.filter_bits.empty() ? std::vector{layer.weight_bits}
                                                : layer.filter_bits);
    activations.push_back({layer.activation_bits});
  }
  std::string line = fmt::format("Found: weights of {}, activations of {}", range_text(weights),
                                 range_text(activations));
  if (!run.episodes.empty()) line += fmt::format(", after {} episodes", run.episodes.size());
  if (run.solved) line += ", " + why_text(*run.solved);
  return line + ".";
}

std::string accuracy_line(const Run& run) {
  const Candidate* found = run.candidate("found");
  if (found && (found->post_training || found->finetuned)) {
    std::string line = "Accuracy (top-1): " + accuracies(*found);
    for (const char* other : {"uniform", "float"}) {
      const Candidate* candidate = run.candidate(other);
      if (candidate && !accuracies(*candidate).empty())
        line += fmt::format("; {}: {}", candidate->label, accuracies(*candidate));
    }
    return line + (run.final_data.empty() ? "." : fmt::format(" (on {}).", run.final_data));
  }
  if (run.solved)
    return fmt::format("Accuracy: not measured by this run; expected loss (Omega) {:.4g}.",
                       run.solved->omega);
  return "Accuracy: not measured by this run.";
}

std::string rtl_line(const Run& run) {
  if (run.verdicts.empty()) return "RTL: not checked by this run.";
  std::int64_t passed = 0, values = 0, cycles = 0;
  for (const Verdict& v : run.verdicts) {
    passed += v.passed;
    values += v.values;
    cycles += v.rtl_cycles;
  }
  const auto count = static_cast<std::int64_t>(run.verdicts.size());
  return fmt::format(
      "RTL: {} of {} layers {}; {} values compared in {} cycles.", passed, count,
      passed == count ? "agree with the reference and the engines" : "pass, the others FAIL",
      values, cycles);
}

std::vector<std::string> absent_parts(const Run& run) {
  std::vector<std::string> absent;
  const auto say = [&](bool is_there, const char* text) {
    if (!is_there) absent.emplace_back(text);
  };
  say(run.found() != nullptr,
      "simulation.json: latency and energy of each layer, roofline "
      "(bitloom simulate --policy RUN/policy.json --json RUN/simulation.json)");
  say(run.reference() != nullptr,
      "simulation-NAME.json: a policy to compare with "
      "(bitloom simulate --bits 8/8 --json RUN/simulation-8-8.json)");
  say(run.sensitivity.has_value(), "sensitivity.json: sensitivities (bitloom sensitivity)");
  say(!run.episodes.empty(), "episodes.csv: the history of a search by episodes");
  say(!run.candidates.empty(), "result.json: accuracy before and after fine-tuning");
  say(!run.verdicts.empty(),
      "verify.json: the RTL's verdicts (bitloom verify --policy RUN/policy.json --json "
      "RUN/verify.json)");
  return absent;
}

Section section_of(const Run& run, const std::string& id, const std::string& title) {
  Section section{id, title, summary_lines(run), {}, absent_parts(run), &run};
  for (auto figure :
       {bits_figure(run), front_figure({run}), candidates_figure(run), frontier_figure(run),
        why_figure(run), latency_figure(run), energy_figure(run), roofline_figure(run),
        sensitivity_figure(run), history_figure(run), cost_ratio_figure(run), verdicts_figure(run)})
    if (figure) section.figures.push_back(std::move(*figure));
  if (const PricedPolicy* found = run.found(); found && found->simulation.energy_technology)
    section.technologies.push_back(*found->simulation.energy_technology);
  return section;
}

/// A file's name of a run, unlike those before it.
std::string section_id(const Run& run, std::set<std::string>& taken) {
  std::string id;
  for (const char c : run.name)
    id += std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-' ? c : '_';
  if (id.starts_with('.')) id[0] = '_';
  const std::string start = id;
  for (int i = 2; !taken.insert(id).second; ++i) id = fmt::format("{}_{}", start, i);
  return id;
}

/// What a run that measured no accuracy found: `: 4.5/5.7 bits a layer at latency 0.8646 ms`.
std::string unmeasured_finding(const Run& run) {
  if (run.policy.empty()) return "";
  double weight_bits = 0, activation_bits = 0;
  for (const LayerBits& layer : run.policy) {
    weight_bits += layer.mean_weight_bits();
    activation_bits += layer.activation_bits;
  }
  const auto layers = static_cast<double>(run.policy.size());
  const std::string cost = main_cost(run);
  const Costs costs = found_costs(run);
  return fmt::format(": {:.1f}/{:.1f} bits a layer{}", weight_bits / layers,
                     activation_bits / layers,
                     costs.contains(cost) ? " at " + amount(cost, costs.at(cost)) : "");
}

/// `94.0 % top-1`, and by how much that is more than the best uniform policy's.
std::string title_of(const Run& run) {
  const std::string what = fmt::format("{} on {}", run.network, run.hardware);
  const Accuracy* accuracy = final_accuracy(run);
  if (!accuracy) return what + unmeasured_finding(run);
  std::string title = fmt::format("{}: {:.2f} % top-1", what, accuracy->top1_pct);
  const std::string cost = main_cost(run);
  if (const Costs costs = found_costs(run); costs.contains(cost))
    title += " at " + amount(cost, costs.at(cost));
  if (const std::string gain = gain_over_uniform(run.candidates, run.differences); !gain.empty())
    title += ", " + gain;
  return title;
}

}  // namespace

std::vector<std::string> summary_lines(const Run& run) {
  std::vector<std::string> lines{asked_line(run), found_line(run), cost_line(run),
                                 accuracy_line(run)};
  for (std::string& line :
       findings(run.candidates, run.differences, run.start, std::ssize(run.episodes)))
    lines.push_back(std::move(line));
  lines.push_back(rtl_line(run));
  return lines;
}

Report make_report(const std::vector<Run>& runs, const std::string& version) {
  Report report{"", version, {}};
  if (runs.size() == 1) {
    const Run& run = runs.front();
    report.title = title_of(run);
    report.sections.push_back(section_of(run, "", run.name));
    return report;
  }
  report.title = title_of(runs);
  Section together{"all", "All runs", {}, {comparison_figure(runs)}, {}, nullptr};
  together.lines = lines_together(runs);
  const bool comparable = std::all_of(runs.begin(), runs.end(), [&](const Run& run) {
    return run.network == runs.front().network;
  });
  for (auto figure : {front_figure(runs), best_rewards_figure(runs)})
    if (figure && comparable) together.figures.push_back(std::move(*figure));
  report.sections.push_back(std::move(together));
  std::set<std::string> taken{"all"};
  for (const Run& run : runs)
    report.sections.push_back(
        section_of(run, section_id(run, taken),
                   fmt::format("{}: {} on {}", run.name, run.network, run.hardware)));
  return report;
}

std::string figure_id(const Section& section, const Figure& figure) {
  return section.id.empty() ? figure.id : section.id + "-" + figure.id;
}

}  // namespace bitloom::reports
