#include "cli/verification_json.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace bitloom::cli {

std::string codes_text(const Verdict& v) {
  return fmt::format("{}/{}", verify::to_text(v.weight_coding),
                     v.signed_activations ? "signed" : "unsigned");
}

std::string verification_json(const Verified& what, const std::vector<Verdict>& verdicts) {
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
                      {"cycle_cycles", v.cycle_cycles ? Json(*v.cycle_cycles) : Json()},
                      {"passed", v.passed()},
                      {"complaint", v.complaint}});
  const bool passed =
      std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& v) { return v.passed(); });
  return Json{{"schema", 1},         {"hardware", what.hardware},
              {"array", what.array}, {"pipeline_cycles", what.pipeline_cycles},
              {"batch", what.batch}, {"seed", what.seed},
              {"passed", passed},    {"layers", layers}}
             .dump(2) +
         "\n";
}

}  // namespace bitloom::cli
