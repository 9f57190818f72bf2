#include "cli/verification_json.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "rtl/verify/core_builder.h"

namespace bitloom::cli {

std::string codes_text(const Verdict& v) {
  return fmt::format("{}/{}", verify::to_text(v.weight_coding),
                     v.signed_activations ? "signed" : "unsigned");
}

std::string verification_json(const hardware::Bismo& hardware, const verify::Core& core,
                              std::int64_t seed, const std::vector<Verdict>& verdicts) {
  using Json = nlohmann::ordered_json;
  Json layers = Json::array();
  for (const Verdict& v : verdicts)
    layers.push_back({{"name", v.layer},
                      {"weight_bits", v.precision.weight_bits},
                      {"activation_bits", v.precision.activation_bits},
                      {"codes", codes_text(v)},
                      {"values", v.values},
                      {"values_equal", v.values_equal},
                      {"rtl_cycles", v.rtl_cycles},
                      {"analytic_cycles", v.analytic_cycles},
                      {"cycle_cycles", v.cycle_cycles},
                      {"passed", v.passed()},
                      {"complaint", v.complaint}});
  const bool passed =
      std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.passed(); });
  return Json{{"schema", 1},
              {"hardware", hardware.name},
              {"array", verify::array_text(core.parameters())},
              {"pipeline_cycles", core.pipeline_cycles()},
              {"batch", hardware.batch},
              {"seed", seed},
              {"passed", passed},
              {"layers", layers}}
             .dump(2) +
         "\n";
}

}  // namespace bitloom::cli
