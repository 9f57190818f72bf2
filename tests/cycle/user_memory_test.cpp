#include <gtest/gtest.h>

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>
#include <systemc>

#include "base/error.h"
#include "base/worker_processes.h"
#include "sim/families/bismo/cycle.h"
#include "sim/families/bismo/cycle/accelerator.h"
#include "sim/kit/systemc/simulation_scope.h"
#include "tests/cycle/random_case.h"

namespace bitloom {
namespace {

using sc_core::sc_time;

const sc_time kLatency(60, sc_core::SC_NS);
const sc_time kPeriod(5, sc_core::SC_NS);

/// Answers a blocking call after a wait, as loosely timed memories do: one request after the other.
struct BlockingMemory : sc_core::sc_module {
  tlm_utils::simple_target_socket<BlockingMemory> socket{"socket"};
  explicit BlockingMemory(const sc_core::sc_module_name& name) : sc_module(name) {
    socket.register_b_transport(this, &BlockingMemory::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload& read, sc_time&) {
    std::fill_n(read.get_data_ptr(), read.get_data_length(), 0xff);
    sc_core::wait(kLatency);
    read.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

/// Accepts any number of requests with END_REQ and sends BEGIN_RESP later, newest first where they
/// fall together.
struct PhasedMemory : sc_core::sc_module {
  tlm_utils::simple_target_socket<PhasedMemory> socket{"socket"};
  tlm_utils::peq_with_cb_and_phase<PhasedMemory> events{this, &PhasedMemory::event};
  bool accept_late;
  PhasedMemory(const sc_core::sc_module_name& name, bool late)
      : sc_module(name), accept_late(late) {
    socket.register_nb_transport_fw(this, &PhasedMemory::nb_transport_fw);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& read, tlm::tlm_phase& phase,
                                     sc_time& delay) {
    if (phase != tlm::BEGIN_REQ) return tlm::TLM_ACCEPTED;
    events.notify(read, tlm::BEGIN_RESP, kLatency);
    if (accept_late) {
      events.notify(read, tlm::END_REQ, kPeriod);
      return tlm::TLM_ACCEPTED;
    }
    phase = tlm::END_REQ;
    delay = sc_core::SC_ZERO_TIME;
    return tlm::TLM_UPDATED;
  }
  void event(tlm::tlm_generic_payload& read, const tlm::tlm_phase& what) {
    read.set_response_status(tlm::TLM_OK_RESPONSE);
    tlm::tlm_phase phase = what;
    sc_time delay;
    socket->nb_transport_bw(read, phase, delay);
  }
};

struct RefusingMemory : sc_core::sc_module {
  tlm_utils::simple_target_socket<RefusingMemory> socket{"socket"};
  bool silent;
  RefusingMemory(const sc_core::sc_module_name& name, bool says_nothing)
      : sc_module(name), silent(says_nothing) {
    socket.register_nb_transport_fw(this, &RefusingMemory::nb_transport_fw);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& read, tlm::tlm_phase&, sc_time&) {
    if (silent) return tlm::TLM_ACCEPTED;
    read.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
};

template <class Memory, class... Arguments>
cost::Timing run_with(const Case& c, std::int64_t outstanding, Arguments... arguments) {
  const cycle::SimulationScope scope;
  const mapping::ScheduleProgram program(c.schedule(), c.hardware);
  cycle::Accelerator bismo("bismo", c.hardware, program,
                           {.period = kPeriod, .outstanding_reads = outstanding});
  Memory activations("activations", arguments...);
  Memory weights("weights", arguments...);
  bismo.socket(mapping::Operand::kActivations).bind(activations.socket);
  bismo.socket(mapping::Operand::kWeights).bind(weights.socket);
  sc_core::sc_start();
  bismo.require_finished();
  return bismo.timing();
}

cost::Timing expected(Case c, std::int64_t outstanding) {
  c.hardware.memory_latency_cycles = 12;  // kLatency
  return cycle::run(c.schedule(), c.hardware, {.outstanding_reads = outstanding}).timing;
}

// In another process: SystemC does not free the threads in which tlm_utils makes blocking calls.
TEST(UserMemory, ThatBlocksGivesTheTimingOfItsLatency) {
  std::mt19937 random(51);
  for (int i = 0; i < 20; ++i) {
    const Case c(random);
    const auto totals = map_in_processes(2, 2, [&](std::int64_t) {
      return fmt::to_string(run_with<BlockingMemory>(c, 1).total.count());
    });
    EXPECT_EQ(totals[0], fmt::to_string(expected(c, 1).total.count())) << c.text();
  }
}

TEST(UserMemory, ThatAnswersInPhasesGivesTheTimingOfItsLatency) {
  std::mt19937 random(52);
  for (int i = 0; i < 50; ++i) {
    const Case c(random);
    EXPECT_EQ(run_with<PhasedMemory>(c, 1, true).total, expected(c, 1).total) << c.text();
    EXPECT_EQ(run_with<PhasedMemory>(c, 8, false).total, expected(c, 8).total) << c.text();
    EXPECT_GE(run_with<PhasedMemory>(c, 8, true).total, expected(c, 8).total) << c.text();
  }
}

std::string complaint(bool silent) {
  std::mt19937 random(53);
  const Case c(random);
  try {
    run_with<RefusingMemory>(c, 8, silent);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(UserMemory, ThatRefusesARequestIsNamed) {
  EXPECT_EQ(complaint(false),
            "bismo.activation_port: memory answers a read of 42 bytes at 0x0 with "
            "TLM_ADDRESS_ERROR_RESPONSE");
}

TEST(UserMemory, ThatNeverAnswersIsNamed) {
  EXPECT_EQ(
      complaint(true),
      "bismo: fetch activations stops at instruction 0: memory has not answered its reads, or "
      "SystemC has not run on");
}

}  // namespace
}  // namespace bitloom
