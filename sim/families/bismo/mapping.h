#pragma once

#include <cstdint>

#include "models/graph/precision.h"
#include "sim/families/bismo/conversion.h"
#include "sim/families/bismo/description.h"
#include "sim/kit/gemm.h"

namespace bitloom::mapping {

/// One operand of a phase: the tiles of a block that its buffers hold.
struct PhaseOperand {
  std::int64_t tiles;
  std::int64_t rows_per_tile;
  std::int64_t rows_in_last_tile;
  std::int64_t bits;
  std::int64_t beats_per_word;      // of one row's word in one bit-plane
  std::int64_t beats_of_last_word;  // of the phase's last word

  std::int64_t rows() const { return (tiles - 1) * rows_per_tile + rows_in_last_tile; }
};

/// Work between two loads of the buffers: all tile pairs of an activation block and a weight block,
/// over `words` words of K.
struct Phase {
  PhaseOperand activations;
  PhaseOperand weights;
  std::int64_t words;

  /// Cycles in which the array issues: one per bit pair of one word of one tile pair.
  std::int64_t issue_slots() const {
    return activations.tiles * weights.tiles * words * activations.bits * weights.bits;
  }
  /// In which results of `bits` each lie, those of all tile pairs.
  Bytes result_bytes(std::int64_t bits) const {
    return bytes_holding(Bits(activations.rows() * weights.rows() * bits));
  }
};

/// A consecutive part of an operand's tiles.
struct Block {
  std::int64_t first_tile;
  std::int64_t tiles;
  std::int64_t rows_in_last_tile;
};

/// An operand's rows cut into tiles of the array's height and blocks of what its buffers hold.
struct OperandBlocks {
  std::int64_t rows;
  std::int64_t rows_per_tile;
  std::int64_t tiles_per_block;

  std::int64_t tiles() const { return ceil_div(rows, rows_per_tile); }
  std::int64_t count() const { return ceil_div(tiles(), tiles_per_block); }
  Block block(std::int64_t index) const;
};

/// K cut into chunks of whole words; one chunk holds all of K unless a single tile overfills its
/// buffers.
struct Chunks {
  std::int64_t words;
  std::int64_t words_per_chunk;

  std::int64_t count() const { return ceil_div(words, words_per_chunk); }
  std::int64_t words_of(std::int64_t chunk) const {
    return chunk + 1 < count() ? words_per_chunk : words - chunk * words_per_chunk;
  }
};

/// How one word of one row in one bit-plane comes from memory.
struct WordTransfer {
  std::int64_t beats;
  std::int64_t bytes;
};
struct WordTransfers {
  WordTransfer full;  // a word of dk bits
  WordTransfer last;  // the word that holds the end of K

  /// Of all words of a row.
  std::int64_t beats(std::int64_t words) const { return (words - 1) * full.beats + last.beats; }
  std::int64_t bytes(std::int64_t words) const { return (words - 1) * full.bytes + last.bytes; }
};

/// How a layer runs on a BISMO overlay: `gemms.count` times the phases of every (activation block,
/// weight block, chunk), in that nesting, chunks innermost. All engines execute this.
struct Mapping {
  LayerGemms gemms;
  graph::Precision precision;
  OperandBlocks activations;
  OperandBlocks weights;
  Chunks chunks;
  WordTransfers activation_words;
  bool windows_share_pixels = false;  // made on the fly: activation words come in part
  WordTransfers weight_words;
  std::int64_t written_bits = 0;  // of each result that leaves for DRAM; 0: none do
  Conversion conversion = {};     // before the first phase

  std::int64_t phases_per_gemm() const {
    return activations.count() * weights.count() * chunks.count();
  }
  Phase phase(std::int64_t activation_block, std::int64_t weight_block, std::int64_t chunk) const;
};

/// Which operand's tiles the outer loop of a phase walks.
enum class OuterOperand { kActivations, kWeights };

/// What an engine runs: a mapping and the loop order chosen for it.
struct Schedule {
  Mapping mapping;
  OuterOperand outer = OuterOperand::kActivations;
};

/// Maps `layer` onto `hardware` (docs/reference/timing.md, "Blocking"). A UserError names the layer
/// and the knob in the way: a word with all its bit-planes that no buffer holds, a sum that could
/// overflow the accumulators, or cycles or actions beyond 64 bits.
Mapping map_layer(const graph::LayerShape& layer, graph::Precision precision,
                  const hardware::Bismo& hardware, std::int64_t batch,
                  const sim::Neighbors& neighbors = {});

}  // namespace bitloom::mapping
