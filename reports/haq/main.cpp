// Prints the tables of reports/haq-table.md: `haq_report table3|ablation SOURCE_FOLDER`.
#include <iostream>
#include <string>

#include "base/error.h"
#include "reports/haq/haq_report.h"

int main(int argc, char** argv) {
  using namespace bitloom::haq;
  const std::string which = argc == 3 ? argv[1] : "";
  if (which != "table3" && which != "ablation") {
    std::cerr << "haq_report: takes `table3` or `ablation`, then the source folder\n";
    return 2;
  }
  const std::string folder = argv[2];
  const Sources sources{folder + "/configs/hardware", folder + "/reports/published/haq_table3.csv",
                        folder + "/tests/golden/haq_lut_even_layers.csv"};
  try {
    std::cout << (which == "table3" ? table3_markdown(compare_table3(sources))
                                    : ablation_markdown(ablate(sources)));
  } catch (const bitloom::UserError& mistake) {
    std::cerr << mistake.what() << '\n';
    return 2;
  }
}
