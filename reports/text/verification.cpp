#include "reports/text/verification.h"

#include <algorithm>

#include <fmt/format.h>

#include "reports/results/verification_notes.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

std::string cycles_text(const std::optional<std::int64_t>& cycles) {
  return cycles ? fmt::format("{}", *cycles) : "-";
}

std::string bits_text(const LayerBits& bits) {
  return fmt::format("{}/{}", bits.weight_bits, bits.activation_bits);
}

std::string heading(const VerificationFile& v, bool of_unit, std::size_t width) {
  const std::string what =
      of_unit ? fmt::format(": a {} in place of the array", v.array)
              : fmt::format(" ({} array, {} pipeline cycles)", v.array, v.pipeline_cycles);
  const std::string own = v.rtl ? wrapped("from " + *v.rtl, width, "") : "";
  const std::string of =
      fmt::format("RTL of {}{}, batch {}, seed {}", v.hardware, what, v.batch, v.seed);
  return wrapped(of, width, "") + own + "\n";
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

/// Layers that were right did.
bool ran_again(const Verdict& verdict) {
  return verdict.passed || verdict.complaint.find("streams waiting") != std::string::npos;
}

bool is_zero_or_less(const Verdict& verdict) {
  return verdict.bits.weight_bits == 1 && verdict.codes.starts_with("signed/");
}

/// Why `simulate` gives other cycles, and what the table does not show.
std::string notes(const VerificationFile& v, std::size_t width) {
  std::string text;
  const auto note = [&](const std::string& line) { text += "\n" + wrapped(line, width, ""); };
  for (const std::string& line : why_simulate_differs(v)) note(line);
  if (is_of_unit(v)) return text;
  if (v.stall_seed && std::any_of(v.layers.begin(), v.layers.end(), ran_again))
    note(
        fmt::format("Each layer that was right ran again, with streams that wait at random "
                    "(seed {}).",
                    *v.stall_seed));
  if (v.batch > 1 && std::any_of(v.layers.begin(), v.layers.end(), is_zero_or_less))
    note(
        fmt::format("1-bit weights of depthwise layers are 0 and -1 here, not -1 and +1: images of "
                    "a batch of {} share words, with zeros between them.",
                    v.batch));
  return text;
}

/// The first complaints, and how many more there are.
std::string complaints_text(const std::vector<Verdict>& verdicts, std::size_t width) {
  constexpr std::size_t kMost = 5;
  std::string text;
  std::size_t count = 0;
  for (const Verdict& v : verdicts)
    if (!v.passed && ++count <= kMost) text += "\n" + wrapped(v.complaint, width, "");
  if (count > kMost)
    text += fmt::format("\n{} more {}; --json FILE holds what each showed.\n", count - kMost,
                        count - kMost == 1 ? "layer fails" : "layers fail");
  return text;
}

/// What was wrong, and what the verdicts come to.
std::string summary(const VerificationFile& verification, double seconds, std::size_t width) {
  std::int64_t passed = 0, values = 0, cycles = 0;
  for (const Verdict& v : verification.layers) {
    passed += v.passed ? 1 : 0;
    values += v.values;
    cycles += v.rtl_cycles;
  }
  return complaints_text(verification.layers, width) +
         fmt::format("\n{}: {} of {} layers pass; {} values, {} RTL cycles in {:.1f} s\n",
                     verification.passed ? "PASS" : "FAIL", passed, verification.layers.size(),
                     values, cycles, seconds);
}

}  // namespace

std::string verification_text(const VerificationFile& verification, double seconds,
                              std::size_t max_width) {
  const std::vector<Verdict>& verdicts = verification.layers;
  const bool of_unit = is_of_unit(verification);
  return heading(verification, of_unit, max_width) +
         verdict_table(verdicts, of_unit).text(max_width) + notes(verification, max_width) +
         summary(verification, seconds, max_width);
}

}  // namespace bitloom::reports
