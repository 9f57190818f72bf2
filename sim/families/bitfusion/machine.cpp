// BitFusion as the rest of the program sees it.
#include "sim/families/bitfusion/machine.h"

#include "sim/families/bitfusion/analytic.h"
#include "sim/families/bitfusion/changes.h"
#include "sim/families/bitfusion/columns.h"
#include "sim/families/bitfusion/cost.h"

namespace bitloom::hardware {
namespace {

class BitFusionMachine final : public sim::MachineOf<BitFusion> {
 public:
  using MachineOf::MachineOf;
  std::unique_ptr<sim::Machine> clone() const override {
    return std::make_unique<BitFusionMachine>(*this);
  }

  std::string technology() const override { return hw_.energy.technology; }
  sim::DefaultEnergies complete(const DocumentValue& document, const FindMemory& memory) override {
    hw_.complete(document, memory);
    return {};
  }

  double bytes_per_second() const override {
    constexpr double kBitsPerByte = 8;
    return static_cast<double>(hw_.port_bits) / kBitsPerByte * (hw_.clock().count() * 1e6);
  }
  std::string array_text() const override { return analytic::bitfusion::array_text(hw_); }
  std::vector<sim::Line> facts() const override { return analytic::bitfusion::facts_of(hw_); }
  std::vector<sim::Resource> resources() const override {
    return analytic::bitfusion::resources_of(hw_);
  }

  sim::LayerResult price(const sim::Job& job) const override {
    const auto nest = mapping::bitfusion::loop_nest(job.layer, job.precision, hw_, job.batch);
    const analytic::bitfusion::Mapping mapping = analytic::bitfusion::search(job.layer, nest, hw_);
    return {analytic::bitfusion::layer_cost(job.layer, nest, mapping, hw_),
            sim::Details(analytic::bitfusion::LayerDetails{mapping})};
  }
  std::string_view left_out_of_price() const override {
    return hw_.memory_latency_cycles > 0 ? "memory_latency_cycles" : "";
  }
  /// A layer's results leave as its own bits say.
  sim::Neighbors relevant(const sim::Neighbors&) const override { return {}; }
  std::optional<cost::Energy> energy_again(const sim::Job& job,
                                           const sim::LayerResult& result) const override {
    const auto nest = mapping::bitfusion::loop_nest(job.layer, job.precision, hw_, job.batch);
    return analytic::bitfusion::energy_of(
        nest, result.details.as<analytic::bitfusion::LayerDetails>().mapping, hw_);
  }

  std::vector<std::vector<std::string>> changes() const override {
    return analytic::bitfusion::changes_of(hw_);
  }
  std::optional<double> units_used(const sim::LayerResult& result) const override {
    const cost::Timing& timing = result.cost.timing;
    return result.cost.utilization * static_cast<double>(timing.total.count()) /
           static_cast<double>(timing.compute.count());
  }
  std::string bound_by(const sim::Job&, const sim::LayerResult& result) const override {
    return analytic::bitfusion::bound_by(result);
  }

  sim::LayerReport report(const sim::LayerResult& result) const override {
    return analytic::bitfusion::report(result, hw_);
  }
  sim::NetworkReport report(const std::vector<sim::LayerResult>&) const override {
    return {.tables = {},
            .explanation_title = "mappings: tiles, then loops over tiles, outermost first",
            .unpriced = {}};
  }
};

}  // namespace

std::unique_ptr<sim::Machine> machine_of(BitFusion description) {
  return std::make_unique<BitFusionMachine>(std::move(description));
}

std::unique_ptr<sim::Machine> blank_bitfusion(const DocumentValue&) {
  return machine_of(BitFusion());
}

}  // namespace bitloom::hardware
