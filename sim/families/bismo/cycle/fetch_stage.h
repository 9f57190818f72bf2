#pragma once

#include "sim/families/bismo/cycle/operand_buffer.h"
#include "sim/families/bismo/cycle/read_port.h"
#include "sim/families/bismo/cycle/stage.h"
#include "sim/families/bismo/cycle/token_queue.h"
#include "sim/families/bismo/description.h"
#include "sim/kit/systemc/clock.h"

namespace bitloom::cycle {

/// Fills one operand's buffers: waits for them to be free, reads tile-word after tile-word, and
/// announces each, or with FetchSync::kBlock all at once, to the execute stage with the arrivals of
/// its planes. A read is requested only when the queue has room for its token. It runs ahead of
/// SystemC's time by up to `quantum`.
class FetchStage : public StageModule, private Reader {
 public:
  struct Links {
    ReadPort& port;
    OperandBuffer& buffer;
    TokenQueue& ready;
    TokenQueue& buffer_free;
  };

  FetchStage(const sc_core::sc_module_name& name, mapping::Operand operand,
             const mapping::Program& program, const hardware::Bismo& hardware, const Clock& clock,
             const sc_core::sc_time& quantum, Links links, Observer* observer);

 private:
  void advance() override;
  bool begin();
  bool request_next();
  TileWordRead read_of(std::int64_t tile_word) const;
  Turn turn_after_instruction() const;
  void arrived(const TileWordRead& read, std::span<const Cycles> planes) override;
  void memory_moved() override;

  mapping::Operand operand_;
  Cycles issue_;  // of an instruction
  bool by_block_;
  Clock clock_;
  sc_core::sc_time quantum_;
  Links links_;

  bool running_ = false;
  mapping::FetchInstruction fetch_{};
  Cycles earliest_;  // no request of this instruction before
  std::uint64_t address_ = 0;
  std::int64_t requested_ = 0;  // tile-words of this instruction
  std::int64_t arrived_ = 0;
  std::int64_t beats_ = 0;  // of what has been requested
};

}  // namespace bitloom::cycle
