#pragma once

#include <string>
#include <vector>

/// How far bitloom reproduces what HAQ (Wang et al., CVPR 2019) published of its BISMO simulator.
namespace bitloom::haq {

/// Where the data of the comparison lie.
struct Sources {
  std::string hardware_folder;  // bismo-edge.yaml, bismo-cloud.yaml
  std::string table3_csv;       // hardware,network,bits,latency_ms
  std::string lut_csv;          // layer,weight_bits,activation_bits,cycles
};

/// One figure of HAQ's table 3 beside ours: milliseconds for all layers but the first and the last,
/// at the same bits.
struct Table3Row {
  std::string hardware;
  std::string network;
  int bits;
  double published_ms;
  double ours_ms;
  double with_first_layer_ms;  // the first convolution, at 8/8, added

  double error_percent() const { return 100 * (ours_ms / published_ms - 1); }
  double error_with_first_layer_percent() const {
    return 100 * (with_first_layer_ms / published_ms - 1);
  }
};
std::vector<Table3Row> compare_table3(const Sources& sources);

/// A change of the model and how many entries of HAQ's latency table it still gets exactly.
struct Ablation {
  std::string change;
  int exact;
  int entries;
};
std::vector<Ablation> ablate(const Sources& sources);

/// Both as Markdown tables.
std::string table3_markdown(const std::vector<Table3Row>& rows);
std::string ablation_markdown(const std::vector<Ablation>& ablations);

}  // namespace bitloom::haq
