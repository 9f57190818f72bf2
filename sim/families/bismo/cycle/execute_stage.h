#pragma once

#include <array>

#include "sim/families/bismo/cycle/operand_buffer.h"
#include "sim/families/bismo/cycle/stage.h"
#include "sim/families/bismo/cycle/token_queue.h"
#include "sim/families/bismo/description.h"

namespace bitloom::cycle {

/// The array: multiplies the tile pairs of a phase in the order outer tile, inner tile, word, inner
/// bit, outer bit, a bit pair a cycle, none before the last beat of its planes has come or, with
/// FetchSync::kBlock, of all planes of the phase.
class ExecuteStage : public StageModule {
 public:
  struct Links {
    std::array<TokenQueue*, 2> ready;  // by operand
    std::array<const OperandBuffer*, 2> buffers;
    std::array<TokenQueue*, 2> buffer_free;
    TokenQueue& result_ready;
    TokenQueue& result_free;
  };

  ExecuteStage(const sc_core::sc_module_name& name, const mapping::Program& program,
               const hardware::Bismo& hardware, Links links, Observer* observer);

  Cycles wait_for(mapping::Operand operand) const {
    return sides_[static_cast<std::size_t>(operand)].wait;
  }
  Cycles drain() const { return drain_; }

 private:
  enum class Doing { kBegin, kAwaitBlocks, kIssue, kRetire, kRelease };
  /// An operand in this phase.
  struct Side {
    TokenQueue* ready;
    const OperandBuffer* buffer;
    TokenQueue* buffer_free;
    std::int64_t tiles = 0;
    std::int64_t bits = 0;
    std::int64_t taken = 0;  // tile-words whose data tokens are
    const std::vector<Cycles>* arrivals = nullptr;
    Cycles wait;  // over the layer

    Cycles arrival(std::int64_t word) const { return (*arrivals)[static_cast<std::size_t>(word)]; }
  };

  void advance() override;
  bool step();
  bool begin();
  bool await_blocks();
  void start();
  bool take(Side& side, std::int64_t tile_word);
  bool issue();
  void issue_as_planes_arrive(std::int64_t outer_word, std::int64_t inner_word);
  bool retire();
  void next_tile_pair();
  bool release();

  Cycles pipeline_;
  Cycles issue_;  // of an instruction
  bool by_block_;
  Links links_;
  std::array<Side, 2> sides_;

  Doing doing_ = Doing::kBegin;
  mapping::ExecuteInstruction execute_{};
  Side* outer_ = nullptr;
  Side* inner_ = nullptr;
  std::int64_t outer_tile_ = 0;
  std::int64_t inner_tile_ = 0;
  std::int64_t word_ = 0;
  Cycles drain_;
};

}  // namespace bitloom::cycle
