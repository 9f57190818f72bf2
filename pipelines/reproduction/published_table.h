#pragma once

#include <string_view>
#include <vector>

#include "pipelines/reproduction/comparison.h"

namespace bitloom::reproduction {

/// A table of a paper or a published simulator, and how bitloom's figures for it come about.
struct PublishedTable {
  std::string_view name;   // `haq-table3`
  std::string_view paper;  // `HAQ (Wang et al., CVPR 2019)`
  std::string_view table;  // `Table 3: latency on BISMO`
  void (*compare)(Comparison& comparison);
};

/// All of them, in the order in which they are told.
const std::vector<PublishedTable>& published_tables();

}  // namespace bitloom::reproduction
