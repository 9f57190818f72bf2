#include "sim/families/bismo/cycle/memory.h"

#include <algorithm>

#include "base/error.h"
#include "sim/families/bismo/cycle/conversion.h"
#include "sim/kit/stalls.h"

namespace bitloom::cycle {

Memory::Memory(const sc_core::sc_module_name& name, const Clock& clock,
               const hardware::Bismo& hardware, const mapping::Program& program,
               std::optional<std::uint64_t> stall_seed)
    : sc_module(name),
      clock_(clock),
      latency_(hardware.memory_latency_cycles),
      conversion_port_bits_(hardware.layout.port_bits),
      stall_seed_(stall_seed),
      program_(program) {
  if (hardware.dram) dram_.emplace(*hardware.dram, hardware.clock());
  for (int operand = 0; operand < 2; ++operand)
    port(operand).socket.register_nb_transport_fw(this, &Memory::nb_transport_fw, operand);
  SC_METHOD(overdue);
  sensitive << overdue_;
  dont_initialize();
}

std::optional<cost::DramActions> Memory::dram_actions() const {
  if (!dram_) return std::nullopt;
  return dram_->actions();
}

Cycles Memory::convert() {
  start_ = cycle::convert(program_.conversion(), conversion_port_bits_, dram_ ? &*dram_ : nullptr);
  return start_;
}

tlm::tlm_sync_enum Memory::nb_transport_fw(int operand, tlm::tlm_generic_payload& read,
                                           tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  auto* waits = read.get_extension<PlaneWaits>();
  if (stall_seed_ && waits) stall(operand, *waits);
  read.set_response_status(tlm::TLM_OK_RESPONSE);
  if (!dram_) {
    delay += clock_.span(latency_);
    return tlm::TLM_COMPLETED;
  }
  ensure(waits != nullptr, "a read of DRAM has its turn");
  Port& from = port(operand);
  from.waiting.push_back({&read, start_ + clock_.after(delay) + latency_, waits->turn});
  from.next = waits->next_turn;
  constexpr Cycles kNone(-1);
  Cycles answer = kNone;
  while (!port(first_in_turn()).waiting.empty()) serve(&read, answer);
  if (answer != kNone) {
    delay = clock_.until(answer);
    return tlm::TLM_COMPLETED;
  }
  overdue_.notify(sc_core::SC_ZERO_TIME);
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

void Memory::stall(int operand, PlaneWaits& waits) {
  std::int64_t& plane = port(operand).planes_read;
  for (int i = 0; i < waits.planes; ++i)
    waits.cycles[static_cast<std::size_t>(i)] = sim::stall_before(*stall_seed_, operand, plane++);
}

/// Activations go first in turns alike.
int Memory::first_in_turn() const { return ports_[1].turn() < ports_[0].turn() ? 1 : 0; }

/// Answers the request whose turn it is; into `answer` goes when, if it is the caller's own.
void Memory::serve(const tlm::tlm_generic_payload* from_caller, Cycles& answer) {
  const int operand = first_in_turn();
  const Request request = port(operand).waiting.front();
  port(operand).waiting.pop_front();
  const Cycles at = read_dram(operand, request);
  if (request.read == from_caller)
    answer = at;
  else
    tell(operand, *request.read, at);
}

/// Takes up the results of a phase up to `phase`, if there are any.
bool Memory::next_results(std::int64_t phase) {
  if (result_instruction_ == program_.count(mapping::Stage::kResult)) return false;
  const mapping::ResultInstruction next = program_.result(result_instruction_);
  if (next.phase > phase) return false;
  ++result_instruction_;
  const auto beats = [&](mapping::Operand operand) {
    const mapping::FetchInstruction fetch = program_.fetch(operand, next.phase);
    return fetch.operand.rows() * fetch.operand.bits *
           ((fetch.words - 1) * fetch.operand.beats_per_word + fetch.operand.beats_of_last_word);
  };
  results_ = {next.phase, 0, 0, 0};
  if (next.written_bits == 0) return true;
  results_.bytes = program_.execute(next.phase).shape.result_bytes(next.written_bits).count();
  results_.beats =
      std::max(beats(mapping::Operand::kActivations), beats(mapping::Operand::kWeights));
  return true;
}

/// Writes have their places among the reads of their phase, evenly, whether or not the results are
/// there by then: a number of bursts at a time, the rest behind the phase's reads.
void Memory::write_results_before(Turn turn) {
  while (results_.phase < turn.phase) {
    write(results_.bytes - results_.written);
    if (!next_results(turn.phase)) break;
  }
  if (results_.phase != turn.phase || results_.bytes == 0) return;
  const auto due = static_cast<std::int64_t>(static_cast<double>(results_.bytes) *
                                             static_cast<double>(turn.beat) /
                                             static_cast<double>(results_.beats));
  const std::int64_t batch = dram_->write_batch_bytes();
  if (due - results_.written >= batch) write((due - results_.written) / batch * batch);
}

void Memory::write(std::int64_t bytes) {
  if (bytes <= 0) return;
  dram_->access(true, Region::kResults, result_address_, bytes, last_request_, {&written_, 1});
  result_address_ += static_cast<std::uint64_t>(bytes);
  results_.written += bytes;
}

Cycles Memory::finish() {
  if (dram_) write_results_before(kNoTurn);
  return written_;
}

Cycles Memory::read_dram(int operand, const Request& request) {
  write_results_before(request.turn);
  last_request_ = std::max(last_request_, request.at);
  auto* waits = request.read->get_extension<PlaneWaits>();
  const auto region = static_cast<mapping::Operand>(operand) == mapping::Operand::kActivations
                          ? Region::kActivations
                          : Region::kWeights;
  const std::span<Cycles> complete{waits->complete.data(), static_cast<std::size_t>(waits->planes)};
  const Cycles first = dram_->access(false, region, request.read->get_address(),
                                     request.read->get_data_length(), request.at, complete);
  for (Cycles& plane : complete) plane -= start_;
  return first - start_;
}

void Memory::tell(int operand, tlm::tlm_generic_payload& read, Cycles answer) {
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay = clock_.until(answer);
  port(operand).socket->nb_transport_bw(read, phase, delay);
}

/// No stage goes on by itself any more: the request whose turn it is waits for one behind it.
void Memory::overdue() {
  int operand = first_in_turn();
  if (port(operand).waiting.empty()) operand = 1 - operand;
  if (port(operand).waiting.empty()) return;
  const Request request = port(operand).waiting.front();
  port(operand).waiting.pop_front();
  tell(operand, *request.read, read_dram(operand, request));
  overdue_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace bitloom::cycle
