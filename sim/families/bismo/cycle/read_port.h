#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include "sim/families/bismo/cycle/transaction_pool.h"
#include "sim/families/bismo/stream_stalls.h"
#include "sim/kit/systemc/clock.h"

namespace bitloom::cycle {

/// One read of memory: all planes of a tile-word.
struct TileWordRead {
  std::uint64_t address;
  std::int64_t bytes;
  int planes;
  Cycles plane_beats;
  Cycles held_until;  // the reader's own note, given back with the arrival
  Turn turn;
  Turn next_turn;  // of the reader's next read
};

/// Who reads through a port.
class Reader {
 public:
  virtual ~Reader() = default;
  /// The oldest read that has not arrived does so: cycle of the last beat of each of its planes.
  virtual void arrived(const TileWordRead& read, std::span<const Cycles> planes) = 0;
  /// In a call of its own memory has accepted or answered a read.
  virtual void memory_moved() = 0;
};

/// A stream of beats and the cycles in which it is closed.
struct StalledStream {
  mapping::Stream stream;
  mapping::StreamStalls stalls;
};

/// A read port: turns reads into TLM-2.0 transactions (base protocol, approximately timed) and
/// memory's answers into beats. A request is made while fewer than `outstanding` reads before it
/// have beats to come. The response point of a transaction (BEGIN_RESP, or the delay of an early
/// completion) is when its first beat can be taken; one beat a cycle follows, in the order of the
/// requests, plus what the memory wrote into PlaneWaits. No beat comes while the stream is closed.
class ReadPort : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<ReadPort> socket;

  ReadPort(const sc_core::sc_module_name& name, const Clock& clock, std::int64_t outstanding,
           const StalledStream& stream);
  void connect(Reader& reader) { reader_ = &reader; }

  /// Hands over the reads that memory has answered, in the order of the requests.
  void deliver();
  /// The first cycle in which another request may be made. Nothing while that depends on memory;
  /// the reader then hears of it.
  std::optional<Cycles> ready() const;
  /// Makes a request in cycle `at`, not before `ready()`: where that is ahead of SystemC's time,
  /// memory is told by how much.
  void request(const TileWordRead& read, Cycles at);
  /// What memory refused, or an empty text.
  const std::string& failure() const { return failure_; }

 private:
  struct Pending {
    TileWordRead read;
    tlm::tlm_generic_payload* transaction = nullptr;
    std::optional<Cycles> answer;
    Cycles end;  // after its last beat
  };

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& transaction, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  Pending& pending(std::int64_t request) {
    return pending_[static_cast<std::size_t>(request % static_cast<std::int64_t>(pending_.size()))];
  }
  void answer(tlm::tlm_generic_payload& transaction, Cycles at);
  void retire(Pending& read);

  Clock clock_;
  StalledStream stream_;
  Reader* reader_ = nullptr;
  std::vector<Pending> pending_;  // a ring of the last `outstanding` reads
  std::int64_t requested_ = 0;
  std::int64_t retired_ = 0;
  bool request_open_ = false;  // memory has not yet accepted the last request
  Cycles free_;                // first cycle without a beat
  TransactionPool pool_;
  std::string failure_;
};

}  // namespace bitloom::cycle
