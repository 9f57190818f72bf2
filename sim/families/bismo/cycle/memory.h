#pragma once

#include <array>
#include <deque>
#include <optional>

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include "sim/families/bismo/cycle/plane_waits.h"
#include "sim/families/bismo/description.h"
#include "sim/families/bismo/instructions.h"
#include "sim/kit/systemc/clock.h"
#include "sim/kit/systemc/dram.h"

namespace bitloom::cycle {

/// The memory that a hardware describes. Without DRAM it answers each request at once, any number
/// at a time, at the full rate of the ports; with DRAM, requests of both ports in the order of
/// their turns. The hardware's latency comes before; with a stall seed, planes come late by
/// sim::stall_before. It stores nothing.
class Memory : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Memory);
  /// `program` is the one whose results are written to DRAM; it outlives the memory.
  Memory(const sc_core::sc_module_name& name, const Clock& clock, const hardware::Bismo& hardware,
         const mapping::Program& program, std::optional<std::uint64_t> stall_seed);

  tlm::tlm_target_socket<>& socket(mapping::Operand operand) { return port(operand).socket; }
  /// Converts the program's activations before anything else; the cycle of memory in which the
  /// accelerator's cycle 0 begins.
  Cycles convert();
  /// Writes what is left of the results; the first cycle after all that DRAM has written.
  Cycles finish();
  /// Nothing without DRAM.
  std::optional<cost::DramActions> dram_actions() const;

 private:
  struct Request {
    tlm::tlm_generic_payload* read;
    Cycles at;
    Turn turn;
  };
  struct Port {
    tlm_utils::simple_target_socket_tagged<Memory> socket;
    std::int64_t planes_read = 0;
    std::deque<Request> waiting;
    Turn next;  // of the first request that is not here yet
    Turn turn() const { return waiting.empty() ? next : waiting.front().turn; }
  };

  tlm::tlm_sync_enum nb_transport_fw(int operand, tlm::tlm_generic_payload& read,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);
  void stall(int operand, PlaneWaits& waits);
  Cycles read_dram(int operand, const Request& request);
  void write_results_before(Turn turn);
  void write(std::int64_t bytes);
  int first_in_turn() const;
  void serve(const tlm::tlm_generic_payload* from_caller, Cycles& answer);
  void tell(int operand, tlm::tlm_generic_payload& read, Cycles answer);
  void overdue();
  Port& port(mapping::Operand operand) { return ports_[static_cast<std::size_t>(operand)]; }
  Port& port(int operand) { return ports_[static_cast<std::size_t>(operand)]; }

  Clock clock_;
  std::array<Port, 2> ports_;
  Cycles latency_;
  std::int64_t conversion_port_bits_;
  Cycles start_;  // of the accelerator
  std::optional<std::uint64_t> stall_seed_;
  std::optional<Dram> dram_;
  const mapping::Program& program_;
  /// The results of a phase that are not yet all written.
  struct Results {
    std::int64_t phase = -1;
    std::int64_t bytes = 0;
    std::int64_t beats = 0;  // of the phase's reads
    std::int64_t written = 0;
  };
  bool next_results(std::int64_t phase);
  Results results_;
  std::int64_t result_instruction_ = 0;
  std::uint64_t result_address_ = 0;
  Cycles last_request_;
  Cycles written_;
  sc_core::sc_event overdue_;
};

}  // namespace bitloom::cycle
