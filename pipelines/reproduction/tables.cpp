#include "pipelines/reproduction/tables.h"

#include "pipelines/reproduction/published_table.h"

namespace bitloom::reproduction {

const std::vector<PublishedTable>& published_tables() {
  static constexpr const char* kHaq = "HAQ (Wang et al., CVPR 2019)";
  static constexpr const char* kAdaBits = "AdaBits (Jin et al., CVPR 2020)";
  static constexpr const char* kMpdnn = "Mixed Precision DNNs (Uhlich et al., ICLR 2020)";
  static const std::vector<PublishedTable> tables{
      {"haq-lut", "mit-han-lab/haq", "latency table of MobileNet-V2 on BISMO", haq_lut},
      {"haq-table3", kHaq, "table 3: latency on BISMO", haq_table3},
      {"haq-table4", kHaq, "table 4: latency on BitFusion", haq_table4},
      {"haq-table5", kHaq, "table 5: energy on BitFusion", haq_table5},
      {"haq-table6", kHaq, "table 6: model size", haq_table6},
      {"adabits-table4", kAdaBits, "table 4: size and bit operations", adabits_table4},
      {"mpdnn-table3", kMpdnn, "table 3: memory of ResNet-20", mpdnn_table3},
      {"mpdnn-table4", kMpdnn, "table 4: memory of MobileNet-V2 and ResNet-18", mpdnn_table4},
  };
  return tables;
}

}  // namespace bitloom::reproduction
