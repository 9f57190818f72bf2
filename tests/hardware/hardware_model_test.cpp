// The shipped descriptions, what is derived from them, and what every knob must say of itself.
#include <gtest/gtest.h>

#include <map>

#include "base/text.h"
#include "sim/families/bitfusion/description.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {
namespace {

using testing::shipped_hardware;

TEST(ShippedHardware, IsHaqsEdgeAndCloud) {
  const hardware::Bismo edge = shipped_hardware("bismo-edge"),
                        cloud = shipped_hardware("bismo-cloud");
  EXPECT_EQ(edge.dm * edge.dn, 8 * 8);
  EXPECT_EQ(edge.batch, 1);
  EXPECT_EQ(cloud.dm * cloud.dn, 16 * 16);
  EXPECT_EQ(cloud.batch, 16);
}

/// Every knob with its value, but for name, description and `pipeline_cycles`.
class Values final : public FieldVisitor {
 public:
  void begin_section(const FieldInfo& info) override { place_ += std::string(info.name) + "."; }
  void end_section() override { place_.resize(place_.rfind('.', place_.size() - 2) + 1); }
  void integer(const FieldInfo& info, IntegerRange, std::int64_t& value) override {
    if (info.name != "pipeline_cycles") note(info, std::to_string(value));
  }
  void real(const FieldInfo& info, RealRange, double& value) override {
    note(info, std::to_string(value));
  }
  void boolean(const FieldInfo& info, bool& value) override {
    note(info, value ? "true" : "false");
  }
  void text(const FieldInfo& info, std::string& value) override {
    if (info.name != "description") note(info, value);
  }
  std::map<std::string, std::string> take() { return std::move(values_); }

 private:
  void note(const FieldInfo& info, const std::string& value) {
    values_[place_ + std::string(info.name)] = value;
  }
  std::string place_;
  std::map<std::string, std::string> values_;
};

std::map<std::string, std::string> values_of(const std::string& name) {
  hardware::Bismo hw = shipped_hardware(name);
  Values values;
  hw.show(values);
  return values.take();
}

TEST(ShippedHardware, OfTheRtlIsThePublishedMachineWithAPipeline) {
  for (const std::string name : {"bismo-edge", "bismo-cloud"}) {
    EXPECT_EQ(values_of(name + "-rtl"), values_of(name));
    EXPECT_EQ(shipped_hardware(name).pipeline_cycles, 0);
    EXPECT_GT(shipped_hardware(name + "-rtl").pipeline_cycles, 0);
  }
  EXPECT_EQ(values_of("bismo-edge").count("energy.dram_bit_pj.value"), 1U);
}

/// What a board adds lies in sections and knobs that the published machine leaves at their
/// defaults.
TEST(ShippedHardware, OfABoardIsThePublishedMachineBehindItsMemory) {
  for (const std::string name : {"bismo-edge", "bismo-cloud"}) {
    const auto published = values_of(name), real = values_of(name + "-real");
    for (const auto& [key, value] : published)
      if (!key.starts_with("ports.result") && !key.starts_with("ports.write") &&
          !key.starts_with("timing.") && !key.starts_with("layout.") &&
          !key.starts_with("energy.dram")) {
        ASSERT_TRUE(real.contains(key)) << key;
        EXPECT_EQ(real.at(key), value) << name << ": " << key;
      }
  }
  for (const char* name : {"bismo-edge-real", "bismo-cloud-real", "bismo-ultra96"}) {
    const hardware::Bismo board = shipped_hardware(name);
    EXPECT_EQ(board.write_back, hardware::WriteBack::kActivations) << name;
    EXPECT_EQ(board.fetch_sync, hardware::FetchSync::kBlock) << name;
    EXPECT_TRUE(board.overlap && board.dram) << name;
    EXPECT_EQ(board.pipeline_cycles, 4) << name;
    EXPECT_EQ(board.result_port_bits, name == std::string("bismo-cloud-real") ? 256 : 64) << name;
  }
}

TEST(ShippedHardware, HasBismosOperandBuffers) {
  // ceil(256 / 32) BRAM36 a buffer of 1024 words; one for each array row and column.
  EXPECT_EQ(shipped_hardware("bismo-cloud").bram36_blocks(), 8 * (16 + 16));
  EXPECT_EQ(shipped_hardware("bismo-edge").bram36_blocks(), 8 * (8 + 8));
}

TEST(ShippedHardware, HasItsPeakInBinaryOperations) {
  // 2 operations x 8 x 8 DPUs x 256 bits x 200 MHz.
  EXPECT_NEAR(shipped_hardware("bismo-edge").peak_binary_tops(), 6.5536, 1e-9);
  EXPECT_NEAR(shipped_hardware("bismo-cloud").peak_binary_tops(), 26.2144, 1e-9);
}

TEST(OperandBuffers, TakeWholeBlockRamsInBothDirections) {
  hardware::Bismo hw = shipped_hardware("bismo-edge");
  hw.dk = 257;
  hw.activation_buffer_words = 1025;
  hw.weight_buffer_words = 1;
  EXPECT_EQ(hw.bram36_blocks(), 9 * (8 * 2 + 8 * 1));
}

void expect_sources(const hardware::Bismo& hw) {
  const hardware::BismoEnergy& e = hw.energy;
  for (const hardware::SourcedConstant* constant :
       {&e.popcount_bit_pj, &e.accumulate_pj, &e.buffer_read_bit_pj, &e.buffer_write_bit_pj,
        &e.dram_bit_pj, &e.idle_dpu_pj, &e.static_mw}) {
    EXPECT_GT(constant->value, 0) << hw.name;
    const bool is_assumption = constant->source.rfind("assumption: ", 0) == 0;
    const bool names_a_year_or_report = constant->source.find("20") != std::string::npos ||
                                        constant->source.find("data sheet") != std::string::npos ||
                                        constant->source.find("memspec") != std::string::npos ||
                                        constant->source.find("report") != std::string::npos;
    EXPECT_TRUE(is_assumption || names_a_year_or_report) << hw.name << ": " << constant->source;
  }
}

TEST(EnergyConstants, OfShippedMachinesAreAllGivenAndNameTheirTechnology) {
  for (const std::string& name : hardware::hardware_names(testing::kHardwareFolder)) {
    const hardware::Hardware hw = hardware::load_hardware(name, testing::kHardwareFolder);
    EXPECT_NE(hw.machine().technology(), "") << name;
    EXPECT_TRUE(hw.default_energies().names.empty()) << name;
  }
}

TEST(EnergyConstants, NameAPublicationOrSayTheyAreAssumed) {
  for (const std::string& name : hardware::hardware_names(testing::kHardwareFolder))
    if (name.starts_with("bismo")) expect_sources(shipped_hardware(name));
  expect_sources(hardware::Bismo{});
}

/// Holds each field that is shown to the rules of base/fields.h.
class Inspector final : public FieldVisitor {
 public:
  void begin_section(const FieldInfo& info) override {
    inspect(info);
    place_.push_back(std::string(info.name));
  }
  void end_section() override { place_.pop_back(); }
  void integer(const FieldInfo& info, IntegerRange range, std::int64_t& value) override {
    inspect(info);
    EXPECT_LT(range.min, range.max) << info.name;
    if (info.required) return;
    EXPECT_GE(value, range.min) << info.name << "'s default";
    EXPECT_LE(value, range.max) << info.name << "'s default";
  }
  void real(const FieldInfo& info, RealRange range, double& value) override {
    inspect(info);
    EXPECT_FALSE(info.unit.empty()) << info.name << " has no unit";
    EXPECT_LT(range.min, range.max) << info.name;
    if (info.required && place_.empty()) return;
    EXPECT_GE(value, range.min) << info.name << "'s default";
    EXPECT_LE(value, range.max) << info.name << "'s default";
  }
  void boolean(const FieldInfo& info, bool&) override { inspect(info); }
  void text(const FieldInfo& info, std::string&) override { inspect(info); }
  int fields() const { return fields_; }
  bool is_closed() const { return place_.empty(); }

 private:
  void inspect(const FieldInfo& info) {
    ++fields_;
    EXPECT_FALSE(info.name.empty());
    EXPECT_EQ(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos)
        << info.name;
    EXPECT_FALSE(info.doc.empty()) << info.name << " is not documented";
    EXPECT_TRUE(is_one_readable_line(info.doc)) << info.name;
    expect_unit_of_suffix(info);
  }
  static void expect_unit_of_suffix(const FieldInfo& info) {
    const std::pair<std::string_view, std::string_view> units[] = {
        {"_mhz", "MHz"}, {"_pj", "pJ"}, {"_mw", "mW"}};
    for (const auto& [suffix, unit] : units) {
      if (info.name.ends_with(suffix)) {
        EXPECT_EQ(info.unit, unit) << info.name;
      }
    }
  }
  std::vector<std::string> place_;
  int fields_ = 0;
};

TEST(HardwareKnobs, AreDocumentedWithUnitRangeAndADefaultWithin) {
  for (hardware::Hardware hw :
       {hardware::Hardware(hardware::Bismo()), hardware::Hardware(hardware::BitFusion())}) {
    Inspector inspector;
    hw.show(inspector);
    EXPECT_GT(inspector.fields(), 25);
    EXPECT_TRUE(inspector.is_closed());
  }
}

}  // namespace
}  // namespace bitloom
