#include "sim/families/bismo/instructions.h"

#include "base/error.h"

namespace bitloom::mapping {

std::string_view to_text(Stage stage) {
  switch (stage) {
    case Stage::kFetchActivations:
      return "fetch activations";
    case Stage::kFetchWeights:
      return "fetch weights";
    case Stage::kExecute:
      return "execute";
    case Stage::kResult:
      return "result";
  }
  return "";
}

Stage fetch_stage(Operand operand) {
  return operand == Operand::kActivations ? Stage::kFetchActivations : Stage::kFetchWeights;
}

const WordTransfers& words_of(const Mapping& m, Operand operand) {
  return operand == Operand::kActivations ? m.activation_words : m.weight_words;
}

namespace {

/// Up to a whole number of 64 KiB, so that weights begin where a burst of any DRAM does.
std::uint64_t aligned(std::uint64_t address) {
  constexpr std::uint64_t kAlignment = 1 << 16;
  return (address + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

ScheduleProgram::ScheduleProgram(const Schedule& schedule, const hardware::Bismo& hardware)
    : schedule_(schedule), blocks_in_buffer_(hardware.blocks_in_buffer()) {}

std::int64_t ScheduleProgram::count(Stage stage) const {
  const Mapping& m = schedule_.mapping;
  const std::int64_t phases = m.gemms.count * m.phases_per_gemm();
  return stage == Stage::kResult ? phases / m.chunks.count() : phases;
}

ScheduleProgram::Position ScheduleProgram::position(std::int64_t phase) const {
  const Mapping& m = schedule_.mapping;
  const std::int64_t pair = phase / m.chunks.count();
  const std::int64_t row = pair / m.weights.count();
  return {.gemm = row / m.activations.count(),
          .activation_block = row % m.activations.count(),
          .weight_block = pair % m.weights.count(),
          .chunk = phase % m.chunks.count()};
}

std::uint64_t ScheduleProgram::image_bytes(Operand operand, std::int64_t rows) const {
  const Mapping& m = schedule_.mapping;
  const int bits =
      operand == Operand::kActivations ? m.precision.activation_bits : m.precision.weight_bits;
  return static_cast<std::uint64_t>(rows * bits) *
         static_cast<std::uint64_t>(words_of(m, operand).bytes(m.chunks.words));
}

FetchInstruction ScheduleProgram::fetch(Operand operand, std::int64_t index) const {
  const Mapping& m = schedule_.mapping;
  const Position at = position(index);
  const Phase phase = m.phase(at.activation_block, at.weight_block, at.chunk);
  const bool activations = operand == Operand::kActivations;
  const OperandBlocks& blocks = activations ? m.activations : m.weights;
  const PhaseOperand& shape = activations ? phase.activations : phase.weights;
  const Block block = blocks.block(activations ? at.activation_block : at.weight_block);
  const auto product = static_cast<std::uint64_t>(at.gemm);
  const auto products = static_cast<std::uint64_t>(m.gemms.count);
  const std::uint64_t image = product * image_bytes(operand, blocks.rows);
  const std::uint64_t base =
      activations ? 0 : aligned(products * image_bytes(Operand::kActivations, m.activations.rows));
  // More than one chunk means one tile a block: the chunks of a tile lie behind one another.
  const auto into_tile =
      static_cast<std::uint64_t>(shape.rows() * shape.bits * at.chunk * m.chunks.words_per_chunk *
                                 words_of(m, operand).full.bytes);
  const bool ends = at.chunk + 1 == m.chunks.count();
  return {.phase = index,
          .operand = shape,
          .words = phase.words,
          .address = base + image + image_bytes(operand, block.first_tile * blocks.rows_per_tile) +
                     into_tile,
          .word_bytes = words_of(m, operand).full.bytes,
          .bytes_of_last_word =
              ends ? words_of(m, operand).last.bytes : words_of(m, operand).full.bytes,
          .awaits_buffer = index >= blocks_in_buffer_};
}

ExecuteInstruction ScheduleProgram::execute(std::int64_t index) const {
  const Mapping& m = schedule_.mapping;
  const Position at = position(index);
  return {.phase = index,
          .shape = m.phase(at.activation_block, at.weight_block, at.chunk),
          .outer = schedule_.outer,
          .accumulates = at.chunk > 0,
          .completes = at.chunk + 1 == m.chunks.count(),
          .frees_buffers = index + blocks_in_buffer_ < count(Stage::kExecute)};
}

ResultInstruction ScheduleProgram::result(std::int64_t index) const {
  const Mapping& m = schedule_.mapping;
  const std::int64_t last_chunk = (index + 1) * m.chunks.count() - 1;
  const Position at = position(last_chunk);
  const Phase phase = m.phase(at.activation_block, at.weight_block, at.chunk);
  return {.phase = last_chunk,
          .tile_pairs = phase.activations.tiles * phase.weights.tiles,
          .written_bits = m.written_bits};
}

std::int64_t ListedProgram::count(Stage stage) const {
  switch (stage) {
    case Stage::kFetchActivations:
      return static_cast<std::int64_t>(activations.size());
    case Stage::kFetchWeights:
      return static_cast<std::int64_t>(weights.size());
    case Stage::kExecute:
      return static_cast<std::int64_t>(executes.size());
    case Stage::kResult:
      return static_cast<std::int64_t>(results.size());
  }
  throw InternalError("a stage without instructions");
}

FetchInstruction ListedProgram::fetch(Operand operand, std::int64_t index) const {
  return (operand == Operand::kActivations ? activations : weights)
      .at(static_cast<std::size_t>(index));
}

ExecuteInstruction ListedProgram::execute(std::int64_t index) const {
  return executes.at(static_cast<std::size_t>(index));
}

ResultInstruction ListedProgram::result(std::int64_t index) const {
  return results.at(static_cast<std::size_t>(index));
}

}  // namespace bitloom::mapping
