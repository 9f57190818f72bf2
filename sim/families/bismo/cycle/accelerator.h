#pragma once

#include <array>
#include <optional>

#include <systemc>

#include "sim/families/bismo/counters.h"
#include "sim/families/bismo/cycle/execute_stage.h"
#include "sim/families/bismo/cycle/fetch_stage.h"
#include "sim/families/bismo/cycle/operand_buffer.h"
#include "sim/families/bismo/cycle/read_port.h"
#include "sim/families/bismo/cycle/result_stage.h"
#include "sim/families/bismo/cycle/token_queue.h"
#include "sim/families/bismo/description.h"
#include "sim/kit/timing.h"

namespace bitloom::cycle {

/// What a simulation may choose beside the hardware description.
struct AcceleratorOptions {
  sc_core::sc_time period;                          // of a clock cycle, above 0
  std::int64_t outstanding_reads = 8;               // of a port, at least 1
  std::optional<mapping::QueueDepths> depths = {};  // QueueDepths::of_hardware unless given
  Observer* observer = nullptr;                     // outlives the accelerator
  mapping::StreamStalls stream_stalls = {};         // closed cycles of the data streams
  /// How far ahead of SystemC's time reads may be made, told to memory as their delay (IEEE 1666,
  /// temporal decoupling). At 0 a port waits for the time of each read, as a memory needs for which
  /// it matters which port asks first; else the kernel has nothing to do for one that answers at
  /// once.
  sc_core::sc_time quantum = {};

  /// The period of the hardware's clock, to SystemC's resolution.
  static AcceleratorOptions of_hardware(const hardware::Bismo& hardware);
};

/// A BISMO overlay that runs one program, from time 0 on. Bind the socket of each port to a memory,
/// then start SystemC; it ends by itself. The program outlives it. A UserError from the constructor
/// names what is wrong with the program (mapping::find_token_fault).
class Accelerator : public sc_core::sc_module {
 public:
  Accelerator(const sc_core::sc_module_name& name, const hardware::Bismo& hardware,
              const mapping::Program& program, const AcceleratorOptions& options);

  /// The read port of an operand; its initiator socket is to be bound.
  tlm_utils::simple_initiator_socket<ReadPort>& socket(mapping::Operand operand) {
    return port(operand).socket;
  }

  /// Whether the program has ended; in a design with a clock of its own, which never lets
  /// sc_start() return, ask now and then.
  bool finished() const;
  /// A UserError says why the program has not ended: memory refused a read, or never answered one.
  void require_finished() const;
  /// Both hold once the program has ended.
  cost::Timing timing() const;
  Counters counters() const;
  /// How often SystemC's kernel has run the stages' processes, the start of each included.
  std::int64_t wakes() const;

 private:
  ReadPort& port(mapping::Operand operand) {
    return operand == mapping::Operand::kActivations ? activation_port_ : weight_port_;
  }
  TokenQueue& queue(mapping::Queue name) { return queues_[static_cast<std::size_t>(name)]; }
  StageModule& stage(mapping::Stage stage);
  const StageModule& stage(mapping::Stage stage) const;
  ExecuteStage::Links execute_links();
  void connect_queues();

  std::array<TokenQueue, mapping::kQueues> queues_;
  OperandBuffer activation_buffer_;
  OperandBuffer weight_buffer_;
  ReadPort activation_port_;
  ReadPort weight_port_;
  FetchStage fetch_activations_;
  FetchStage fetch_weights_;
  ExecuteStage execute_;
  ResultStage result_;
};

}  // namespace bitloom::cycle
