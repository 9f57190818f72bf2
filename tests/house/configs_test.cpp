// Configurations are data: every physical constant in them has its source.
#include <gtest/gtest.h>

#include <yaml-cpp/yaml.h>

#include "tests/house/source_tree.h"

namespace bitloom {
namespace {

/// Keys that end like these are figures of physics, not knobs.
bool is_physical(const std::string& key) {
  for (const char* suffix : {"_pj", "_mw", "_um2", "_fj", "_nj"})
    if (key.ends_with(suffix)) return true;
  return false;
}

int constants_with_source(const std::string& file, const YAML::Node& node) {
  int constants = 0;
  if (!node.IsMap()) return constants;
  for (const auto& entry : node) {
    const std::string key = entry.first.Scalar();
    if (!is_physical(key)) {
      constants += constants_with_source(file, entry.second);
      continue;
    }
    if (entry.second.IsNull()) continue;  // a space takes the constant out
    ++constants;
    const bool has_source =
        entry.second.IsMap() && entry.second["source"] && entry.second["source"].IsScalar();
    EXPECT_TRUE(has_source) << file << ": " << key << " has no source";
    if (has_source) {
      EXPECT_GT(entry.second["source"].Scalar().size(), 10u) << file << ": " << key;
    }
  }
  return constants;
}

TEST(Configs, NameASourceForEveryPhysicalConstant) {
  int constants = 0;
  for (const testing::SourceFile& file : testing::source_files("configs", {".yaml"}))
    constants += constants_with_source(file.path, YAML::Load(file.text));
  EXPECT_GE(constants, 14) << "two boards with seven energies each";
}

/// Keys of a section that end so.
int keys_ending(const YAML::Node& section, const std::string& suffix) {
  int keys = 0;
  for (const auto& entry : section) keys += entry.first.Scalar().ends_with(suffix);
  return keys;
}

/// A BitFusion's ten, two of each scratchpad by the memory that it names, and leakage of banks.
int bitfusion_energies(const YAML::Node& hardware) {
  return 10 - 2 * keys_ending(hardware["scratchpads"], "_memory") +
         keys_ending(hardware["energy"], "_bank_mw");
}

TEST(Configs, OfHardwareGiveEveryEnergyThemselves) {
  for (const testing::SourceFile& file : testing::source_files("configs/hardware", {".yaml"})) {
    const YAML::Node hardware = YAML::Load(file.text);
    const int of_dram = hardware["dram"] ? 5 - 1 : 0;  // its own, and none for a bit of the ports
    const int of_layout = hardware["layout"] ? 1 : 0;
    const std::string family = hardware["family"].Scalar();
    const int energies = family == "bismo"   ? 7 + of_dram + of_layout
                         : family == "shift" ? 6
                                             : bitfusion_energies(hardware);
    EXPECT_EQ(constants_with_source(file.path, hardware), energies) << file.path;
  }
}

TEST(Configs, BeginWithWhatTheyDescribe) {
  for (const testing::SourceFile& file : testing::source_files("configs", {".yaml"}))
    EXPECT_EQ(file.text.rfind("# ", 0), 0u) << file.path << ": say in a comment where it is from";
}

}  // namespace
}  // namespace bitloom
