#include "sim/families/shift/limits.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "sim/families/shift/area.h"
#include "sim/kit/scaled_settings.h"

namespace bitloom::cost::shift {
namespace {

using hardware::Shift;

/// A row of the table of lifts.
struct ShiftLift : sim::Lift {
  bool (*is_there)(const Shift& hardware);
  void (*lift)(Shift& hardware);
};

constexpr std::int64_t kWide = std::int64_t{1} << 40;  // bits: anything comes in a beat

constexpr ShiftLift kShiftLifts[] = {
    {{"second words", "2nd words", "no tile takes a second pass"},
     [](const Shift& hw) { return hw.selected_share > 0; },
     [](Shift& hw) { hw.selected_share = 0; }},
    {{"activation port", "act. port", "carries a block's activations in a beat"},
     [](const Shift&) { return true; },
     [](Shift& hw) { hw.activation_port_bits = kWide; }},
    {{"weight port", "weight port", "carries a tile's weights in a beat"},
     [](const Shift&) { return true; },
     [](Shift& hw) { hw.weight_port_bits = kWide; }},
    {{"result port", "results", "takes a column group's results in a beat"},
     [](const Shift&) { return true; },
     [](Shift& hw) { hw.result_port_bits = kWide; }},
};

double as_real(std::int64_t value) { return static_cast<double>(value); }

}  // namespace

std::vector<sim::Lift> lifts_of(const Shift& hardware) {
  std::vector<sim::Lift> lifts;
  for (const ShiftLift& entry : kShiftLifts)
    if (entry.is_there(hardware)) lifts.push_back(entry);
  return lifts;
}

Shift lifted(std::size_t lift, const Shift& hardware) {
  std::size_t at = 0;
  for (const ShiftLift& entry : kShiftLifts) {
    if (!entry.is_there(hardware) || at++ != lift) continue;
    Shift lifted = hardware;
    entry.lift(lifted);
    return lifted;
  }
  throw InternalError("a lift that the machine has not");
}

std::string bound_by(const Spent& spent) {
  const std::array<std::pair<std::string_view, std::int64_t>, 5> shares{
      {{"compute", spent.compute},
       {"weight fetch", spent.weight_wait},
       {"activation fetch", spent.activation_wait},
       {"results", spent.result_wait},
       {"fill and drain", spent.fill + spent.drain}}};
  return std::string(
      std::max_element(shares.begin(), shares.end(), [](const auto& a, const auto& b) {
        return a.second < b.second;
      })->first);
}

std::vector<std::vector<std::string>> changes_of(const Shift& hw) {
  const sim::KeyValue rows{"array.rows", as_real(hw.rows)};
  const sim::KeyValue columns{"array.columns", as_real(hw.columns)};
  const sim::KeyValue activations{"buffers.activation_bytes", as_real(hw.activation_bytes)};
  const sim::KeyValue sums{"buffers.sums", as_real(hw.sums)};
  const sim::KeyValue activation_port{"ports.activation_bits", as_real(hw.activation_port_bits)};
  const sim::KeyValue weight_port{"ports.weight_bits", as_real(hw.weight_port_bits)};
  const sim::KeyValue result_port{"ports.result_bits", as_real(hw.result_port_bits)};
  return sim::scaled_settings({{{{"batch", as_real(hw.batch)}}, {4, 16}},
                               {{rows}, {2, 0.5}},
                               {{columns}, {2, 0.5}},
                               {{{"clock_mhz", hw.clock_mhz}}, {1.5}},
                               {{activation_port}, {2, 0.5}},
                               {{weight_port}, {2, 0.5}},
                               {{result_port}, {2, 0.5}},
                               {{activations}, {2, 0.5}},
                               {{sums}, {2, 0.5}}});
}

std::vector<sim::Resource> resources_of(const Shift& hw) {
  constexpr double kBitsPerKibibyte = 8 * 1024;
  std::vector<sim::Resource> resources;
  if (const auto* area = hardware::column_area(hw))
    resources.push_back({"LUT", hardware::of_array(area->luts, hw)});
  const std::int64_t bits = hw.activation_bytes * 8 + hw.weight_register_bits() + hw.sum_bits();
  resources.push_back({"KiB", as_real(bits) / kBitsPerKibibyte});
  return resources;
}

}  // namespace bitloom::cost::shift
