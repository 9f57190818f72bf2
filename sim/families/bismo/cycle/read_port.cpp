#include "sim/families/bismo/cycle/read_port.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::cycle {

ReadPort::ReadPort(const sc_core::sc_module_name& name, const Clock& clock,
                   std::int64_t outstanding, const StalledStream& stream)
    : sc_module(name),
      socket("socket"),
      clock_(clock),
      stream_(stream),
      pending_(static_cast<std::size_t>(outstanding)) {
  socket.register_nb_transport_bw(this, &ReadPort::nb_transport_bw);
}

std::optional<Cycles> ReadPort::ready() const {
  const auto ring = static_cast<std::int64_t>(pending_.size());
  if (request_open_ || requested_ - retired_ == ring) return std::nullopt;
  return pending_[static_cast<std::size_t>(requested_ % ring)].end;
}

void ReadPort::request(const TileWordRead& read, Cycles at) {
  tlm::tlm_generic_payload& transaction = pool_.take(read.address, read.bytes, read.planes);
  auto* turns = transaction.get_extension<PlaneWaits>();
  turns->turn = read.turn;
  turns->next_turn = read.next_turn;
  pending(requested_++) = {.read = read, .transaction = &transaction, .answer = {}, .end = {}};
  request_open_ = true;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = clock_.until(at);
  const tlm::tlm_sync_enum status = socket->nb_transport_fw(transaction, phase, delay);
  if (status == tlm::TLM_COMPLETED) {
    answer(transaction, clock_.after(delay));
  } else if (status == tlm::TLM_UPDATED) {
    request_open_ = false;
    if (phase == tlm::BEGIN_RESP) {
      const Cycles response = clock_.after(delay);
      phase = tlm::END_RESP;
      socket->nb_transport_fw(transaction, phase, delay);
      answer(transaction, response);
    }
  }
}

tlm::tlm_sync_enum ReadPort::nb_transport_bw(tlm::tlm_generic_payload& transaction,
                                             tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  tlm::tlm_sync_enum status = tlm::TLM_ACCEPTED;
  if (phase == tlm::BEGIN_RESP) {
    answer(transaction, clock_.after(delay));
    status = tlm::TLM_COMPLETED;
  } else {
    request_open_ = false;
  }
  reader_->memory_moved();
  return status;
}

void ReadPort::answer(tlm::tlm_generic_payload& transaction, Cycles at) {
  if (transaction.is_response_error() && failure_.empty())
    failure_ = fmt::format("{}: memory answers a read of {} bytes at {:#x} with {}", name(),
                           transaction.get_data_length(), transaction.get_address(),
                           transaction.get_response_string());
  for (std::int64_t i = retired_; i < requested_; ++i) {
    if (pending(i).transaction != &transaction) continue;
    pending(i).answer = at;
    if (i + 1 == requested_) request_open_ = false;
  }
}

void ReadPort::deliver() {
  while (retired_ < requested_ && pending(retired_).answer) retire(pending(retired_++));
}

void ReadPort::retire(Pending& read) {
  const PlaneWaits& waits = *read.transaction->get_extension<PlaneWaits>();
  std::array<Cycles, graph::kMaxBits> arrivals;
  Cycles beat = std::max(free_, *read.answer);
  for (int plane = 0; plane < read.read.planes; ++plane) {
    const auto i = static_cast<std::size_t>(plane);
    beat = stream_.stalls.after(stream_.stream, beat + waits.cycles[i], read.read.plane_beats);
    beat = std::max(beat, waits.complete[i] + Cycles(1));
    arrivals[i] = beat - Cycles(1);
  }
  free_ = read.end = beat;
  read.transaction->release();
  read.transaction = nullptr;
  reader_->arrived(read.read, {arrivals.data(), static_cast<std::size_t>(read.read.planes)});
}

}  // namespace bitloom::cycle
