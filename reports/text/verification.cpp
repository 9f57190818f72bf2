#include "reports/text/verification.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

std::string cycles_text(const std::optional<std::int64_t>& cycles) {
  return cycles ? fmt::format("{}", *cycles) : "-";
}

std::string bits_text(const LayerBits& bits) {
  return fmt::format("{}/{}", bits.weight_bits, bits.activation_bits);
}

std::string heading(const VerificationFile& v, bool of_unit) {
  const std::string what =
      of_unit ? fmt::format(": a {} in place of a column", v.array)
              : fmt::format(" ({} array, {} pipeline cycles)", v.array, v.pipeline_cycles);
  const std::string own = v.rtl ? "from " + *v.rtl + "\n" : "";
  return fmt::format("RTL of {}{}, batch {}, seed {}\n{}\n", v.hardware, what, v.batch, v.seed,
                     own);
}

TextTable verdict_table(const std::vector<Verdict>& verdicts, bool of_unit) {
  std::vector<Column> columns{
      {"layer", Align::kLeft}, {"W/A"}, {"codes", Align::kLeft}, {"values"}};
  const std::vector<Column> cycles =
      of_unit ? std::vector<Column>{{"equal"}, {"RTL cycles"}, {"by the rules"}}
              : std::vector<Column>{{"RTL cycles"}, {"analytic"}, {"SystemC"}};
  columns.insert(columns.end(), cycles.begin(), cycles.end());
  columns.push_back({"verdict", Align::kLeft});
  TextTable table(columns);
  for (const Verdict& v : verdicts) {
    std::vector<std::string> row{v.bits.name, bits_text(v.bits), v.codes,
                                 fmt::format("{}", v.values)};
    if (of_unit) row.push_back(v.values_equal ? "yes" : "NO");
    row.push_back(fmt::format("{}", v.rtl_cycles));
    row.push_back(cycles_text(v.analytic_cycles));
    if (!of_unit) row.push_back(cycles_text(v.systemc_cycles));
    row.push_back(v.passed ? "pass" : "FAIL");
    table.add_row(std::move(row));
  }
  return table;
}

/// Why `simulate` gives other cycles.
std::string pipeline_note(const VerificationFile& v) {
  if (v.pipeline_cycles == v.described_pipeline_cycles) return "";
  return fmt::format(
      "\nThe engines count the RTL's pipeline here: {} cycles a phase. simulate counts {}, as\n"
      "timing.pipeline_cycles of {} says.\n",
      v.pipeline_cycles, v.described_pipeline_cycles, v.hardware);
}

/// Complaints, a line each, and what the verdicts come to.
std::string summary(const VerificationFile& verification, double seconds) {
  std::int64_t passed = 0, values = 0, cycles = 0;
  std::string complaints;
  for (const Verdict& v : verification.layers) {
    passed += v.passed ? 1 : 0;
    values += v.values;
    cycles += v.rtl_cycles;
    if (!v.passed) complaints += v.complaint + "\n";
  }
  return (complaints.empty() ? "" : "\n" + complaints) +
         fmt::format("\n{}: {} of {} layers pass; {} values, {} RTL cycles in {:.1f} s\n",
                     verification.passed ? "PASS" : "FAIL", passed, verification.layers.size(),
                     values, cycles, seconds);
}

}  // namespace

std::string verification_text(const VerificationFile& verification, double seconds,
                              std::size_t max_width) {
  const std::vector<Verdict>& verdicts = verification.layers;
  const bool of_unit = std::none_of(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) {
    return verdict.systemc_cycles.has_value();
  });
  return heading(verification, of_unit) + verdict_table(verdicts, of_unit).text(max_width) +
         (of_unit ? "" : pipeline_note(verification)) + summary(verification, seconds);
}

}  // namespace bitloom::reports
