#include "pipelines/rtl/verdicts.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace bitloom::pipelines {

verify::WeightCoding coding_of(const graph::LayerShape& layer, graph::Precision precision,
                               std::int64_t batch) {
  const bool shares_words = layer.kind == graph::LayerKind::kDepthwise && batch > 1;
  return precision.weight_bits == 1 && !shares_words ? verify::WeightCoding::kBipolar
                                                     : verify::WeightCoding::kSigned;
}

reports::Verdict verdict_on(const verify::Workload& workload) {
  return {.bits = {workload.layer.name, workload.precision.weight_bits,
                   workload.precision.activation_bits},
          .codes = fmt::format("{}/{}", verify::to_text(workload.weight_coding),
                               workload.signed_activations ? "signed" : "unsigned")};
}

Verification judged(reports::VerificationFile verification, std::size_t count, const Host& host,
                    const std::function<reports::Verdict(std::size_t)>& judge) {
  const auto start = std::chrono::steady_clock::now();
  Step step(host, "verify");
  for (std::size_t i = 0; i < count; ++i) {
    reports::Verdict verdict = judge(i);
    verdict.passed = verdict.complaint.empty();
    verification.layers.push_back(std::move(verdict));
    step.update(static_cast<double>(i) + 1, static_cast<std::int64_t>(count));
  }
  verification.passed = std::all_of(verification.layers.begin(), verification.layers.end(),
                                    [](const reports::Verdict& verdict) { return verdict.passed; });
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
  return {.verdicts = std::move(verification), .seconds = time.count()};
}

}  // namespace bitloom::pipelines
