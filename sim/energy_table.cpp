#include "sim/energy_table.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/document.h"
#include "base/field_reader.h"
#include "base/text.h"
#include "sim/kit/sourced_constant.h"

namespace bitloom::hardware {
namespace {

/// Shows another visitor the energy constants alone, each as optional as the sections around it. A
/// section that has a unit is a constant (show_constant).
class ConstantsOnly final : public FieldVisitor {
 public:
  explicit ConstantsOnly(FieldVisitor& inner) : inner_(inner) {}

  void begin_section(const FieldInfo& info) override {
    open_.push_back({info, false});
    if (is_constant()) show_sections();
  }
  void end_section() override {
    if (open_.back().shown) inner_.end_section();
    open_.pop_back();
  }
  void real(const FieldInfo& info, RealRange range, double& value) override {
    if (is_constant()) inner_.real(info, range, value);
  }
  void optional_real(const FieldInfo& info, RealRange range,
                     std::optional<double>& value) override {
    if (is_constant()) inner_.optional_real(info, range, value);
  }
  void text(const FieldInfo& info, std::string& value) override {
    const bool is_of_all = info.name == "technology";
    if (is_of_all) show_sections();
    if (is_constant() || is_of_all) inner_.text(info, value);
  }
  void integer(const FieldInfo&, IntegerRange, std::int64_t&) override {}
  void boolean(const FieldInfo&, bool&) override {}

 private:
  struct Section {
    FieldInfo info;
    bool shown;
  };
  void show_sections() {
    for (Section& section : open_)
      if (!section.shown) {
        section.info.required = false;
        inner_.begin_section(section.info);
        section.shown = true;
      }
  }
  bool is_constant() const { return !open_.empty() && !open_.back().info.unit.empty(); }

  FieldVisitor& inner_;
  std::vector<Section> open_;
};

/// Calls `visit(constant, value)` for each constant.
class ConstantVisitor final : public FieldVisitor {
 public:
  using Visit = std::function<void(const EnergyConstant&, double&)>;
  explicit ConstantVisitor(Visit visit) : visit_(std::move(visit)) {}

  void begin_section(const FieldInfo& info) override { open_.push_back(info); }
  void end_section() override { open_.pop_back(); }
  void optional_real(const FieldInfo&, RealRange, std::optional<double>&) override {}
  void real(const FieldInfo&, RealRange, double& value) override {
    std::string name;
    for (const FieldInfo& section : open_)
      if (section.name != "energy") name += (name.empty() ? "" : ".") + std::string(section.name);
    visit_({name, std::string(open_.back().unit), value}, value);
  }
  void text(const FieldInfo&, std::string&) override {}
  void integer(const FieldInfo&, IntegerRange, std::int64_t&) override {}
  void boolean(const FieldInfo&, bool&) override {}

 private:
  Visit visit_;
  std::vector<FieldInfo> open_;
};

/// Sets constants to a bound of theirs.
class BoundTaker final : public FieldVisitor {
 public:
  explicit BoundTaker(std::string_view bound) : bound_(bound) {}
  void begin_section(const FieldInfo& info) override { name_ = info.name; }
  void end_section() override {}
  void real(const FieldInfo&, RealRange, double& value) override { value_ = &value; }
  void optional_real(const FieldInfo& info, RealRange, std::optional<double>& bound) override {
    if (!bound || info.name != bound_) return;
    *value_ = *bound;
    taken_.push_back(name_);
  }
  void text(const FieldInfo&, std::string&) override {}
  void integer(const FieldInfo&, IntegerRange, std::int64_t&) override {}
  void boolean(const FieldInfo&, bool&) override {}
  std::vector<std::string> taken() { return std::move(taken_); }

 private:
  std::string_view bound_;
  std::string name_;
  double* value_ = nullptr;
  std::vector<std::string> taken_;
};

/// Whether a setting and a table have a key in common that is no section of keys in both.
bool have_same_key(const DocumentValue& set, const DocumentValue& given) {
  if (!set.is_mapping() || !given.is_mapping() || given.has("value")) return true;
  for (const auto& [key, value] : given.entries())
    if (set.has(key) && have_same_key(set.at(key), value)) return true;
  return false;
}

/// Constants of a section that is named (`dram=ddr4-2400-x64`) are the table's to replace.
void refuse_given_twice(const std::string& path, const DocumentValue& table,
                        const std::string& setting) {
  const DocumentValue set = with_setting(value_of(setting, "{}"), setting);
  if (!table.is_mapping() || !set.is_mapping()) return;
  for (const auto& [section, values] : table.entries())
    if (set.has(section) && set.at(section).is_mapping() && have_same_key(set.at(section), values))
      throw UserError(fmt::format("--set {}: --energy-table {} gives it, too; leave one out",
                                  excerpt(setting), path));
}

void for_each_constant(Hardware& hardware, const ConstantVisitor::Visit& visit) {
  ConstantVisitor visitor(visit);
  ConstantsOnly constants(visitor);
  hardware.show(constants);
}

}  // namespace

std::vector<EnergyConstant> energy_constants(const Hardware& hardware) {
  std::vector<EnergyConstant> constants;
  Hardware shown = hardware;
  for_each_constant(
      shown, [&](const EnergyConstant& constant, double&) { constants.push_back(constant); });
  return constants;
}

Hardware with_scaled_constant(Hardware hardware, std::size_t index, double factor) {
  std::size_t at = 0;
  for_each_constant(hardware, [&](const EnergyConstant&, double& value) {
    if (at++ == index) value *= factor;
  });
  return hardware;
}

std::vector<std::string> take_bounds(Hardware& hardware, Bound bound) {
  BoundTaker taker(bound == Bound::kLeast ? "least" : "most");
  ConstantsOnly constants(taker);
  hardware.show(constants);
  return taker.taken();
}

void read_energy_table(const std::string& path, Hardware& hardware, const Settings& settings) {
  const DocumentValue document = load_document(path);
  for (const std::string& setting : settings) refuse_given_twice(path, document, setting);
  const auto show = [&](FieldVisitor& visitor) {
    ConstantsOnly constants(visitor);
    hardware.show(constants);
  };
  const std::string technology = hardware.machine().technology();
  read_fields(document, show);
  check_bounds(document, show);
  const std::vector<std::string> left_out = constants_left_out(document, show);
  if (left_out.size() == energy_constants(hardware).size())
    throw document.error(
        "gives no energy constant; must be energy: {NAME: {value: ..., source: ...}}");
  sim::DefaultEnergies defaults = hardware.default_energies();
  std::erase_if(defaults.names, [&](const std::string& name) {
    return std::find(left_out.begin(), left_out.end(), name) == left_out.end();
  });
  if (defaults.names.empty() && hardware.machine().technology() != technology)
    defaults = {left_out, true,
                technology.empty() ? "technology that its file does not name" : technology};
  hardware.set_default_energies(std::move(defaults));
}

}  // namespace bitloom::hardware
