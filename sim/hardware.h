#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/error.h"
#include "sim/family.h"

namespace bitloom::hardware {

/// A machine of any family, as a value.
class Hardware {
 public:
  explicit Hardware(std::unique_ptr<sim::Machine> machine) : machine_(std::move(machine)) {}
  /// A family's description, which its `machine_of` turns into a machine.
  template <class Description>
  requires requires(Description d) { machine_of(std::move(d)); }
  Hardware(Description description) : machine_(machine_of(std::move(description))) {}

  Hardware(const Hardware& other)
      : machine_(other.machine_->clone()), default_energies_(other.default_energies_) {}
  Hardware(Hardware&&) = default;
  Hardware& operator=(const Hardware& other) {
    machine_ = other.machine_->clone();
    default_energies_ = other.default_energies_;
    return *this;
  }
  Hardware& operator=(Hardware&&) = default;

  /// The energy constants that its file leaves to defaults.
  const sim::DefaultEnergies& default_energies() const { return default_energies_; }
  void set_default_energies(sim::DefaultEnergies defaults) {
    default_energies_ = std::move(defaults);
  }

  /// What its energy constants are of: `7 nm ASIC (static_mw: of a Zynq-7000, 28 nm)`; empty where
  /// nothing tells.
  std::string energy_technology() const;

  const sim::Machine& machine() const { return *machine_; }
  std::string_view family() const { return machine_->family(); }
  const std::string& name() const { return machine_->name(); }
  const std::string& description() const { return machine_->description(); }
  Megahertz clock() const { return machine_->clock(); }
  std::int64_t batch() const { return machine_->batch(); }
  bool writes_back() const { return machine_->writes_back(); }
  /// Binary operations a second in units of 1e12, AND and add counted each, as BISMO counts.
  double peak_binary_tops() const {
    constexpr double kOperationsPerMac = 2;
    return kOperationsPerMac * static_cast<double>(machine_->peak_bit_macs_per_cycle()) *
           clock().count() * 1e-6;
  }
  void set_name(const std::string& name) { machine_->set_name(name); }
  void set_batch(std::int64_t batch) { machine_->set_batch(batch); }
  /// Shows every field, in the order of the YAML file.
  void show(FieldVisitor& visitor) { machine_->show(visitor); }
  /// Derives what `document`, whose fields have been read, leaves out.
  void complete(const DocumentValue& document, const FindMemory& memory) {
    default_energies_ = machine_->complete(document, memory);
  }
  /// Refuses fields that do not go together, at their place in `document`.
  void check(const DocumentValue& document) const { machine_->check(document); }

  /// The description of a machine of one family; a UserError where it is of another.
  template <class Description>
  Description as() const {
    const Description* wanted = sim::described_as<Description>(*machine_);
    if (!wanted)
      throw unsupported(name() + ": is not of family " + std::string(Description::kFamily) +
                        ", which is needed here");
    return *wanted;
  }

 private:
  std::unique_ptr<sim::Machine> machine_;
  sim::DefaultEnergies default_energies_;
};

}  // namespace bitloom::hardware
