// The table of a simulation with figures that a reader divides by head: units are what they say.
#include "reports/text/simulation.h"

#include <gtest/gtest.h>

#include "base/csv_parser.h"

namespace bitloom::reports {
namespace {

/// 4 images in 20 ms at 200 MHz: 20 mJ, so 1 W, and 2.5 MB of 1e6 bytes.
Simulation simulated() {
  Simulation s{.network = "net",
               .input = {1000},
               .hardware = "machine",
               .engine = "analytic",
               .batch = 4,
               .clock = Megahertz(200)};
  SimulatedLayer& layer = s.layers.emplace_back();
  layer.job = {.layer = {.name = "fc",
                         .kind = graph::LayerKind::kLinear,
                         .in_channels = 1000,
                         .out_channels = 2000},
               .precision = {8, 4},
               .batch = 4};
  cost::LayerCost& cost = layer.result.cost;
  cost.timing = {.total = Cycles(4'000'000),
                 .conversion = Cycles(),
                 .compute = Cycles(3'000'000),
                 .fetch_stall = Cycles(1'000'000),
                 .result_stall = Cycles()};
  cost.energy = {Picojoules(10e9), Picojoules(5e9), Picojoules(4e9), Picojoules(1e9)};
  cost.dram = Bits(8 * 2'500'000);
  cost.utilization = 0.5;
  return s;
}

TEST(SimulationText, HasTheUnitsThatItNames) {
  const std::string text = simulation_text(simulated(), 80);
  EXPECT_EQ(text.substr(0, text.find("columns")),
            "net on machine, batch 4, 200 MHz, analytic engine\n\n"
            "layer W/A  cycles     ms util% fetch     mJ arr buf ram sta\n"
            "-----------------------------------------------------------\n"
            "fc    8/4 4000000 20.000  50.0  25.0 20.000  50  25  20   5\n"
            "-----------------------------------------------------------\n"
            "total     4000000 20.000  50.0  25.0 20.000  50  25  20   5\n\n"
            "latency  20.000 ms for 4 images (5.000 ms an image, 200.0 images/s)\n"
            "         75.0 % computing, 25.0 % waiting for operands or the pipeline\n"
            "energy   20.000 mJ (5.000 mJ an image, 1.00 W); DRAM reads 2.50 MB\n"
            "         constants of a technology that the hardware's file does not name\n"
            "         (energy.technology)\n"
            "work     2.00 M MACs, 64.000 M BOPs (MACs x W x A) an image\n");
}

TEST(SimulationText, NamesTheTechnologyOfItsEnergies) {
  Simulation s = simulated();
  s.technology = "45 nm ASIC";
  const std::string text = simulation_text(s, 80);
  EXPECT_NE(text.find("DRAM reads 2.50 MB\n         constants of a 45 nm ASIC\n"),
            std::string::npos)
      << text;
  s.energy_range = {Picojoules(20e9), Picojoules(6e9), Picojoules(50e9), {"popcount_bit_pj"}};
  EXPECT_NE(simulation_text(s, 80).find("constants of a 45 nm ASIC\n"
                                        "         6.000 mJ to 50.000 mJ by what bounds "
                                        "popcount_bit_pj\n"),
            std::string::npos);
}

/// A thousandth of the time and energy: 20 us and 20 uJ.
TEST(SimulationText, HasColumnsInUnitsThatSuitTheTotal) {
  Simulation s = simulated();
  cost::LayerCost& cost = s.layers.front().result.cost;
  cost.timing.total = Cycles(4000);
  cost.energy = {Picojoules(10e6), Picojoules(5e6), Picojoules(4e6), Picojoules(1e6)};
  std::string text = simulation_text(s, 80);
  for (const char* part : {"layer W/A cycles     us util%", " uJ arr buf", "4000 20.000  50.0",
                           "latency  20.000 us for 4 images (5.000 us an image, 200000.0 images/s)",
                           "energy   20.000 uJ (5.000 uJ an image, 1.00 W)", "waiting; uJ by\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  cost.timing.total = Cycles(40'000'000'000);  // 200 s
  text = simulation_text(s, 80);
  for (const char* part : {"      s util%", "40000000000 200.000 ", "0.02 images/s", "100.00 nW"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
}

TEST(SimulationText, TellsTheOtherWaitsAndWhatDramDoes) {
  Simulation s = simulated();
  cost::LayerCost& cost = s.layers.front().result.cost;
  cost.timing.result_stall = Cycles(400'000);
  cost.timing.conversion = Cycles(200'000);
  cost.dram_actions = {.activates = 7, .read_bursts = 30, .write_bursts = 20};
  s.writes_back = true;
  const std::string text = simulation_text(s, 80);
  for (const char* part :
       {"the pipeline,\n         10.0 % for results to leave, 5.0 % converting activations\n",
        "DRAM reads and writes 2.50 MB\n"
        "         in 30 bursts read and 20 written; rows opened: 7 (estimate)\n"})
    EXPECT_NE(text.find(part), std::string::npos) << text;
  s.engine = "cycle";
  EXPECT_NE(simulation_text(s, 80).find("rows opened: 7\n"), std::string::npos);
  s.engine = "analytic";
  cost.dram_actions = {2'345'678, 9'028'523, 4'018'014};
  EXPECT_NE(simulation_text(s, 80).find(" rows opened: 2345678\n         (estimate)\n"),
            std::string::npos)
      << simulation_text(s, 80);
}

TEST(SimulationCsv, QuotesNamesWhereItMust) {
  Simulation s = simulated();
  s.layers.front().job.layer.name = "fc, \"last\"";
  s.layers.front().row = TableRow{"a;b", 2};
  const std::string csv = simulation_csv(s);
  const std::vector<CsvLine> lines = parse_csv("out.csv", csv);
  ASSERT_EQ(lines.size(), 2u);
  ASSERT_EQ(lines[1].cells.size(), lines[0].cells.size());
  EXPECT_EQ(lines[1].cells[0], "fc, \"last\"");
  EXPECT_EQ(lines[1].cells[19], "a;b");
}

}  // namespace
}  // namespace bitloom::reports
