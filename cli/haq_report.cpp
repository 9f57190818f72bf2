// Prints the tables of reports/haq-table.md and reports/bitfusion-haq.md: `haq_report TABLE
// SOURCE_FOLDER`.
#include <iostream>
#include <string>

#include "base/error.h"
#include "reports/haq/bitfusion_tables.h"
#include "reports/haq/haq_report.h"

namespace {

using namespace bitloom::haq;

struct Table {
  std::string_view name;
  std::string (*markdown)(const std::string& folder);
};

Sources sources(const std::string& folder) {
  return {folder + "/configs/hardware", folder + "/tests/golden/haq_lut_even_layers.csv"};
}
BitFusionSources bitfusion_sources(const std::string& folder) {
  return {folder + "/configs/hardware", folder + "/reports/published/haq_bitfusion.csv"};
}

constexpr Table kTables[] = {
    {"ablation", [](const auto& folder) { return ablation_markdown(ablate(sources(folder))); }},
    {"table4", [](const auto& folder) { return latency_markdown(bitfusion_sources(folder)); }},
    {"table5", [](const auto& folder) { return energy_markdown(bitfusion_sources(folder)); }},
    {"readings", [](const auto& folder) { return readings_markdown(bitfusion_sources(folder)); }},
    {"leakage", [](const auto& folder) { return steps_markdown(bitfusion_sources(folder)); }},
};

}  // namespace

int main(int argc, char** argv) {
  const std::string which = argc == 3 ? argv[1] : "";
  for (const Table& table : kTables) {
    if (table.name != which) continue;
    try {
      std::cout << table.markdown(argv[2]);
      return 0;
    } catch (const bitloom::UserError& mistake) {
      std::cerr << mistake.what() << '\n';
      return 2;
    }
  }
  std::cerr << "haq_report: takes ablation, table4, table5, readings or leakage, then the "
               "source folder\n";
  return 2;
}
