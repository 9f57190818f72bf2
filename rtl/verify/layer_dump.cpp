#include "rtl/verify/layer_dump.h"

#include <array>

#include "base/error.h"
#include "rtl/verify/beat_stream.h"
#include "rtl/verify/tile_walk.h"

namespace bitloom::verify {
namespace {

constexpr std::int64_t kFieldBits = 32, kInstructionFields = 17, kCodeFields = 16, kTileFields = 5;

/// Of an instruction; the codes of the activations' planes are last.
std::int64_t instruction_bits(const CoreParameters& core) {
  return (kInstructionFields + (core.coefficient_bits > 0 ? kCodeFields : 0)) * kFieldBits;
}

template <std::size_t Count>
std::array<std::uint32_t, Count> fields(const std::int64_t (&values)[Count]) {
  std::array<std::uint32_t, Count> words{};
  for (std::size_t i = 0; i < Count; ++i) words[i] = static_cast<std::uint32_t>(values[i]);
  return words;
}

std::vector<std::uint32_t> fields_of(const Instruction& i) {
  const auto shape =
      fields({i.outer_is_weights, i.clear, i.emit, i.words, i.activations.tiles,
              i.activations.rows_in_last_tile, i.activations.bits, i.activations.is_signed,
              i.activations.beats_per_word, i.activations.beats_of_last_word, i.weights.tiles,
              i.weights.rows_in_last_tile, i.weights.bits, i.weights.is_signed, i.bipolar,
              i.weights.beats_per_word, i.weights.beats_of_last_word});
  std::vector<std::uint32_t> words(shape.begin(), shape.end());
  words.insert(words.end(), i.activation_codes.begin(), i.activation_codes.end());
  return words;
}

void put_value(std::int64_t value, std::int64_t bits, std::int64_t begin,
               std::vector<std::uint32_t>& words) {
  for (std::int64_t i = 0; i < bits; ++i)
    if ((value >> i & 1) != 0)
      words[static_cast<std::size_t>((begin + i) / 32)] |= 1U << ((begin + i) % 32);
}

/// Fills a dump stream by stream.
class Dumper {
 public:
  Dumper(const Workload& workload, const mapping::Schedule& schedule, const CoreParameters& core)
      : workload_(workload),
        schedule_(schedule),
        core_(core),
        dump_{.instructions = HexFile(instruction_bits(core)),
              .activations = HexFile(core.activation_port_bits),
              .weights = HexFile(core.weight_port_bits),
              .codes = HexFile(core.coefficient_bits),
              .tiles = HexFile(kTileFields * kFieldBits),
              .results = HexFile(core.tile_bits())} {}

  LayerDump fill(const std::vector<std::int64_t>& reference) {
    for (PhaseWalk walk(schedule_); !walk.done(); walk.next())
      dump_.instructions.add(fields_of(instruction_of(walk, schedule_, workload_)).data());
    add_beats(Operand::kActivations, dump_.activations);
    add_beats(Operand::kWeights, dump_.weights);
    for (TileWalk walk(schedule_); !walk.done(); walk.next()) add_tile(walk, reference);
    return std::move(dump_);
  }

 private:
  void add_beats(Operand operand, HexFile& file) {
    OperandStore store(workload_, schedule_);
    BeatStream stream(operand, schedule_, core_, store);
    for (; stream.beat() != nullptr; stream.next()) {
      file.add(stream.beat());
      if (operand == Operand::kActivations || core_.coefficient_bits == 0) continue;
      const std::uint32_t code = stream.code();
      dump_.codes.add(&code);
    }
  }

  void add_tile(const TileWalk& tile, const std::vector<std::int64_t>& reference) {
    dump_.tiles.add(fields({tile.phase().gemm, tile.first_pixel(), tile.first_channel(),
                            tile.pixels(), tile.channels()})
                        .data());
    std::vector<std::uint32_t> words(static_cast<std::size_t>(ceil_div(core_.tile_bits(), 32)));
    for (std::int64_t r = 0; r < tile.pixels(); ++r)
      for (std::int64_t c = 0; c < tile.channels(); ++c) {
        const std::int64_t at = output_index(workload_, tile.phase().gemm, tile.first_pixel() + r,
                                             tile.first_channel() + c);
        put_value(reference[static_cast<std::size_t>(at)], core_.accumulator_bits,
                  (r * core_.dn + c) * core_.accumulator_bits, words);
      }
    dump_.results.add(words.data());
  }

  const Workload& workload_;
  const mapping::Schedule& schedule_;
  const CoreParameters& core_;
  LayerDump dump_;
};

}  // namespace

void HexFile::add(const std::uint32_t* words) {
  constexpr const char* kDigits = "0123456789abcdef";
  for (std::int64_t digit = ceil_div(bits_, 4) - 1; digit >= 0; --digit)
    text_ += kDigits[words[digit / 8] >> (digit % 8 * 4) & 15];
  text_ += '\n';
  ++lines_;
}

std::int64_t LayerDump::bytes() const {
  std::size_t bytes = 0;
  for (const HexFile* file : {&instructions, &activations, &weights, &codes, &tiles, &results})
    bytes += file->text().size();
  return static_cast<std::int64_t>(bytes);
}

std::int64_t dump_bytes(const mapping::Schedule& schedule, const CoreParameters& core) {
  const auto line = [](std::int64_t bits) { return ceil_div(bits, 4) + 1; };
  const auto beats = [](const mapping::PhaseOperand& operand, std::int64_t words) {
    return operand.rows() * operand.bits *
           ((words - 1) * operand.beats_per_word + operand.beats_of_last_word);
  };
  std::int64_t bytes = 0;
  for (PhaseWalk walk(schedule); !walk.done(); walk.next()) {
    const mapping::Phase& phase = walk.phase();
    const std::int64_t code_line = core.coefficient_bits > 0 ? line(core.coefficient_bits) : 0;
    bytes += line(instruction_bits(core)) +
             beats(phase.activations, phase.words) * line(core.activation_port_bits) +
             beats(phase.weights, phase.words) * (line(core.weight_port_bits) + code_line);
    if (walk.ends_sums())
      bytes += phase.activations.tiles * phase.weights.tiles *
               (line(kTileFields * kFieldBits) + line(core.tile_bits()));
  }
  return bytes;
}

LayerDump dump_layer(const Workload& workload, const mapping::Schedule& schedule,
                     const CoreParameters& core, const std::vector<std::int64_t>& reference) {
  LayerDump dump = Dumper(workload, schedule, core).fill(reference);
  ensure(dump.bytes() == dump_bytes(schedule, core), "a dump is as large as its schedule says");
  return dump;
}

}  // namespace bitloom::verify
