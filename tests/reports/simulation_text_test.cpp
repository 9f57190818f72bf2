// The table of a simulation with figures that a reader divides by head: units are what they say.
#include "reports/text/scaled_units.h"
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

TEST(ScaledUnits, StandFromATenthOfTheUsualOneToTenThousand) {
  EXPECT_EQ(time_text(0.1), "0.100 ms");
  EXPECT_EQ(time_text(9999), "9999.000 ms");
  EXPECT_EQ(time_text(0), "0.000 ms");
  EXPECT_EQ(energy_text(0.1), "0.100 mJ");
  EXPECT_EQ(energy_text(9999), "9999.000 mJ");
  EXPECT_EQ(power_text(0.25), "0.25 W");
  EXPECT_EQ(megabytes_text(9999), "9999.00 MB");
  EXPECT_EQ(macs_text(9999), "9999.00 M MACs");
  EXPECT_EQ(bops_text(9999), "9999.000 G BOPs");
  EXPECT_EQ(bops_rate_text(9999), "9999 GBOPs/s");
  EXPECT_EQ(bytes_rate_text(9999), "9999.00 GB/s");
}

/// Twelve of each unit from the smallest on, beside the usual one's.
TEST(ScaledUnits, AreEachAsLargeAsTheyAreNamed) {
  const auto expect = [](std::string (*text)(double), const std::string& number,
                         const std::vector<std::pair<double, std::string>>& units) {
    for (const auto& [size, name] : units) {
      const bool is_whole = name == "B" || name == "MACs" || name == "BOPs";
      EXPECT_EQ(text(12 * size), (is_whole ? "12" : number) + " " + name);
    }
  };
  expect(time_text, "12.000",
         {{1e-6, "ns"}, {1e-3, "us"}, {1, "ms"}, {3.6e6, "h"}, {24 * 3.6e6, "days"}});
  EXPECT_EQ(time_text(12345), "12.345 s");
  expect(
      energy_text, "12.000",
      {{1e-9, "pJ"}, {1e-6, "nJ"}, {1e-3, "uJ"}, {1, "mJ"}, {1e3, "J"}, {1e6, "kJ"}, {1e9, "MJ"}});
  expect(power_text, "12.00", {{1e-9, "nW"}, {1e-6, "uW"}, {1e-3, "mW"}, {1, "W"}, {1e6, "MW"}});
  expect(megabytes_text, "12.00",
         {{1e-6, "B"}, {1e-3, "kB"}, {1, "MB"}, {1e3, "GB"}, {1e6, "TB"}, {1e9, "PB"}});
  expect(macs_text, "12.00",
         {{1e-6, "MACs"},
          {1e-3, "k MACs"},
          {1, "M MACs"},
          {1e3, "G MACs"},
          {1e6, "T MACs"},
          {1e9, "P MACs"}});
  expect(bops_text, "12.000",
         {{1e-9, "BOPs"},
          {1e-6, "k BOPs"},
          {1e-3, "M BOPs"},
          {1, "G BOPs"},
          {1e3, "T BOPs"},
          {1e6, "P BOPs"},
          {1e9, "E BOPs"}});
  expect(bops_rate_text, "12",
         {{1e-9, "BOPs/s"},
          {1e-6, "kBOPs/s"},
          {1e-3, "MBOPs/s"},
          {1, "GBOPs/s"},
          {1e3, "TBOPs/s"},
          {1e6, "PBOPs/s"}});
  expect(
      bytes_rate_text, "12.00",
      {{1e-9, "B/s"}, {1e-6, "kB/s"}, {1e-3, "MB/s"}, {1, "GB/s"}, {1e3, "TB/s"}, {1e6, "PB/s"}});
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
