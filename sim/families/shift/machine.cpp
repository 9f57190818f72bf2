// Shift hardware as the rest of the program sees it.
#include "sim/families/shift/machine.h"

#include <numeric>

#include "sim/families/shift/analytic.h"
#include "sim/families/shift/columns.h"
#include "sim/families/shift/cost.h"
#include "sim/families/shift/limits.h"

namespace bitloom::hardware {
namespace {

using cost::shift::LayerDetails;

class ShiftMachine final : public sim::MachineOf<Shift> {
 public:
  using MachineOf::MachineOf;
  std::unique_ptr<sim::Machine> clone() const override {
    return std::make_unique<ShiftMachine>(*this);
  }

  std::string technology() const override { return hw_.energy.technology; }
  double bytes_per_second() const override {
    constexpr double kBitsPerByte = 8;
    const std::int64_t bits =
        hw_.activation_port_bits + hw_.weight_port_bits + hw_.result_port_bits;
    return static_cast<double>(bits) / kBitsPerByte * (hw_.clock().count() * 1e6);
  }
  std::string array_text() const override { return cost::shift::array_text(hw_); }
  std::vector<sim::Line> facts() const override { return cost::shift::facts_of(hw_); }
  std::vector<sim::Resource> resources() const override { return cost::shift::resources_of(hw_); }

  sim::LayerResult price(const sim::Job& job) const override {
    const auto mapping = mapping::shift::map_layer(job.layer, job.precision, hw_, job.batch);
    const LayerDetails details{mapping, cost::shift::count_actions(mapping, hw_),
                               analytic::shift::run(mapping, hw_)};
    return {cost::shift::layer_cost(details, hw_), sim::Details(details)};
  }
  /// A layer's results leave as its own bits say.
  sim::Neighbors relevant(const sim::Neighbors&) const override { return {}; }
  std::optional<cost::Energy> energy_again(const sim::Job&,
                                           const sim::LayerResult& result) const override {
    return cost::shift::energy_of(result.details.as<LayerDetails>().actions,
                                  result.cost.timing.total, hw_);
  }

  std::vector<sim::Lift> lifts() const override { return cost::shift::lifts_of(hw_); }
  std::vector<sim::LiftedMachine> lifted(std::size_t lift,
                                         const std::vector<sim::Job>& jobs) const override {
    std::vector<std::size_t> all(jobs.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    std::vector<sim::LiftedMachine> machines;
    machines.push_back({machine_of(cost::shift::lifted(lift, hw_)), std::move(all)});
    return machines;
  }
  std::vector<std::vector<std::string>> changes() const override {
    return cost::shift::changes_of(hw_);
  }
  std::optional<double> units_used(const sim::LayerResult& result) const override {
    return static_cast<double>(result.details.as<LayerDetails>().actions.shift_adds) /
           static_cast<double>(result.cost.timing.compute.count() * hw_.units());
  }
  std::string bound_by(const sim::Job&, const sim::LayerResult& result) const override {
    return cost::shift::bound_by(result.details.as<LayerDetails>().spent);
  }

  sim::LayerReport report(const sim::LayerResult& result) const override {
    return cost::shift::report(result.details.as<LayerDetails>());
  }
  sim::NetworkReport report(const std::vector<sim::LayerResult>&) const override {
    return {.tables = {},
            .explanation_title = "mappings: tiles of weights, and blocks of pixels around them",
            .unpriced = {}};
  }
};

}  // namespace

std::unique_ptr<sim::Machine> machine_of(Shift description) {
  return std::make_unique<ShiftMachine>(std::move(description));
}

std::unique_ptr<sim::Machine> blank_shift(const DocumentValue&) { return machine_of(Shift()); }

}  // namespace bitloom::hardware
