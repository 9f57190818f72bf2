#include "sim/families/bitfusion/cycle/dram_port.h"

#include <algorithm>
#include <utility>

namespace bitloom::cycle::bitfusion {

DramPort::DramPort(const sc_core::sc_module_name& name, const Clock& clock)
    : sc_module(name), socket("socket"), clock_(clock) {
  SC_METHOD(serve);
  sensitive << wake_;
  dont_initialize();
  constexpr std::uint64_t kRegion = std::uint64_t{1} << 48;
  for (std::size_t i = 0; i < kStreams; ++i) lanes_[i].address = i * kRegion;
}

/// When memory can send the first beat, or take it.
Cycles DramPort::answer(Stream stream, std::int64_t bits, Cycles at) {
  tlm::tlm_generic_payload transaction;  // without data: nobody looks at any
  transaction.set_command(stream == Stream::kResults ? tlm::TLM_WRITE_COMMAND
                                                     : tlm::TLM_READ_COMMAND);
  std::uint64_t& address = this->at(stream).address;
  const std::int64_t bytes = bytes_holding(Bits(bits)).count();
  transaction.set_address(address);
  transaction.set_data_length(static_cast<unsigned>(bytes));
  transaction.set_streaming_width(static_cast<unsigned>(bytes));
  address += static_cast<std::uint64_t>(bytes);
  sc_core::sc_time delay = clock_.until(at);
  socket->b_transport(transaction, delay);
  return clock_.after(delay);
}

void DramPort::request(Stream stream, const Transfer& transfer, Cycles at) {
  Lane& lane = this->at(stream);
  const Cycles ready = transfer.bits > 0 ? answer(stream, transfer.bits, at) : at;
  lane.bits += Bits(transfer.bits);
  lane.pending.push_back({transfer.beats, transfer.needed, ready});
  if (lane.pending.size() > 1) return;
  end_beatless(lane);
  if (!serving_ && !lane.pending.empty()) wake_.notify(clock_.until(lane.pending.front().ready));
}

/// Ends the transfers at the lane's head that need no beat of their own.
void DramPort::end_beatless(Lane& lane) {
  while (!lane.pending.empty() && lane.pending.front().beats == 0) {
    lane.last_end = std::max(lane.last_end, lane.pending.front().ready);
    lane.pending.pop_front();
    lane.client->moved(lane.last_end);
  }
}

void DramPort::serve() {
  ++wakes_;
  serving_ = true;
  const Cycles now = clock_.after(sc_core::SC_ZERO_TIME);
  if (moving_ != nullptr) {
    Lane& lane = *std::exchange(moving_, nullptr);
    const Cycles moved = now - since_;
    busy_ += moved;
    lane.pending.front().beats -= moved.count();
    if (lane.pending.front().beats == 0) {
      lane.last_end = now;
      lane.pending.pop_front();
      lane.client->moved(now);
      end_beatless(lane);
    }
  }
  choose(now);
  serving_ = false;
}

/// Lets the transfer go that is needed first, until it ends or another might be preferred.
void DramPort::choose(Cycles now) {
  const auto is_open = [&](const Lane& lane) {
    return !lane.pending.empty() && lane.pending.front().ready <= now;
  };
  for (Lane& lane : lanes_)
    if (is_open(lane) &&
        (moving_ == nullptr || lane.pending.front().needed < moving_->pending.front().needed))
      moving_ = &lane;
  std::optional<Cycles> next;
  const auto wake_at = [&](Cycles at) { next = next ? std::min(*next, at) : at; };
  if (moving_ != nullptr) wake_at(now + Cycles(moving_->pending.front().beats));
  for (const Lane& lane : lanes_)
    if (!lane.pending.empty() && lane.pending.front().ready > now)
      wake_at(lane.pending.front().ready);
  since_ = now;
  if (next) wake_.notify(clock_.until(*next));
}

}  // namespace bitloom::cycle::bitfusion
