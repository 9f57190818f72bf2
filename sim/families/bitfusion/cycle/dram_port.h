#pragma once

#include <array>
#include <deque>
#include <optional>

#include <tlm_utils/simple_initiator_socket.h>
#include <systemc>
#include <tlm>

#include "sim/kit/systemc/clock.h"

namespace bitloom::cycle::bitfusion {

/// The streams that share the port, those that go first at equal need first.
enum class Stream { kResults, kSums, kWeights, kActivations };
constexpr std::size_t kStreams = 4;

/// One tile's way over the port.
struct Transfer {
  std::int64_t bits = 0;
  std::int64_t beats = 0;   // 0 where it shares the last beat of the tile before it
  std::int64_t needed = 0;  // the array's tile that waits for it
};

/// Who hears that its oldest transfer has ended: all of it is there from cycle `at` on.
class PortClient {
 public:
  virtual ~PortClient() = default;
  virtual void moved(Cycles at) = 0;
};

/// The DRAM port: one beat a cycle. Each stream's transfers go in order, from when memory has
/// answered; in every cycle the stream goes whose transfer the array needs first. SystemC's kernel
/// wakes it when a transfer ends or can begin.
class DramPort : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<DramPort> socket;

  SC_HAS_PROCESS(DramPort);
  DramPort(const sc_core::sc_module_name& name, const Clock& clock);
  void connect(Stream stream, PortClient& client) { at(stream).client = &client; }

  /// Asks memory in cycle `at`, which is not past.
  void request(Stream stream, const Transfer& transfer, Cycles at);

  Cycles busy() const { return busy_; }
  Bits bits(Stream stream) const { return lanes_[static_cast<std::size_t>(stream)].bits; }
  std::int64_t wakes() const { return wakes_; }

 private:
  struct Pending {
    std::int64_t beats;
    std::int64_t needed;
    Cycles ready;
  };
  struct Lane {
    PortClient* client = nullptr;
    std::deque<Pending> pending;
    Cycles last_end;
    Bits bits;
    std::uint64_t address = 0;
  };

  Lane& at(Stream stream) { return lanes_[static_cast<std::size_t>(stream)]; }
  Cycles answer(Stream stream, std::int64_t bits, Cycles at);
  void serve();
  void end_beatless(Lane& lane);
  void choose(Cycles now);

  Clock clock_;
  sc_core::sc_event wake_;
  std::array<Lane, kStreams> lanes_;
  Lane* moving_ = nullptr;
  Cycles since_;
  Cycles busy_;
  bool serving_ = false;
  std::int64_t wakes_ = 0;
};

}  // namespace bitloom::cycle::bitfusion
