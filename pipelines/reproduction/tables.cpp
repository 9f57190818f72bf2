#include "pipelines/reproduction/tables.h"

#include "pipelines/reproduction/published_table.h"

namespace bitloom::reproduction {

const std::vector<PublishedTable>& published_tables() {
  static constexpr const char* kHaq = "HAQ (Wang et al., CVPR 2019)";
  static constexpr const char* kBitFusion = "BitFusion (Sharma et al., ISCA 2018)";
  static constexpr const char* kApq = "APQ (Wang et al., CVPR 2020)";
  static constexpr const char* kHawq = "HAWQ (Dong et al., ICCV 2019)";
  static constexpr const char* kHawqV2 = "HAWQ-V2 (Dong et al., NeurIPS 2020)";
  static constexpr const char* kKcnn = "KCNN (IJCAI 2019)";
  static constexpr const char* kAutoQ = "AutoQ (Lou et al., ICLR 2020)";
  static constexpr const char* kAdaBits = "AdaBits (Jin et al., CVPR 2020)";
  static constexpr const char* kMpdnn = "Mixed Precision DNNs (Uhlich et al., ICLR 2020)";
  static const std::vector<PublishedTable> tables{
      {"haq-lut", "mit-han-lab/haq", "latency table of MobileNet-V2 on BISMO", haq_lut},
      {"haq-table3", kHaq, "table 3: latency on BISMO", haq_table3},
      {"haq-table4", kHaq, "table 4: latency on BitFusion", haq_table4},
      {"haq-table5", kHaq, "table 5: energy on BitFusion", haq_table5},
      {"haq-table6", kHaq, "table 6: model size", haq_table6},
      {"haq-policies", "mit-han-lab/haq", "the three policies that it publishes", haq_policies},
      {"bitfusion-sweep", kBitFusion, "published sweep of its performance model", bitfusion_sweep},
      {"apq-lut", kApq, "latency and energy table of BitFusion", apq_lut},
      {"hawq-table1", kHawq, "table I: compression of ResNet-20", hawq_table1},
      {"hawq-table3", kHawq, "table III: size of ResNet-50", hawq_table3},
      {"hawq-table4", kHawq, "table IV: size of SqueezeNext", hawq_table4},
      {"hawq-v2-table1", kHawqV2, "table 1: size of Inception-V3", hawq_v2_table1},
      {"hawq-v2-table2", kHawqV2, "table 2: size of ResNet-50", hawq_v2_table2},
      {"hawq-v2-table3", kHawqV2, "table 3: size of SqueezeNext", hawq_v2_table3},
      {"hawq-v2-table4", kHawqV2, "table 4: size of RetinaNet", hawq_v2_table4},
      {"adabits-table4", kAdaBits, "table 4: size and bit operations", adabits_table4},
      {"mpdnn-table3", kMpdnn, "table 3: memory of ResNet-20", mpdnn_table3},
      {"mpdnn-table4", kMpdnn, "table 4: memory of MobileNet-V2 and ResNet-18", mpdnn_table4},
      {"kcnn-table1", kKcnn, "table 1: operations and weights of AlexNet", kcnn_table1},
      {"kcnn-table2", kKcnn, "table 2: operations and weights of ResNet-18", kcnn_table2},
      {"autoq-table3", kAutoQ, "table 3: latency", autoq_table3},
      {"energy", "chips and boards", "energy of an operation, and power", energy},
      {"lq-nets", "LQ-Nets (Zhang et al., ECCV 2018)", "tables 1 to 6: accuracy",
       lq_nets_accuracies},
      {"qil", "QIL (Jung et al., CVPR 2019)", "tables 1 to 3: accuracy", qil_accuracies},
      {"dsq", "DSQ (Gong et al., ICCV 2019)", "tables 6 and 7: accuracy", dsq_accuracies},
      {"sat", "SAT (Jin et al., 2019)", "tables 1, 2 and one without a number: accuracy",
       sat_accuracies},
      {"stlq", "STLQ", "text: accuracy", stlq_accuracies},
  };
  return tables;
}

}  // namespace bitloom::reproduction
