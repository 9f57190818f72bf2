#pragma once

#include <array>
#include <optional>

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include "sim/cycle/clock.h"
#include "sim/mapping/instructions.h"

namespace bitloom::cycle {

/// A memory that answers each request `latency` after it is made, any number at a time, at the full
/// rate of the ports; with a stall seed, planes come late by mapping::stall_before. It stores
/// nothing.
class Memory : public sc_core::sc_module {
 public:
  Memory(const sc_core::sc_module_name& name, const Clock& clock, Cycles latency,
         std::optional<std::uint64_t> stall_seed);

  tlm::tlm_target_socket<>& socket(mapping::Operand operand) {
    return sockets_[static_cast<std::size_t>(operand)];
  }

 private:
  tlm::tlm_sync_enum nb_transport_fw(int operand, tlm::tlm_generic_payload& read,
                                     tlm::tlm_phase& phase, sc_core::sc_time& delay);

  std::array<tlm_utils::simple_target_socket_tagged<Memory>, 2> sockets_;
  std::array<std::int64_t, 2> planes_read_{};
  sc_core::sc_time latency_;
  std::optional<std::uint64_t> stall_seed_;
};

}  // namespace bitloom::cycle
