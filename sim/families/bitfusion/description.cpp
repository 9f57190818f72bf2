#include "sim/families/bitfusion/description.h"

#include <bit>

#include <fmt/format.h>

namespace bitloom::hardware {
namespace {

bool is_power_of_two(std::int64_t value) {
  return std::has_single_bit(static_cast<std::uint64_t>(value));
}

void check_multiple(const DocumentValue& scratchpads, const char* key, std::int64_t bytes,
                    std::int64_t banks) {
  if (bytes % banks != 0)
    throw scratchpads.at(key).error(
        fmt::format("must be a multiple of its {} banks, got {}", banks, bytes));
}

}  // namespace

std::int64_t BitFusion::composed_bits(int bits) const {
  std::int64_t composed = brick_bits;
  while (composed < bits) composed *= 2;
  return composed;
}

void BitFusionOddities::show(FieldVisitor& visitor) {
  visitor.begin_section(
      {"oddities", "", "habits of the published models (docs/reference/bitfusion.md)"});
  visitor.boolean({"psum_first_touch", "", "outputs are filled from DRAM before any sum is there"},
                  psum_first_touch);
  visitor.boolean({"wgt_pad", "", "weights are fetched padded to the lanes"}, wgt_pad);
  visitor.boolean({"out_pad", "", "outputs cross the port padded to the columns"}, out_pad);
  visitor.boolean({"ragged_full", "", "the last, smaller tile of a loop costs a whole one"},
                  ragged_full);
  visitor.boolean({"halo_full", "",
                   "overlapping windows and padding are fetched, and held, as often as tiles touch "
                   "them"},
                  halo_full);
  visitor.boolean({"windows_expanded", "", "the first layer's windows cross the port one by one"},
                  windows_expanded);
  visitor.boolean(
      {"depthwise_proxy", "", "a depthwise layer runs as a first layer of one input channel"},
      depthwise_proxy);
  visitor.integer({"depthwise_dense_rows", "units",
                   "a depthwise layer runs as dense convolutions of F channels for each of so many "
                   "rows; 0: it does not"},
                  {0, 4096}, depthwise_dense_rows);
  visitor.boolean({"latency_full", "", "all that stays resident is waited for, not the first tile"},
                  latency_full);
  visitor.boolean({"overlap_full", "",
                   "array and port wait for one another in sum only, and a step is done at once"},
                  overlap_full);
  visitor.boolean({"port_packed", "", "fetches share beats of the port, not one a fetch at least"},
                  port_packed);
  visitor.boolean(
      {"port_split", "", "what is read and what is written takes whole beats each, not their sum"},
      port_split);
  visitor.boolean({"held_as_run", "",
                   "scratchpads hold operands at the width at which they run, activations padded "
                   "to the lanes"},
                  held_as_run);
  visitor.boolean({"floor_packing", "",
                   "a unit takes floor(unit_bits / bits) operands, bits of no power of two too"},
                  floor_packing);
  visitor.boolean({"core_energy_flat", "",
                   "a cycle of the array costs the same at any bits and use; waiting costs "
                   "nothing"},
                  core_energy_flat);
  visitor.boolean({"sram_unshared", "", "every multiplication reads both its operands"},
                  sram_unshared);
  visitor.end_section();
}

void BitFusion::show(FieldVisitor& visitor) {
  constexpr IntegerRange kLanes{1, 4096};
  constexpr IntegerRange kBytes{1, std::int64_t{1} << 30};
  constexpr IntegerRange kBits{1, 16};
  std::string family = "bitfusion";
  visitor.text({"family", "", "kind of hardware: bitfusion", true}, family);
  visitor.text({"description", "", "one line for `list hardware`"}, description);

  visitor.begin_section({"array", "", "the rows x columns systolic array of fusion units", true});
  visitor.integer({"rows", "units", "lanes over what is summed: input channels", true}, kLanes,
                  rows);
  visitor.integer({"columns", "units", "lanes over output channels", true}, kLanes, columns);
  visitor.integer({"unit_bits", "bits", "operands that a unit multiplies in a cycle; 2^k bricks"},
                  kBits, unit_bits);
  visitor.integer({"brick_bits", "bits", "operands of a bit-brick, the narrowest that pay"}, kBits,
                  brick_bits);
  visitor.integer({"operand_bits", "bits",
                   "widest operands; beyond unit_bits in several cycles, wider ones are refused"},
                  kBits, operand_bits);
  visitor.end_section();

  visitor.begin_section(
      {"scratchpads", "", "on-chip memories, half of each in use while the other fills", true});
  visitor.integer({"weight_bytes", "bytes", "a bank for each fusion unit", true}, kBytes,
                  weight_bytes);
  visitor.integer({"activation_bytes", "bytes", "a bank for each row", true}, kBytes,
                  activation_bytes);
  visitor.integer({"output_bytes", "bytes", "32-bit sums, a bank for each column", true}, kBytes,
                  output_bytes);
  const auto memory = [&](std::string_view name, std::string_view doc, std::string& table) {
    visitor.text({name, "", doc}, table);
  };
  memory("weight_memory",
         "what weight banks are (`list memories`), for the constants that `energy` leaves out",
         memories.weights);
  memory("activation_memory", "what activation banks are", memories.activations);
  memory("output_memory", "what output banks are", memories.outputs);
  visitor.end_section();

  visitor.integer({"port_bits", "bits/cycle", "the DRAM port, shared by reads and writes", true},
                  {1, 1 << 20}, port_bits);
  visitor.integer({"memory_latency_cycles", "cycles",
                   "from a request of DRAM to its first beat; seen by the cycle engine only"},
                  {0, 1'000'000}, memory_latency_cycles);
  visitor.real({"clock_mhz", "MHz", "clock of the array and its port", true}, {1e-3, 1e5},
               clock_mhz);
  visitor.integer({"batch", "images", "images priced together unless --batch says otherwise"},
                  {1, 65536}, batch);
  visitor.integer({"output_dram_bits", "bits",
                   "of a finished output in DRAM (sums that come back have 32); 0: as many as the "
                   "layer's activations"},
                  {0, 32}, output_dram_bits);
  visitor.real(
      {"mapping_slack_pct", "%",
       "the mapping is of least energy among those of at most so many more cycles than the "
       "fastest"},
      {0, 100}, mapping_slack_pct);
  oddities.show(visitor);
  energy.show(visitor, memories);
}

void BitFusion::check(const DocumentValue& document) const {
  const DocumentValue array = document.at("array");
  const auto complain = [&](const char* key, const std::string& complaint) {
    return (array.has(key) ? array.at(key) : array).error(complaint);
  };
  if (unit_bits % brick_bits != 0 || !is_power_of_two(unit_bits / brick_bits))
    throw complain("unit_bits", fmt::format("must be 1, 2, 4, ... times brick_bits ({}), got {}",
                                            brick_bits, unit_bits));
  if (operand_bits < unit_bits || operand_bits % unit_bits != 0 ||
      !is_power_of_two(operand_bits / unit_bits))
    throw complain("operand_bits", fmt::format("must be 1, 2, 4, ... times unit_bits ({}), got {}",
                                               unit_bits, operand_bits));
  if (oddities.depthwise_proxy && oddities.depthwise_dense_rows > 0)
    throw document.at("oddities")
        .at("depthwise_dense_rows")
        .error("must be 0 with depthwise_proxy, which runs depthwise layers in another way");
  const DocumentValue scratchpads = document.at("scratchpads");
  check_multiple(scratchpads, "weight_bytes", weight_bytes, units());
  check_multiple(scratchpads, "activation_bytes", activation_bytes, rows);
  check_multiple(scratchpads, "output_bytes", output_bytes, columns);
}

}  // namespace bitloom::hardware
