#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/results/costs.h"

namespace bitloom {
class JsonValue;
}

/// `reproduce --json`: published figures beside bitloom's.
namespace bitloom::reports {

/// What a comparison says, as the file has it.
inline constexpr const char* kPass = "pass";
/// Within its tolerance, but of bits and figures of the paper alone: the paper agrees with itself.
inline constexpr const char* kArithmetic = "arithmetic";
inline constexpr const char* kFail = "FAIL";
inline constexpr const char* kOpen = "open";  // not compared; the note says why
inline constexpr const char* kVerdicts[] = {kPass, kArithmetic, kFail, kOpen};

/// A published figure and what bitloom makes of it. What is open may have a figure of ours that is
/// told for orientation.
struct ReproducedFigure {
  std::string of;                        // `MobileNet-V1, PACT 4/4, bismo-edge`
  std::string figure;                    // with its unit: `latency (ms)`
  std::optional<std::string> published;  // as printed: `45.45`
  std::optional<double> ours;            // in the same unit
  std::optional<double> error_percent;   // of what is compared
  std::optional<std::string> tolerance;  // of what is compared: `last digit`, `3 %`
  std::string verdict = kOpen;           // one of kVerdicts
  std::optional<std::string> note;       // a misprint, an assumption, why it is open
};

struct ReproducedTable {
  std::string name;                      // `haq-table3`
  std::string paper;                     // `HAQ (Wang et al., CVPR 2019)`
  std::string table;                     // `Table 3: latency on BISMO`
  std::vector<std::string> assumptions;  // a sentence each
  std::vector<ReproducedFigure> figures;

  /// How many figures have that verdict.
  std::int64_t count(const std::string& verdict) const;
};

struct ReproductionFile {
  std::int64_t schema = 1;
  std::vector<ReproducedTable> tables;

  std::int64_t count(const std::string& verdict) const;
};

/// Our figure with one digit more than the published one has; a dash where there is none.
std::string ours_text(const ReproducedFigure& figure);
/// `-0.12 %`; a dash where nothing is compared.
std::string error_text(const ReproducedFigure& figure);
/// `16 pass, 3 FAIL, 12 open`, without what there is none of.
std::string counts_text(const ReproducedTable& table);
std::string counts_text(const ReproductionFile& reproduction);

std::string json_text(const ReproductionFile& reproduction);

}  // namespace bitloom::reports
