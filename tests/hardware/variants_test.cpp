// Machines that differ in keys of one description: the same as those that are read with settings.
#include "sim/variants.h"

#include <gtest/gtest.h>

#include <random>

#include "base/random.h"
#include "models/graph/zoo/zoo.h"
#include "sim/simulator.h"
#include "tests/support/complaint.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {
namespace {

using hardware::Settings;
using hardware::VariedKey;

struct VariantsCase {
  std::string hardware;
  Settings settings;
  std::vector<VariedKey> keys;
};

std::vector<double> all_numbers(const hardware::Hardware& machine) {
  std::vector<std::size_t> places;
  for (const auto& [key, info] : hardware::keys_of(machine))
    if (info.kind != hardware::KeyInfo::Kind::kSection) places.push_back(info.place);
  return hardware::numbers_of(machine, places);
}

double energy_on(const hardware::Hardware& machine) {
  const auto layers = graph::layers_of(graph::make_network("resnet20"));
  double energy = 0;
  for (const auto& cost :
       sim::price(layers, graph::uniform_policy(layers.size(), {4, 4}), machine, machine.batch()))
    energy += cost.energy.total().count();
  return energy;
}

const VariantsCase kCases[] = {
    {"bismo-edge",
     {"batch=2"},
     {{"array.dm", {"4", "8", "13"}},
      {"array.dk", {"64", "512"}},
      {"clock_mhz", {"150", "200.5"}},
      {"timing.overlap", {"true", "false"}},
      {"ports.write_back", {"none", "activations"}},
      {"ports.result_bits", {"0", "64"}}}},
    {"bismo-edge",
     {"energy={}"},  // constants that follow from the array
     {{"array.dm", {"4", "8"}},
      {"dram", {"ddr3-1050-x16", "ddr4-2400-x16"}},
      {"layout.port_bits", {"32", "64"}},
      {"layout.convert", {"none", "all"}}}},
    {"bismo-edge-real", {}, {{"dram.channels", {"1", "2"}}, {"array.dn", {"4", "6"}}}},
    {"bitfusion-haq",
     {"energy.ibuf_read_word_pj=", "energy.ibuf_write_word_pj=",
      "scratchpads.activation_memory=cacti-45nm"},
     {{"array.rows", {"4", "16"}},
      {"scratchpads.activation_bytes", {"32768", "65536", "100000001"}},
      {"scratchpads.output_memory", {"cacti-45nm", "cacti-45nm-3-ports"}},
      {"energy.dram_bit_pj.value", {"6", "15"}}}},
};

TEST(Variants, AreTheMachinesOfTheirSettings) {
  std::mt19937_64 random(3);
  for (const VariantsCase& each : kCases) {
    const hardware::Variants variants(each.hardware, testing::kHardwareFolder, each.settings,
                                      each.keys);
    for (int drawn = 0; drawn < 25; ++drawn) {
      std::vector<std::size_t> choices;
      for (const VariedKey& key : each.keys)
        choices.push_back(static_cast<std::size_t>(draw_below(random, key.values.size())));
      Settings settings = each.settings;
      for (const std::string& setting : variants.settings(choices)) settings.push_back(setting);
      const auto read = [&] {
        return hardware::load_hardware(each.hardware, testing::kHardwareFolder, settings);
      };
      const std::string refusal = testing::complaint(read);
      const std::string other = testing::complaint([&] { variants.with(choices); });
      EXPECT_EQ(refusal, other);
      if (refusal != "no complaint" || other != "no complaint") continue;
      EXPECT_EQ(all_numbers(variants.with(choices)), all_numbers(read()));
      EXPECT_EQ(energy_on(variants.with(choices)), energy_on(read()));
    }
  }
}

TEST(Keys, TellWhatTheyTake) {
  const auto keys = hardware::keys_of(testing::shipped("bismo-edge"));
  EXPECT_EQ(keys.at("array.dm").integers.max, 1024);
  EXPECT_EQ(keys.at("clock_mhz").kind, hardware::KeyInfo::Kind::kReal);
  EXPECT_EQ(keys.at("timing.overlap").kind, hardware::KeyInfo::Kind::kBoolean);
  EXPECT_EQ(keys.at("timing.fetch_sync").names, (std::vector<std::string>{"plane", "block"}));
  EXPECT_EQ(keys.at("dram").kind, hardware::KeyInfo::Kind::kSection);
}

}  // namespace
}  // namespace bitloom
