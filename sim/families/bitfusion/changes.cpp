#include "sim/families/bitfusion/changes.h"

#include <algorithm>
#include <string_view>

#include "sim/families/bitfusion/area.h"
#include "sim/families/bitfusion/cost.h"
#include "sim/kit/scaled_settings.h"

namespace bitloom::analytic::bitfusion {
namespace {

using mapping::bitfusion::Buffer;

double as_real(std::int64_t value) { return static_cast<double>(value); }

struct Share {
  std::string_view name;
  std::int64_t cycles;
};

std::vector<Share> shares_of(const cycle::bitfusion::Counters& c) {
  const auto& waits = c.array.waits;
  return {{"compute", c.array.busy.count()},
          {"weight fetch", waits[index(Buffer::kWeights)].count()},
          {"activation fetch", waits[index(Buffer::kActivations)].count()},
          {"outputs", waits[index(Buffer::kOutputs)].count()},
          {"fill and drain", (c.array.first_wait + c.tail).count()}};
}

std::vector<Share> shares_of(const Mapping& m) {
  const Traffic& t = m.traffic;
  const Bits outputs = t.dram_read + t.dram_write - t.wbuf_write - t.ibuf_write;
  const Bits most = std::max({t.wbuf_write, t.ibuf_write, outputs});
  const std::string_view port = most == t.wbuf_write   ? "weight fetch"
                                : most == t.ibuf_write ? "activation fetch"
                                                       : "outputs";
  return {{"compute", m.compute_cycles},
          {port, m.port_cycles},
          {"fill and drain", m.latency_cycles},
          {"late blocks", m.late_cycles}};
}

}  // namespace

std::string bound_by(const sim::LayerResult& result) {
  const auto details = result.details.as<LayerDetails>();
  const std::vector<Share> shares =
      details.counters ? shares_of(*details.counters) : shares_of(details.mapping);
  return std::string(
      std::max_element(shares.begin(), shares.end(), [](const Share& a, const Share& b) {
        return a.cycles < b.cycles;
      })->name);
}

std::vector<std::vector<std::string>> changes_of(const hardware::BitFusion& hw) {
  const sim::KeyValue rows{"array.rows", as_real(hw.rows)};
  const sim::KeyValue columns{"array.columns", as_real(hw.columns)};
  const sim::KeyValue weights{"scratchpads.weight_bytes", as_real(hw.weight_bytes)};
  const sim::KeyValue activations{"scratchpads.activation_bytes", as_real(hw.activation_bytes)};
  const sim::KeyValue outputs{"scratchpads.output_bytes", as_real(hw.output_bytes)};
  return sim::scaled_settings({{{{"batch", as_real(hw.batch)}}, {4, 16}},
                               {{rows}, {2, 0.5}},
                               {{columns}, {2, 0.5}},
                               {{{"clock_mhz", hw.clock_mhz}}, {1.5}},
                               {{{"port_bits", as_real(hw.port_bits)}}, {2, 0.5}},
                               {{weights}, {2, 0.5}},
                               {{activations}, {2, 0.5}},
                               {{outputs}, {2, 0.5}}});
}

std::vector<sim::Resource> resources_of(const hardware::BitFusion& hw) {
  constexpr double kBytesPerKibibyte = 1024;
  std::vector<sim::Resource> resources;
  if (has_rtl(hw)) resources.push_back({"LUT", as_real(hw.units() * hardware::kFusionUnitLuts)});
  resources.push_back({"KiB", as_real(hw.weight_bytes + hw.activation_bytes + hw.output_bytes) /
                                  kBytesPerKibibyte});
  return resources;
}

}  // namespace bitloom::analytic::bitfusion
