// Tables of layers whose sums come to the edge of what is counted.
#include "pipelines/simulate.h"

#include <gtest/gtest.h>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::pipelines {
namespace {

using testing::complaint;

/// Rows of 2^54 multiply-accumulates at 8/8: 2^60 BOPs each.
std::string large_rows(int count) {
  std::string table = "network,layer,kind,K,I,O,S,IC,OC,batch,abits,wbits,im2col\n";
  for (int i = 0; i < count; ++i)
    table += "n,w" + std::to_string(i) + ",conv,1,32768,32768,1,4096,4096,1,8,8,0\n";
  return table;
}

TEST(SimulatedTable, IsRefusedWhereItsTotalsPass64Bits) {
  const testing::TemporaryFolder folder;
  const auto simulated = [&](int rows) {
    const std::string file = folder.write("t.csv", large_rows(rows));
    return simulate({.layers = LayerTable{file},
                     .hardware = {.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"}});
  };
  EXPECT_EQ(reports::totals_of(simulated(7)).bops.count(), std::int64_t{7} << 60);
  EXPECT_EQ(complaint([&] { simulated(8); }),
            folder.file("t.csv") +
                ":9: with this layer MACs, bits of weights or BOPs pass 2^63 - 1, the most that is "
                "counted; fewer or smaller layers would be right");
}

TEST(SimulatedTable, OfScaleSimRunsAtTheBitsAndTheBatchThatAreAskedFor) {
  const testing::TemporaryFolder folder;
  const std::string topology = folder.write("net.csv", "Layer, M, N, K,\nq, 16, 32, 64,\n");
  SimulateOptions options{
      .layers = LayerTable{topology},
      .hardware = {.name = BITLOOM_SOURCE_DIR "/configs/hardware/bismo-edge.yaml"}};
  const reports::Simulation at_8_bits = simulate(options);
  EXPECT_EQ(at_8_bits.batch, 1);
  EXPECT_EQ(at_8_bits.layers.front().row->network, "net");
  options.layers = LayerTable{topology, {.bits = graph::Precision{4, 2}}};
  options.hardware.batch = 3;
  const reports::Totals fewer = reports::totals_of(simulate(options));
  EXPECT_EQ(fewer.bops.count(), 3 * 16 * 32 * 64 * 4 * 2);
  EXPECT_EQ(reports::totals_of(at_8_bits).bops.count(), 16 * 32 * 64 * 64);
  options.layers = LayerTable{folder.write("t.csv", large_rows(1))};
  EXPECT_EQ(complaint([&] { simulate(options); }),
            folder.file("t.csv") + ": batch: every row says its own: leave --batch out");
}

}  // namespace
}  // namespace bitloom::pipelines
