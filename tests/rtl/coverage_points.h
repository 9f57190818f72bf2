#pragma once

#include <filesystem>
#include <string>

namespace bitloom::verify {

/// Verilator's coverage points of one kind.
struct Points {
  int all = 0;
  int reached = 0;
  double percent() const { return 100.0 * reached / all; }
};

struct CoveragePoints {
  Points lines;  // with branches
  Points toggles;
};

/// Reads what VerilatedCov wrote.
CoveragePoints read_coverage(const std::filesystem::path& path);

/// `lines 36 of 36, 100 %; toggles ...`.
std::string to_text(const CoveragePoints& points);

}  // namespace bitloom::verify
