#include "sim/families/shift/description.h"

#include <fmt/format.h>

namespace bitloom::hardware {

void ShiftEnergy::show(FieldVisitor& visitor) {
  const auto constant = [&](std::string_view name, std::string_view doc, SourcedConstant& value) {
    show_constant(visitor, {name, "pJ", doc, true}, kPicojoules, value);
  };
  visitor.begin_section({"energy", "", "energy per action, each with its source", true});
  show_technology(visitor, technology);
  constant("shift_add_pj", "a unit shifts an activation and adds it", shift_add_pj);
  constant("idle_unit_pj", "a unit in a cycle without work", idle_unit_pj);
  constant("buffer_read_bit_pj", "a bit read of activations, weights or sums", buffer_read_bit_pj);
  constant("buffer_write_bit_pj", "a bit written", buffer_write_bit_pj);
  constant("dram_bit_pj", "one bit over a port: DRAM and its interface", dram_bit_pj);
  show_constant(visitor, {"static_mw", "mW", "drawn at all times", true}, kMilliwatts, static_mw);
  visitor.end_section();
}

void Shift::show(FieldVisitor& visitor) {
  constexpr IntegerRange kLanes{1, 4096};
  constexpr IntegerRange kPort{1, 1 << 20};
  std::string family(kFamily);
  visitor.text({"family", "", "kind of hardware: shift", true}, family);
  visitor.text({"description", "", "one line for `list hardware`"}, description);

  visitor.begin_section({"array", "", "the rows x columns array of shift-add units", true});
  visitor.integer({"rows", "units", "lanes over what is summed", true}, kLanes, rows);
  visitor.integer({"columns", "units", "lanes over filters", true}, kLanes, columns);
  visitor.integer({"weight_bits", "bits",
                   "widest words: a sign and an exponent; layers of wider ones are refused"},
                  {2, 6}, weight_bits);
  visitor.integer(
      {"activation_bits", "bits", "widest activations; layers of wider ones are refused"}, {1, 16},
      activation_bits);
  visitor.integer({"accumulator_bits", "bits", "of a sum; layers that could pass it are refused"},
                  {8, 64}, accumulator_bits);
  visitor.end_section();

  visitor.begin_section({"buffers", "", "on-chip memories beside two tiles of weights", true});
  visitor.integer({"activation_bytes", "bytes", "half of it in use while the other fills", true},
                  {1, std::int64_t{1} << 30}, activation_bytes);
  visitor.integer({"sums", "sums", "that a column keeps, one a pixel; as many again leave", true},
                  {1, 1 << 20}, sums);
  visitor.end_section();

  visitor.begin_section({"ports", "", "what crosses from and to DRAM in a cycle", true});
  visitor.integer({"activation_bits", "bits/cycle", "the port of activations", true}, kPort,
                  activation_port_bits);
  visitor.integer({"weight_bits", "bits/cycle", "the port of weights", true}, kPort,
                  weight_port_bits);
  visitor.integer({"result_bits", "bits/cycle", "the port of results", true}, kPort,
                  result_port_bits);
  visitor.end_section();

  visitor.real({"clock_mhz", "MHz", "clock of the array and its ports", true}, {1e-3, 1e5},
               clock_mhz);
  visitor.integer({"batch", "images", "images priced together unless --batch says otherwise"},
                  {1, 65536}, batch);
  visitor.real({"selected_share", "",
                "of the array's tiles, those with a second word (STLQ, Oh et al. 2021: 0.15)"},
               {0, 1}, selected_share);
  visitor.integer(
      {"result_dram_bits", "bits", "of a result in DRAM; 0: as many as the layer's activations"},
      {0, 64}, result_dram_bits);
  energy.show(visitor);
}

void Shift::check(const DocumentValue& document) const {
  const std::int64_t product = activation_bits + (std::int64_t{1} << (weight_bits - 1));
  if (accumulator_bits >= product) return;
  const DocumentValue array = document.at("array");
  throw(array.has("accumulator_bits") ? array.at("accumulator_bits") : array)
      .error(fmt::format("must hold a product of activation_bits ({}) and "
                         "weight_bits ({}): at least {}, got {}",
                         activation_bits, weight_bits, product, accumulator_bits));
}

}  // namespace bitloom::hardware
