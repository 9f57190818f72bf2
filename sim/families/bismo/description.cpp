#include "sim/families/bismo/description.h"

#include <algorithm>

#include "sim/families/bismo/area.h"
#include "sim/kit/default_energies.h"

namespace bitloom::hardware {
namespace {

template <class Enum>
void choose(FieldVisitor& visitor, const FieldInfo& info, const std::vector<std::string>& names,
            Enum& value) {
  auto chosen = static_cast<std::size_t>(value);
  visitor.choice(info, names, chosen);
  value = static_cast<Enum>(chosen);
}

}  // namespace

Layout::Layout()
    : convert_bit_pj{0.22,
                     "assumption: a LUT and its flip-flop a bit, popcount_bit_pj / 2.04 LUT "
                     "(docs/reference/energy.md)"} {}

std::int64_t Layout::stored_bits(std::int64_t bits) const {
  constexpr std::int64_t kByte = 8;
  return convert == Conversion::kAll ? ceil_div(bits, kByte) * kByte : bits;
}

void Layout::show(FieldVisitor& visitor) {
  visitor.begin_section(kSection);
  choose(visitor,
         {"im2col", "",
          "where windows become matrix rows: in DRAM, by the host; or while they are fetched"},
         {"host", "on_the_fly"}, im2col);
  choose(visitor,
         {"convert", "",
          "whose activations are converted to bit-planes: nobody's, those that differ in bits from "
          "what was written, or all layers'"},
         {"none", "differing", "all"}, convert);
  visitor.integer({"port_bits", "bits/cycle",
                   "the port through which that conversion reads and writes in turn"},
                  {0, 1 << 16}, port_bits);
  show_constant(visitor, {"convert_bit_pj", "pJ", "one bit read or written by that conversion"},
                kPicojoules, convert_bit_pj);
  visitor.end_section();
}

double Bismo::peak_binary_tops() const {
  constexpr double kOperationsPerMac = 2;  // AND and add
  return kOperationsPerMac * static_cast<double>(peak_bit_macs_per_cycle()) * clock_mhz * 1e-6;
}

std::int64_t Bismo::result_beats(std::int64_t results, std::int64_t bits) const {
  return result_port_bits == 0 ? 1 : ceil_div(results * bits, result_port_bits);
}

std::int64_t Bismo::bram36_blocks() const {
  constexpr std::int64_t kBlockBits = 32;  // of a BRAM36's port, at 1024 words
  constexpr std::int64_t kBlockWords = 1024;
  const auto blocks = [](std::int64_t bits, std::int64_t words) {
    return ceil_div(bits, kBlockBits) * ceil_div(words, kBlockWords);
  };
  return dm * blocks(dk, activation_buffer_words) +
         dn * blocks(dk + code_bits(), weight_buffer_words);
}

double Bismo::array_luts() const {
  const DpuFit& unit = multiplies() ? kScaledDpuLuts : kDpuLuts;
  return static_cast<double>(dm * dn) * unit.of(dk, accumulator_bits);
}

double Bismo::array_flip_flops() const {
  const DpuFit& unit = multiplies() ? kScaledDpuFlipFlops : kDpuFlipFlops;
  return static_cast<double>(dm * dn) * unit.of(dk, accumulator_bits);
}

std::int64_t Bismo::array_dsp_blocks() const {
  if (!multiplies()) return 0;
  return dm * dn * scaled_dpu_dsp_blocks(coefficient_bits) +
         dn * plane_factor_dsp_blocks(coefficient_bits);
}

double Bismo::published_array_luts() const {
  return static_cast<double>(dm * dn) * published_dpu_luts(dk);
}

void Bismo::show(FieldVisitor& visitor) {
  constexpr IntegerRange kWords{1, 1 << 20};
  constexpr IntegerRange kPort{1, 1 << 16};
  constexpr IntegerRange kResultPort{0, 1 << 26};  // the widest tile pair: 1024 x 1024 x 64
  constexpr IntegerRange kIssue{0, 1 << 16};
  std::string family = "bismo";
  visitor.text({"family", "", "kind of hardware: bismo", true}, family);
  visitor.text({"description", "", "one line for `list hardware`"}, description);

  visitor.begin_section({"array", "", "the dm x dn array of dot-product units (DPUs)", true});
  visitor.integer({"dm", "rows", "DPU rows, one output pixel each", true}, {1, 1024}, dm);
  visitor.integer({"dk", "bits", "bits of a DPU's AND and popcount; a buffer word", true},
                  {1, 4096}, dk);
  visitor.integer({"dn", "columns", "DPU columns, one output channel each", true}, {1, 1024}, dn);
  visitor.end_section();

  visitor.begin_section({"buffers", "", "operand memories, words of dk bits", true});
  visitor.integer({"activation_words", "words", "per array row", true}, kWords,
                  activation_buffer_words);
  visitor.integer({"weight_words", "words", "per array column", true}, kWords, weight_buffer_words);
  visitor.end_section();

  visitor.begin_section({"ports", "", "from DRAM into the buffers, and of results", true});
  visitor.integer({"activation_bits", "bits/cycle", "a beat of the activation port", true}, kPort,
                  activation_port_bits);
  visitor.integer({"weight_bits", "bits/cycle", "a beat of the weight port", true}, kPort,
                  weight_port_bits);
  visitor.integer({"result_bits", "bits/cycle",
                   "the port through which a finished tile pair's results leave; 0: all at once, "
                   "hidden"},
                  kResultPort, result_port_bits);
  choose(visitor,
         {"write_back", "",
          "what leaves for DRAM: nothing, 32-bit sums (accumulator_bits), or results requantized "
          "to the bits of the activations that they become"},
         {"none", "accumulators", "activations"}, write_back);
  visitor.end_section();

  visitor.real({"clock_mhz", "MHz", "clock of the array and its ports", true}, {1e-3, 1e5},
               clock_mhz);
  visitor.integer({"batch", "images", "images priced together unless --batch says otherwise"},
                  {1, 65536}, batch);
  choose(visitor,
         {"coefficients", "",
          "what a pair of bit-planes weighs: a power of two, or the product of two codes of "
          "coefficient_bits"},
         {"shift", "fixed_point"}, coefficients);
  visitor.integer({"coefficient_bits", "bits",
                   "of a plane's code; an operand's codes add up to less than 2 to that power"},
                  {1, 16}, coefficient_bits);

  visitor.begin_section({"timing", "", "further rules of docs/reference/timing-knobs.md"});
  visitor.integer({"accumulator_bits", "bits", "a layer that could overflow them is refused"},
                  {8, 64}, accumulator_bits);
  visitor.integer({"pipeline_cycles", "cycles", "issue to retirement, charged once a phase"},
                  {0, 1024}, pipeline_cycles);
  visitor.integer({"memory_latency_cycles", "cycles",
                   "a read request to its first beat; without dram only the cycle engine sees it"},
                  {0, 1000000}, memory_latency_cycles);
  choose(visitor,
         {"fetch_sync", "", "what a bit pair waits for: its planes, or all planes of its phase"},
         {"plane", "block"}, fetch_sync);
  visitor.boolean({"overlap", "",
                   "whether a phase is fetched while the one before computes, each in half of the "
                   "buffers"},
                  overlap);
  visitor.integer({"fetch_issue_cycles", "cycles", "before a fetch stage begins an instruction"},
                  kIssue, fetch_issue_cycles);
  visitor.integer({"execute_issue_cycles", "cycles", "before the array begins a phase"}, kIssue,
                  execute_issue_cycles);
  visitor.integer({"result_issue_cycles", "cycles", "before a phase's first results leave"}, kIssue,
                  result_issue_cycles);
  visitor.end_section();

  if (layout.is_described)
    layout.show(visitor);
  else
    visitor.absent_section(Layout::kSection);
  if (dram)
    dram->show(visitor);
  else
    visitor.absent_section(Dram::kSection);
  energy.show(visitor, {.dram_bit = !dram, .multiply = multiplies()});
}

void Bismo::check(const DocumentValue& document) const {
  if (dram) dram->check(document.at("dram"));
  if (write_back != WriteBack::kNone && result_port_bits == 0)
    throw document.at("ports")
        .at("write_back")
        .error("needs a port: ports.result_bits must be at least 1, is 0");
  if (layout.converts() && layout.port_bits == 0)
    throw document.at("layout").at("convert").error("needs layout.port_bits of at least 1, is 0");
}

sim::DefaultEnergies Bismo::complete(const DocumentValue& document) {
  std::vector<std::string> names =
      constants_left_out(document, [&](FieldVisitor& visitor) { show(visitor); });
  if (!layout.converts()) std::erase(names, "layout.convert_bit_pj");
  const auto is_left_out = [&](const char* name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (std::erase(names, "multiply_pj") > 0)  // a share of a constant that is told of
    energy.multiply_pj = BismoEnergy::default_multiply_pj(energy.accumulate_pj.value);
  if (is_left_out("idle_dpu_pj")) energy.idle_dpu_pj = BismoEnergy::default_idle_dpu_pj(dk);
  if (is_left_out("static_mw")) energy.static_mw = BismoEnergy::default_static_mw(dm * dn, dk);
  const bool gives_some = document.has("energy") && document.at("energy").is_mapping() &&
                          !document.at("energy").entries().empty();
  if (gives_some && !document.at("energy").has("technology")) energy.technology.clear();
  return {std::move(names), gives_some, std::string(BismoEnergy::kDefaultTechnology)};
}

}  // namespace bitloom::hardware
