#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/document.h"
#include "base/fields.h"
#include "base/quantity.h"
#include "sim/job.h"
#include "sim/kit/default_energies.h"
#include "sim/kit/memory_table.h"
#include "sim/layer_result.h"
#include "sim/report.h"

namespace bitloom::sim {

class Machine;

/// A limit of a machine that can be lifted in thought.
struct Lift {
  std::string_view name;
  std::string_view short_name;
  std::string_view doc;  // what the machine is like without it
};

/// A machine with a limit lifted, and the jobs (by number) for which it comes out so.
struct LiftedMachine {
  std::unique_ptr<Machine> machine;
  std::vector<std::size_t> jobs;
};

/// A machine of some hardware family: all that the rest of the program may ask of it. A family
/// implements it in its own folder, over `MachineOf`. One call prices one layer, so that no inner
/// loop goes through it.
class Machine {
 public:
  virtual ~Machine() = default;
  virtual std::unique_ptr<Machine> clone() const = 0;
  virtual std::string_view family() const = 0;

  // The description.
  virtual const std::string& name() const = 0;
  virtual const std::string& description() const = 0;
  virtual std::int64_t batch() const = 0;
  virtual void set_name(const std::string& name) = 0;
  virtual void set_batch(std::int64_t batch) = 0;
  /// Shows every field once, in the order of the YAML file, with unit, range and meaning.
  virtual void show(FieldVisitor& visitor) = 0;
  /// Refuses fields that do not go together, at their place in `document`.
  virtual void check(const DocumentValue& document) const = 0;
  /// After the fields are read: what the document leaves out and follows from the rest of it, or
  /// from the memories that it names. Tells which energy constants it leaves to defaults.
  virtual DefaultEnergies complete(const DocumentValue& /*document*/,
                                   const hardware::FindMemory& /*memory*/) {
    return {};
  }

  // Facts that follow from it.
  virtual Megahertz clock() const = 0;
  /// Binary multiply-accumulates that the array does in a cycle at most.
  virtual std::int64_t peak_bit_macs_per_cycle() const = 0;
  /// What all ports carry a second at full width.
  virtual double bytes_per_second() const = 0;
  /// What DRAM delivers a second at its peak; none where it is not described, and keeps up with the
  /// ports.
  virtual std::optional<double> dram_bytes_per_second() const { return std::nullopt; }
  /// Bits that cross the ports, whole beats. They differ from those of DRAM where DRAM is
  /// described, which moves whole bursts.
  virtual Bits port_bits(const LayerResult& result) const { return result.cost.dram; }
  /// Whether what a layer computes goes to DRAM, and is priced.
  virtual bool writes_back() const = 0;
  /// What its energy constants are of, such as `45 nm ASIC`; empty where its file does not say.
  virtual std::string technology() const { return ""; }
  /// The array in a word.
  virtual std::string array_text() const = 0;
  /// What else `describe` tells: area, for example.
  virtual std::vector<Line> facts() const { return {}; }
  /// What it takes of a chip, as far as the family can tell.
  virtual std::vector<Resource> resources() const { return {}; }

  // Prices.
  /// Prices a job in closed form. A UserError says why it cannot be mapped.
  virtual LayerResult price(const Job& job) const = 0;
  /// The key of the description that `price` leaves out and the cycle engine counts, where it is
  /// above 0; else empty.
  virtual std::string_view left_out_of_price() const { return {}; }
  /// `neighbors` with what does not matter to this machine at its default: jobs that are alike but
  /// for that cost the same.
  virtual Neighbors relevant(const Neighbors& neighbors) const = 0;
  /// The energy of a job's result at this machine's constants, mapped as it is. None: the job has
  /// to be priced again.
  virtual std::optional<cost::Energy> energy_again(const Job& /*job*/,
                                                   const LayerResult& /*result*/) const {
    return std::nullopt;
  }

  // Explanations.
  /// The limits whose lifting changes anything, in the order of reports.
  virtual std::vector<Lift> lifts() const { return {}; }
  /// The machines without `lifts()[lift]` and their jobs. None: `cycles_without` tells.
  virtual std::vector<LiftedMachine> lifted(std::size_t /*lift*/,
                                            const std::vector<Job>& /*jobs*/) const {
    return {};
  }
  /// What a job takes without `lifts()[lift]` at least, where a machine of `lifted` promises more
  /// than the limits that stay allow. `result` is that of the machine with all limits.
  virtual Cycles least_without(std::size_t /*lift*/, const Job& /*job*/,
                               const LayerResult& /*result*/) const {
    return Cycles();
  }
  virtual Cycles cycles_without(std::size_t /*lift*/, const Job& /*job*/,
                                const LayerResult& result) const {
    return result.cost.timing.total;
  }
  /// Machines that could be built in its place: settings of keys of its description
  /// (`array.dm=16`), those of an entry together.
  virtual std::vector<std::vector<std::string>> changes() const { return {}; }
  /// Bits that a layer needs of what it moves to and from DRAM, without what fills up beats and
  /// bursts. None where the family does not say.
  virtual std::optional<Bits> dram_bits_used(const Job& /*job*/) const { return std::nullopt; }
  /// Of the products that the array could make in the cycles in which it computes, the share that a
  /// layer needs. None where the family does not say.
  virtual std::optional<double> units_used(const LayerResult& /*result*/) const {
    return std::nullopt;
  }
  /// What most of a layer's cycles go on; empty where the family does not say.
  virtual std::string bound_by(const Job& /*job*/, const LayerResult& /*result*/) const {
    return "";
  }

  // Reports.
  virtual LayerReport report(const LayerResult& /*result*/) const { return {}; }
  virtual NetworkReport report(const std::vector<LayerResult>& /*results*/) const { return {}; }
};

/// What a machine takes from its description, a struct with `kFamily`, `name`, `description`,
/// `batch`, `clock()`, `peak_bit_macs_per_cycle()`, `writes_back()`, `show` and `check`.
template <class Description>
class MachineOf : public Machine {
 public:
  explicit MachineOf(Description description) : hw_(std::move(description)) {}
  const Description& described() const { return hw_; }

  std::string_view family() const override { return Description::kFamily; }
  const std::string& name() const override { return hw_.name; }
  const std::string& description() const override { return hw_.description; }
  std::int64_t batch() const override { return hw_.batch; }
  void set_name(const std::string& name) override { hw_.name = name; }
  void set_batch(std::int64_t batch) override { hw_.batch = batch; }
  void show(FieldVisitor& visitor) override { hw_.show(visitor); }
  void check(const DocumentValue& document) const override { hw_.check(document); }
  Megahertz clock() const override { return hw_.clock(); }
  std::int64_t peak_bit_macs_per_cycle() const override { return hw_.peak_bit_macs_per_cycle(); }
  bool writes_back() const override { return hw_.writes_back(); }

 protected:
  Description hw_;
};

/// The description of a machine of the family whose `Description` is asked for; null for others.
template <class Description>
const Description* described_as(const Machine& machine) {
  const auto* wanted = dynamic_cast<const MachineOf<Description>*>(&machine);
  return wanted ? &wanted->described() : nullptr;
}

/// A family, a row of the table of families (sim/families.h).
struct Family {
  std::string_view name;  // `family:` in a hardware's file
  std::string_view doc;
  /// A machine whose fields are still to be read from `document`.
  std::unique_ptr<Machine> (*blank)(const DocumentValue& document);
};

}  // namespace bitloom::sim
