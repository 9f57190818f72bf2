#include "cli/rtl/verification_json.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/results/verification_file.h"

namespace bitloom::cli {

std::string codes_text(const Verdict& v) {
  return fmt::format("{}/{}", verify::to_text(v.weight_coding),
                     v.signed_activations ? "signed" : "unsigned");
}

std::string verification_json(const Verified& what, const std::vector<Verdict>& verdicts) {
  reports::VerificationFile file{.hardware = what.hardware,
                                 .array = what.array,
                                 .pipeline_cycles = what.pipeline_cycles,
                                 .batch = what.batch,
                                 .seed = what.seed,
                                 .passed = std::all_of(verdicts.begin(), verdicts.end(),
                                                       [](const Verdict& v) { return v.passed(); }),
                                 .layers = {}};
  for (const Verdict& v : verdicts)
    file.layers.push_back({.bits = {v.layer, v.precision.weight_bits, v.precision.activation_bits},
                           .codes = codes_text(v),
                           .values = v.values,
                           .values_equal = v.values_equal,
                           .rtl_cycles = v.rtl_cycles,
                           .analytic_cycles = v.analytic_cycles,
                           .systemc_cycles = v.cycle_cycles,
                           .passed = v.passed(),
                           .complaint = v.complaint});
  return reports::json_text(file);
}

}  // namespace bitloom::cli
