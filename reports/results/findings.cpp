#include "reports/results/findings.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/shares.h"

namespace bitloom::reports {
namespace {

const Candidate* named(const std::vector<Candidate>& candidates, const std::string& name) {
  for (const Candidate& candidate : candidates)
    if (candidate.name == name) return &candidate;
  return nullptr;
}

bool is_same_policy(const Candidate& a, const Candidate& b) {
  return !a.layers.empty() &&
         std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(), b.layers.end(),
                    [](const LayerBits& one, const LayerBits& other) {
                      return one.weight_bits == other.weight_bits &&
                             one.activation_bits == other.activation_bits &&
                             one.filter_bits == other.filter_bits;
                    });
}

const std::optional<Accuracy>& at_stage(const Candidate& candidate, const std::string& stage) {
  return stage == "finetuned" ? candidate.finetuned : candidate.post_training;
}

/// Of how many images a difference is; 0 where nothing tells.
std::int64_t images_of(const Difference& difference, const std::vector<Candidate>& candidates) {
  const Candidate* of = named(candidates, difference.of);
  if (!of) return 0;
  const std::optional<Accuracy>& accuracy = at_stage(*of, difference.stage);
  return accuracy ? accuracy->images.value_or(0) : 0;
}

/// Whether it lies within two standard errors of nothing, or in a range about it.
bool is_chance(const Difference& difference, std::int64_t images) {
  constexpr double kSure = 2;  // standard errors
  if (const double error = difference.stderr_points.value_or(0); error > 0)
    return std::abs(difference.top1_points) <= kSure * error;
  const auto range = range_of_differences(difference.top1_points, images);
  return range && range->least_pct <= 0 && range->most_pct >= 0;
}

/// Whether both are right on the same images.
bool are_alike(const Difference& difference) {
  return difference.top1_points == 0 && difference.stderr_points.value_or(0) == 0;
}

/// `+0.65 ± 0.75`
std::string points_text(const Difference& difference, std::int64_t images) {
  return bitloom::difference_text(difference.top1_points, difference.stderr_points, images, "±");
}

/// Whether less than half of single precision's accuracy is left at that stage.
bool is_ruined(const std::vector<Candidate>& candidates, const std::string& stage) {
  const Candidate* found = named(candidates, "found");
  const Candidate* single = named(candidates, "float");
  if (!found || !single || !single->post_training) return false;
  const std::optional<Accuracy>& left = at_stage(*found, stage);
  return left && 2 * left->top1_pct < single->post_training->top1_pct;
}

/// `+0.65 ± 0.75 points of top-1 after fine-tuning, which chance explains`.
std::string difference_text(const Difference& difference,
                            const std::vector<Candidate>& candidates) {
  const double points = difference.top1_points;
  const char* const when = difference.stage == "finetuned" ? "after" : "before";
  const std::int64_t images = images_of(difference, candidates);
  std::string verdict = are_alike(difference)           ? "the same images are right"
                        : is_chance(difference, images) ? "which chance explains"
                        : points > 0                    ? "a gain"
                                                        : "a loss";
  if (is_ruined(candidates, difference.stage))
    verdict += ", with less than half of single precision's accuracy left";
  return fmt::format("{} points of top-1 {} fine-tuning, {}", points_text(difference, images), when,
                     verdict);
}

/// ` (1.20x to 1.55x by the bounds of its constants)`; empty where the energies have none.
std::string energy_ratio_text(const Candidate& found, const Candidate& other) {
  const auto ends = energy_ratio(found, other);
  if (!ends) return "";
  return fmt::format(" ({:.2f}x to {:.2f}x by the bounds of its constants)", ends->first,
                     ends->second);
}

/// `latency 0.99x, energy 1.41x`.
std::string ratios_text(const Candidate& found, const Candidate& other) {
  const Costs costs = found.cost(), of = other.cost();
  std::vector<std::string> ratios;
  for (const char* cost : {"latency_ms", "energy_mj", "size_mb"})
    if (costs.contains(cost) && of.contains(cost) && of.at(cost) > 0) {
      const std::string name = cost;
      ratios.push_back(fmt::format("{} {:.2f}x{}", name.substr(0, name.rfind('_')),
                                   costs.at(cost) / of.at(cost),
                                   name == "energy_mj" ? energy_ratio_text(found, other) : ""));
    }
  return fmt::format("{}", fmt::join(ratios, ", "));
}

}  // namespace

std::optional<std::pair<double, double>> energy_ratio(const Candidate& found,
                                                      const Candidate& other) {
  const EnergyEnds &one = found.energy, &of = other.energy;
  if (!one.least_mj || !one.most_mj || !of.least_mj || !of.most_mj) return {};
  const double told = found.cost().at("energy_mj") / other.cost().at("energy_mj");
  return std::minmax({told, *one.least_mj / *of.least_mj, *one.most_mj / *of.most_mj});
}

std::vector<std::string> findings(const std::vector<Candidate>& candidates,
                                  const std::vector<Difference>& differences,
                                  const std::optional<Start>& start, std::int64_t episodes) {
  std::vector<std::string> lines;
  const Candidate* found = named(candidates, "found");
  for (const char* name : {"uniform", "start"}) {
    const Candidate* other = named(candidates, name);
    if (!found || !other) continue;
    if (is_same_policy(*found, *other)) {
      lines.push_back(fmt::format("No gain: the policy found is {} itself.", other->label));
      continue;
    }
    std::vector<std::string> parts;
    for (const Difference& difference : differences)
      if (difference.of == "found" && difference.from == name)
        parts.push_back(difference_text(difference, candidates));
    if (const std::string ratios = ratios_text(*found, *other); !ratios.empty())
      parts.push_back(ratios);
    if (!parts.empty())
      lines.push_back(fmt::format("Against {}: {}.", other->label, fmt::join(parts, "; ")));
  }
  if (start && start->is_found)
    lines.push_back(
        fmt::format("No gain: in {} episodes the search found nothing better than the "
                    "policy of {} where it began.",
                    episodes, start->method));
  return lines;
}

std::string gain_over_uniform(const std::vector<Candidate>& candidates,
                              const std::vector<Difference>& differences) {
  const Candidate* found = named(candidates, "found");
  const Candidate* uniform = named(candidates, "uniform");
  if (!found || !uniform) return "";
  if (is_same_policy(*found, *uniform)) return "which is " + uniform->label;
  const auto last = std::find_if(
      differences.rbegin(), differences.rend(),
      [](const Difference& each) { return each.of == "found" && each.from == "uniform"; });
  if (last == differences.rend()) return "";
  const std::int64_t images = images_of(*last, candidates);
  if (are_alike(*last) || is_chance(*last, images)) return "no gain over " + uniform->label;
  if (is_ruined(candidates, last->stage)) return "most of its accuracy lost";
  return fmt::format("{} points against {}", points_text(*last, images), uniform->label);
}

}  // namespace bitloom::reports
