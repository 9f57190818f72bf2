#include "sim/cycle/memory.h"

#include "sim/cycle/plane_waits.h"
#include "sim/mapping/stalls.h"

namespace bitloom::cycle {

Memory::Memory(const sc_core::sc_module_name& name, const Clock& clock, Cycles latency,
               std::optional<std::uint64_t> stall_seed)
    : sc_module(name), latency_(clock.span(latency)), stall_seed_(stall_seed) {
  for (int operand = 0; operand < 2; ++operand)
    sockets_[static_cast<std::size_t>(operand)].register_nb_transport_fw(
        this, &Memory::nb_transport_fw, operand);
}

tlm::tlm_sync_enum Memory::nb_transport_fw(int operand, tlm::tlm_generic_payload& read,
                                           tlm::tlm_phase&, sc_core::sc_time& delay) {
  auto* waits = read.get_extension<PlaneWaits>();
  if (stall_seed_ && waits) {
    std::int64_t& plane = planes_read_[static_cast<std::size_t>(operand)];
    for (int i = 0; i < waits->planes; ++i)
      waits->cycles[static_cast<std::size_t>(i)] =
          mapping::stall_before(*stall_seed_, static_cast<mapping::Operand>(operand), plane++);
  }
  read.set_response_status(tlm::TLM_OK_RESPONSE);
  delay += latency_;
  return tlm::TLM_COMPLETED;
}

}  // namespace bitloom::cycle
