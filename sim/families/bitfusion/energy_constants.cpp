// The energy constants of a description: declared, and taken from named memories.
#include <algorithm>

#include <fmt/format.h>

#include "sim/families/bitfusion/description.h"

namespace bitloom::hardware {
namespace {

/// A scratchpad whose banks are of a named memory.
struct NamedScratchpad {
  const char* bytes_key;  // of section scratchpads
  const char* memory_key;
  std::int64_t bank_bytes;
  std::int64_t word_bits;
  std::string constants;  // how the names of its constants begin
  SourcedConstant* read_word_pj;
  SourcedConstant* write_word_pj;
  SourcedConstant* bank_mw;
};

void take_from(const MemoryTable& table, const DocumentValue& name,
               const std::vector<std::string>& left_out, const NamedScratchpad& pad) {
  if (table.word_bits != pad.word_bits)
    throw name.error(fmt::format("its words have {} bits, those of the scratchpad {}",
                                 table.word_bits, pad.word_bits));
  const MemoryBank* bank = table.holding(pad.bank_bytes);
  if (!bank)
    throw name.error(fmt::format("has banks of at most {} B, scratchpads.{} needs {} B",
                                 table.banks.back().bytes, pad.bytes_key, pad.bank_bytes));
  const std::string source = fmt::format("{}, {} B bank", table.source, bank->bytes);
  const auto take = [&](const std::string& constant, SourcedConstant& into, double value) {
    if (std::find(left_out.begin(), left_out.end(), pad.constants + constant) != left_out.end())
      into = {value, source};
  };
  take("_read_word_pj", *pad.read_word_pj, bank->read_word_pj);
  take("_write_word_pj", *pad.write_word_pj, bank->write_word_pj);
  take("_bank_mw", *pad.bank_mw, bank->leakage_mw);
}

}  // namespace

void BitFusionEnergy::show(FieldVisitor& visitor, const BitFusionMemories& memories) {
  const auto constant = [&](std::string_view name, std::string_view doc, SourcedConstant& value,
                            bool required = true) {
    show_constant(visitor, {name, "pJ", doc, required}, kPicojoules, value);
  };
  const auto leakage = [&](std::string_view name, std::string_view doc, SourcedConstant& value,
                           bool required = false) {
    show_constant(visitor, {name, "mW", doc, required}, kMilliwatts, value);
  };
  const bool weights = memories.weights.empty(), outputs = memories.outputs.empty();
  const bool activations = memories.activations.empty();
  visitor.begin_section({"energy", "", "energy per action, each with its source", true});
  show_technology(visitor, technology);
  constant("unit_cycle_pj", "a fusion unit in a cycle, all its bricks at work", unit_cycle_pj);
  constant("idle_unit_cycle_pj", "a fusion unit in a cycle without work", idle_unit_cycle_pj);
  constant("wbuf_read_word_pj", "a word (unit_bits^2 / brick_bits) read of a weight bank",
           wbuf_read_word_pj, weights);
  constant("wbuf_write_word_pj", "a word written to a weight bank", wbuf_write_word_pj, weights);
  constant("ibuf_read_word_pj", "a word (unit_bits^2 / brick_bits) read of an activation bank",
           ibuf_read_word_pj, activations);
  constant("ibuf_write_word_pj", "a word written to an activation bank", ibuf_write_word_pj,
           activations);
  constant("obuf_read_word_pj", "a 32-bit word read of an output bank", obuf_read_word_pj, outputs);
  constant("obuf_write_word_pj", "a 32-bit word written to an output bank", obuf_write_word_pj,
           outputs);
  constant("dram_bit_pj", "one bit over the port: DRAM and its interface", dram_bit_pj);
  leakage("wbuf_bank_mw", "leakage of a weight bank, at all times", wbuf_bank_mw);
  leakage("ibuf_bank_mw", "leakage of an activation bank", ibuf_bank_mw);
  leakage("obuf_bank_mw", "leakage of an output bank", obuf_bank_mw);
  leakage("static_mw", "leakage of all but the banks, drawn at all times", static_mw, true);
  visitor.end_section();
}

double BitFusion::leakage_mw() const {
  const auto of = [](std::int64_t banks, const SourcedConstant& each) {
    return static_cast<double>(banks) * each.value;
  };
  return energy.static_mw.value + of(units(), energy.wbuf_bank_mw) + of(rows, energy.ibuf_bank_mw) +
         of(columns, energy.obuf_bank_mw);
}

void BitFusion::complete(const DocumentValue& document, const FindMemory& memory) {
  const std::vector<std::string> left_out =
      constants_left_out(document, [&](FieldVisitor& visitor) { show(visitor); });
  BitFusionEnergy& e = energy;
  for (const NamedScratchpad& pad :
       {NamedScratchpad{"weight_bytes", "weight_memory", weight_bytes / units(),
                        operand_word_bits(), "wbuf", &e.wbuf_read_word_pj, &e.wbuf_write_word_pj,
                        &e.wbuf_bank_mw},
        NamedScratchpad{"activation_bytes", "activation_memory", activation_bytes / rows,
                        operand_word_bits(), "ibuf", &e.ibuf_read_word_pj, &e.ibuf_write_word_pj,
                        &e.ibuf_bank_mw},
        NamedScratchpad{"output_bytes", "output_memory", output_bytes / columns, kAccumulatorBits,
                        "obuf", &e.obuf_read_word_pj, &e.obuf_write_word_pj, &e.obuf_bank_mw}}) {
    const DocumentValue scratchpads = document.at("scratchpads");
    if (!scratchpads.has(pad.memory_key)) continue;
    const DocumentValue name = scratchpads.at(pad.memory_key);
    take_from(memory(name), name, left_out, pad);
  }
}

}  // namespace bitloom::hardware
