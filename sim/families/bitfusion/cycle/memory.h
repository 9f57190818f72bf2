#pragma once

#include <optional>

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include "sim/kit/stalls.h"
#include "sim/kit/systemc/clock.h"

namespace bitloom::cycle::bitfusion {

/// A memory that answers each request `latency` later, any number at a time; with a stall seed some
/// later still, by sim::stall_before of the request's number. It stores nothing.
class Memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Memory> socket;

  Memory(const sc_core::sc_module_name& name, const Clock& clock, Cycles latency,
         std::optional<std::uint64_t> stall_seed)
      : sc_module(name),
        socket("socket"),
        clock_(clock),
        latency_(latency),
        stall_seed_(stall_seed) {
    socket.register_b_transport(this, &Memory::b_transport);
  }

 private:
  void b_transport(tlm::tlm_generic_payload& transaction, sc_core::sc_time& delay) {
    const int port = transaction.is_write() ? 1 : 0;
    Cycles late = latency_;
    if (stall_seed_) late += sim::stall_before(*stall_seed_, port, requests_++);
    delay += clock_.span(late);
    transaction.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  Clock clock_;
  Cycles latency_;
  std::optional<std::uint64_t> stall_seed_;
  std::int64_t requests_ = 0;
};

}  // namespace bitloom::cycle::bitfusion
