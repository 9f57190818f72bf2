#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/families/bismo/description.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::mapping {

enum class Operand { kActivations, kWeights };

/// BISMO's stages, each driven by an instruction stream of its own.
enum class Stage { kFetchActivations, kFetchWeights, kExecute, kResult };
constexpr int kStages = 4;

/// `fetch activations`, `fetch weights`, `execute` or `result`.
std::string_view to_text(Stage stage);
Stage fetch_stage(Operand operand);
const WordTransfers& words_of(const Mapping& mapping, Operand operand);

/// Accumulator banks that the execute stage may fill before the result stage has emptied one: the
/// tokens of Queue::kResultFree at the start.
constexpr int kResultBanks = 1;

/// Fills one operand's buffers with a block: `tiles` x `words` tile-words, in that order, each one
/// `bits` planes (LSB first) of a tile's rows. Memory holds them in the same order without gaps, a
/// row's word of a plane in whole bytes. Tokens: takes "buffer free" if `awaits_buffer`, then sends
/// "data ready" once a tile-word, or once in all where execute waits for blocks.
struct FetchInstruction {
  std::int64_t phase;  // the phase that it feeds, counted from 0 over the layer
  PhaseOperand operand;
  std::int64_t words;               // of each tile
  std::uint64_t address;            // byte of memory where the block starts
  std::int64_t word_bytes;          // of one row's word in one plane
  std::int64_t bytes_of_last_word;  // of the block's last word
  bool awaits_buffer;

  std::int64_t tile_words() const { return operand.tiles * words; }
};

/// Multiplies all tile pairs of a phase.
/// Tokens: takes "data ready" of both operands at the first use of each tile-word, or once at the
/// start; if `completes`, takes "result free" and sends "result ready" once a tile pair; at its end
/// sends "buffer free" to both fetch stages if `frees_buffers`.
struct ExecuteInstruction {
  std::int64_t phase;
  Phase shape;
  OuterOperand outer;
  bool accumulates;  // onto the sums of the chunk before; otherwise from zero
  bool completes;    // its sums are final: the last chunk of K
  bool frees_buffers;
};

/// Copies the sums of the tile pairs of execute instruction `phase` away. Tokens: takes "result
/// ready" and sends "result free" once a tile pair.
struct ResultInstruction {
  std::int64_t phase;
  std::int64_t tile_pairs;
  std::int64_t written_bits = 0;  // of each result that leaves for DRAM; 0: whole tile pairs of
                                  // accumulators leave for somewhere on the chip
};

/// The instruction streams of a layer. Instructions are made when asked for: a stream may have
/// billions.
class Program {
 public:
  virtual ~Program() = default;
  virtual std::int64_t count(Stage stage) const = 0;
  virtual FetchInstruction fetch(Operand operand, std::int64_t index) const = 0;
  virtual ExecuteInstruction execute(std::int64_t index) const = 0;
  virtual ResultInstruction result(std::int64_t index) const = 0;
  /// Before the first instruction.
  virtual Conversion conversion() const { return {}; }
};

/// What a schedule makes the stages do: one fetch of each operand and one execute instruction a
/// phase, one result instruction for the phases of a tile pair's chunks. Each product's activations
/// lie in memory behind the ones of the product before it, then, from a multiple of 64 KiB on, each
/// product's weights.
class ScheduleProgram final : public Program {
 public:
  ScheduleProgram(const Schedule& schedule, const hardware::Bismo& hardware);

  std::int64_t count(Stage stage) const override;
  FetchInstruction fetch(Operand operand, std::int64_t index) const override;
  ExecuteInstruction execute(std::int64_t index) const override;
  ResultInstruction result(std::int64_t index) const override;
  Conversion conversion() const override { return schedule_.mapping.conversion; }

 private:
  struct Position {
    std::int64_t gemm;
    std::int64_t activation_block;
    std::int64_t weight_block;
    std::int64_t chunk;
  };
  Position position(std::int64_t phase) const;
  std::uint64_t image_bytes(Operand operand, std::int64_t rows) const;

  Schedule schedule_;
  std::int64_t blocks_in_buffer_;
};

/// Instructions written out one by one.
struct ListedProgram final : Program {
  std::vector<FetchInstruction> activations;
  std::vector<FetchInstruction> weights;
  std::vector<ExecuteInstruction> executes;
  std::vector<ResultInstruction> results;

  std::int64_t count(Stage stage) const override;
  FetchInstruction fetch(Operand operand, std::int64_t index) const override;
  ExecuteInstruction execute(std::int64_t index) const override;
  ResultInstruction result(std::int64_t index) const override;
};

}  // namespace bitloom::mapping
