#include "tests/families/toy/machine.h"

namespace bitloom::testing::toy {
namespace {

/// What only a toy knows of a layer.
struct LayerDetails {
  std::int64_t idle_lanes;  // in the last cycle
};

class ToyMachine final : public sim::MachineOf<Toy> {
 public:
  using MachineOf::MachineOf;
  std::unique_ptr<Machine> clone() const override { return std::make_unique<ToyMachine>(*this); }
  double bytes_per_second() const override { return 1e9; }
  std::string array_text() const override { return std::to_string(hw_.macs_per_cycle) + " MACs"; }

  sim::LayerResult price(const sim::Job& job) const override {
    const std::int64_t macs = job.layer.macs().count() * job.batch;
    const std::int64_t cycles = ceil_div(macs, hw_.macs_per_cycle);
    sim::LayerResult result;
    result.cost.timing.total = result.cost.timing.compute = Cycles(cycles);
    result.cost.energy.compute = Picojoules(static_cast<double>(macs) * hw_.mac_pj.value);
    result.cost.dram = Bits(macs);
    result.details = sim::Details(LayerDetails{cycles * hw_.macs_per_cycle - macs});
    return result;
  }
  sim::Neighbors relevant(const sim::Neighbors&) const override { return {}; }

  sim::LayerReport report(const sim::LayerResult& result) const override {
    sim::LayerReport report;
    report.columns = {{"idle_lanes", result.details.as<LayerDetails>().idle_lanes}};
    report.facts = report.columns;
    return report;
  }
};

}  // namespace

void Toy::show(FieldVisitor& visitor) {
  std::string family(kFamily);
  visitor.text({"family", "", "kind of accelerator", true}, family);
  visitor.text({"description", "", "one line", true}, description);
  visitor.integer({"macs_per_cycle", "MACs", "multiplied and added in a cycle", true}, {1, 4096},
                  macs_per_cycle);
  visitor.real({"clock_mhz", "MHz", "clock", true}, {1e-3, 1e5}, clock_mhz);
  visitor.integer({"batch", "images", "images priced together"}, {1, 65536}, batch);
  visitor.begin_section({"energy", "", "energy per action"});
  hardware::show_constant(visitor, {"mac_pj", "pJ", "a multiply-accumulate"}, hardware::kPicojoules,
                          mac_pj);
  visitor.end_section();
}

void Toy::check(const DocumentValue&) const {}

std::unique_ptr<sim::Machine> machine_of(Toy description) {
  return std::make_unique<ToyMachine>(std::move(description));
}

}  // namespace bitloom::testing::toy
