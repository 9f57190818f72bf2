// BISMO as the rest of the program sees it.
#include "sim/families/bismo/machine.h"

#include "sim/families/bismo/analytic.h"
#include "sim/families/bismo/changes.h"
#include "sim/families/bismo/columns.h"
#include "sim/families/bismo/cost.h"
#include "sim/families/bismo/energy.h"
#include "sim/families/bismo/limits.h"

namespace bitloom::hardware {
namespace {

class BismoMachine final : public sim::MachineOf<Bismo> {
 public:
  using MachineOf::MachineOf;
  std::unique_ptr<sim::Machine> clone() const override {
    return std::make_unique<BismoMachine>(*this);
  }

  std::string technology() const override { return hw_.energy.technology; }
  sim::DefaultEnergies complete(const DocumentValue& document, const FindMemory&) override {
    return hw_.complete(document);
  }

  double bytes_per_second() const override { return cost::bytes_per_second(hw_); }
  std::optional<double> dram_bytes_per_second() const override {
    constexpr double kGiga = 1e9;
    if (!hw_.dram) return std::nullopt;
    return hw_.dram->peak_gigabytes_per_second() * kGiga;
  }
  Bits port_bits(const sim::LayerResult& result) const override {
    return result.details.as<cost::LayerDetails>().actions.port();
  }
  std::string array_text() const override { return cost::array_text(hw_); }
  std::vector<sim::Line> facts() const override { return cost::facts_of(hw_); }
  std::vector<sim::Resource> resources() const override { return cost::resources_of(hw_); }

  sim::LayerResult price(const sim::Job& job) const override {
    const mapping::Schedule schedule = analytic::schedule(
        mapping::map_layer(job.layer, job.precision, hw_, job.batch, job.neighbors), hw_);
    const cost::Timing timing = analytic::run(schedule, hw_);
    cost::Actions actions = cost::count_actions(schedule.mapping, hw_);
    if (hw_.dram) actions.dram = analytic::dram_actions(schedule, timing, hw_);
    return {cost::complete(job.layer, schedule.mapping, actions, timing, hw_, job.batch),
            sim::Details(cost::LayerDetails{actions})};
  }
  std::string_view left_out_of_price() const override {
    return hw_.memory_latency_cycles > 0 && !hw_.dram ? "timing.memory_latency_cycles" : "";
  }
  sim::Neighbors relevant(const sim::Neighbors& neighbors) const override {
    sim::Neighbors relevant;
    const auto stored = [&](int bits) { return static_cast<int>(hw_.layout.stored_bits(bits)); };
    if (hw_.write_back == WriteBack::kActivations)
      relevant.output_bits = stored(neighbors.output_bits);
    if (hw_.layout.converts()) {
      if (neighbors.input_bits) relevant.input_bits = stored(*neighbors.input_bits);
      relevant.input_is_laid_out = neighbors.input_is_laid_out;
    }
    return relevant;
  }
  std::optional<cost::Energy> energy_again(const sim::Job&,
                                           const sim::LayerResult& result) const override {
    return cost::energy_of(result.details.as<cost::LayerDetails>().actions, result.cost.timing,
                           hw_);
  }

  std::vector<sim::Lift> lifts() const override { return cost::lifts_of(hw_); }
  std::vector<sim::LiftedMachine> lifted(std::size_t lift,
                                         const std::vector<sim::Job>& jobs) const override {
    return cost::lifted(lift, jobs, hw_);
  }
  Cycles least_without(std::size_t lift, const sim::Job& job,
                       const sim::LayerResult& result) const override {
    return cost::least_without(lift, job, result, hw_);
  }
  Cycles cycles_without(std::size_t, const sim::Job& job,
                        const sim::LayerResult& result) const override {
    return cost::cycles_without_fetch(job, result, hw_);
  }
  std::vector<std::vector<std::string>> changes() const override { return cost::changes_of(hw_); }
  std::optional<Bits> dram_bits_used(const sim::Job& job) const override {
    return cost::bits_used(
        mapping::map_layer(job.layer, job.precision, hw_, job.batch, job.neighbors), hw_);
  }
  std::string bound_by(const sim::Job& job, const sim::LayerResult& result) const override {
    return std::string(cost::bound_by(job, result, hw_));
  }

  sim::LayerReport report(const sim::LayerResult& result) const override {
    return cost::report(result);
  }
  sim::NetworkReport report(const std::vector<sim::LayerResult>& results) const override {
    return cost::report(results, hw_);
  }
};

}  // namespace

std::unique_ptr<sim::Machine> machine_of(Bismo description) {
  return std::make_unique<BismoMachine>(std::move(description));
}

std::unique_ptr<sim::Machine> blank_bismo(const DocumentValue& document) {
  Bismo bismo;
  if (document.is_mapping() && document.has("dram")) {
    const DocumentValue dram = document.at("dram");
    if (dram.is_mapping() && !dram.has("part"))
      throw dram.error(
          "key 'part' is missing: name a memory first: --set dram=NAME (bitloom list dram)");
    bismo.dram.emplace();
    if (document.has("energy") && document.at("energy").has("dram_bit_pj"))
      throw document.at("energy")
          .at("dram_bit_pj")
          .error(
              "goes without a section dram, which has energies of its own: leave it out (--set "
              "energy.dram_bit_pj=)");
  }
  if (document.is_mapping() && document.has("coefficients") &&
      document.at("coefficients").text() == "fixed_point")
    bismo.coefficients = Coefficients::kFixedPoint;  // has an energy of its own
  bismo.layout.is_described = document.is_mapping() && document.has("layout");
  return machine_of(std::move(bismo));
}

}  // namespace bitloom::hardware
