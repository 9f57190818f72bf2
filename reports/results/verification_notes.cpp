#include "reports/results/verification_notes.h"

#include <algorithm>

#include <fmt/format.h>

namespace bitloom::reports {
namespace {

bool has_other_batch(const VerificationFile& v) {
  return v.described_batch.value_or(v.batch) != v.batch;
}

bool has_other_pipeline(const VerificationFile& v) {
  return v.pipeline_cycles != v.described_pipeline_cycles;
}

/// A policy that `simulate` is to be given, where layers have other bits than the network; else
/// empty.
std::string other_bits_text(const VerificationFile& v) {
  const auto has_more = [](const Verdict& verdict) { return verdict.has_more_bits; };
  const auto first = std::find_if(v.layers.begin(), v.layers.end(), has_more);
  if (first == v.layers.end() || !v.described_batch) return "";
  const auto others = std::count_if(first + 1, v.layers.end(), has_more);
  const std::string more = others == 0   ? " has"
                           : others == 1 ? " and 1 other layer have"
                                         : fmt::format(" and {} other layers have", others);
  return fmt::format(
      "a policy of the bits W/A of these layers: {}{} more activation bits here "
      "than in the network",
      first->bits.name, more);
}

/// What `simulate` is to be told, if it is to count the same; empty where it does anyway, or has no
/// such layers.
std::string options_of_simulate(const VerificationFile& v) {
  std::string options;
  if (!v.described_batch) return options;
  if (has_other_batch(v)) options += fmt::format(" --batch {}", v.batch);
  if (has_other_pipeline(v))
    options += fmt::format(" --set timing.pipeline_cycles={}", v.pipeline_cycles);
  return options;
}

}  // namespace

bool is_of_unit(const VerificationFile& verification) {
  return std::none_of(verification.layers.begin(), verification.layers.end(),
                      [](const Verdict& verdict) { return verdict.systemc_cycles.has_value(); });
}

std::vector<std::string> why_simulate_differs(const VerificationFile& v) {
  std::vector<std::string> notes;
  if (is_of_unit(v))
    notes.push_back(
        fmt::format("RTL cycles are those of one {}, which computes all products of a layer one "
                    "after the other; simulate counts the array's.",
                    v.array));
  if (has_other_batch(v))
    notes.push_back(
        fmt::format("{} here; simulate prices {}, the batch of {}.",
                    v.batch == 1 ? "1 image ran" : fmt::format("{} images ran", v.batch),
                    *v.described_batch, v.hardware));
  if (is_of_unit(v)) return notes;
  if (has_other_pipeline(v))
    notes.push_back(
        fmt::format("The engines count the RTL's pipeline here: {} cycles a phase. simulate counts "
                    "{}, as timing.pipeline_cycles of {} says.",
                    v.pipeline_cycles, v.described_pipeline_cycles, v.hardware));
  const std::string options = options_of_simulate(v), bits = other_bits_text(v);
  if (!options.empty() || !bits.empty())
    notes.push_back(fmt::format("simulate counts the same cycles with{}{}{}.", options,
                                bits.empty()      ? ""
                                : options.empty() ? " "
                                                  : " and ",
                                bits));
  return notes;
}

}  // namespace bitloom::reports
