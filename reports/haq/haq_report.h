#pragma once

#include <string>
#include <vector>

/// What of the model HAQ's published latency table (Wang et al., CVPR 2019) tells apart.
namespace bitloom::haq {

/// Where the data lie.
struct Sources {
  std::string hardware_folder;  // bismo-cloud.yaml
  std::string lut_csv;          // layer,weight_bits,activation_bits,cycles
};

/// A change of the model and how many entries of HAQ's latency table it still gets exactly.
struct Ablation {
  std::string change;
  int exact;
  int entries;
};
std::vector<Ablation> ablate(const Sources& sources);

/// As a Markdown table.
std::string ablation_markdown(const std::vector<Ablation>& ablations);

}  // namespace bitloom::haq
