// A hardware family is one folder and one row: the toy family has nothing else.
#include <gtest/gtest.h>

#include <fstream>

#include "reports/description.h"
#include "reports/simulation.h"
#include "sim/catalogue.h"
#include "sim/energy_table.h"
#include "sim/families/bismo/description.h"
#include "sim/lifts.h"
#include "tests/families/toy/machine.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_layers.h"

namespace bitloom {
namespace {

hardware::Hardware toy() {
  const testing::TemporaryFolder folder;
  const std::string file = (folder.path() / "abacus.yaml").string();
  std::ofstream(file) << "family: toy\n"
                         "description: beads\n"
                         "macs_per_cycle: 4\n"
                         "clock_mhz: 100\n"
                         "energy: {mac_pj: {value: 2, source: 'assumption: a test'}}\n";
  std::vector<sim::Family> families(sim::families().begin(), sim::families().end());
  families.push_back(testing::toy::kFamily);
  return hardware::load_hardware(file, "", {}, families);
}

const std::vector<sim::Job> kJobs{{testing::tiny_linear(6, 3), {1, 2}},
                                  {testing::tiny_linear(8, 1), {2, 2}}};

TEST(Family, OfARowIsReadAndPricesLayers) {
  const hardware::Hardware hw = toy();
  EXPECT_EQ(hw.name(), "abacus");
  const auto results = sim::run(kJobs, hw, {});
  EXPECT_EQ(results[0].cost.timing.total, Cycles(5)) << "18 products, 4 a cycle";
  EXPECT_EQ(results[1].cost.timing.total, Cycles(2));
  EXPECT_EQ(results[0].cost.energy.total().count(), 36);
}

TEST(Family, OfARowComesBackFromWorkersWithItsDetails) {
  const auto alone = sim::run(kJobs, toy(), {}), shared = sim::run(kJobs, toy(), {}, {2});
  for (std::size_t i = 0; i < kJobs.size(); ++i) {
    EXPECT_EQ(alone[i].cost.timing.total, shared[i].cost.timing.total);
    EXPECT_EQ(alone[i].details.bytes(), shared[i].details.bytes());
  }
}

TEST(Family, OfARowIsDescribedByItsFields) {
  const std::string text = reports::hardware_text(toy(), 80);
  EXPECT_NE(text.find("macs_per_cycle"), std::string::npos) << text;
  EXPECT_NE(text.find("multiplied and added in a cycle"), std::string::npos) << text;
  EXPECT_EQ(hardware::energy_constants(toy()).at(0).name, "mac_pj");
}

TEST(Family, OfARowHasColumnsOfItsOwnInReports) {
  const hardware::Hardware hw = toy();
  reports::Simulation simulation;
  simulation.clock = hw.clock();
  for (const sim::Job& job : kJobs) simulation.layers.push_back({job});
  simulation.take(sim::run(kJobs, hw, {}), hw.machine());
  const std::string csv = reports::simulation_csv(simulation);
  EXPECT_NE(csv.find(",idle_lanes\n"), std::string::npos) << csv;
  EXPECT_NE(csv.find(",2\n"), std::string::npos) << "5 x 4 - 18\n" << csv;
  EXPECT_NE(reports::simulation_json(simulation).find("\"idle_lanes\": 2"), std::string::npos);
}

TEST(Family, OfARowNeedsNoLifts) {
  const hardware::Hardware hw = toy();
  EXPECT_TRUE(sim::lifted_cycles(kJobs, sim::run(kJobs, hw, {}), hw, {}).empty());
}

TEST(Family, ThatIsAskedForIsTheMachines) {
  EXPECT_EQ(toy().as<testing::toy::Toy>().macs_per_cycle, 4);
  EXPECT_EQ(testing::complaint([] { toy().as<hardware::Bismo>(); }),
            "abacus: is not of family bismo, which is needed here");
}

}  // namespace
}  // namespace bitloom
