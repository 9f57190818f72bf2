#include <atomic>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "python/calls.h"
#include "python/inputs.h"
#include "sim/engines.h"

namespace bitloom::python {
namespace {

std::timed_mutex g_systemc;
std::atomic<std::thread::id> g_owner;  // the thread whose turn it is; none: nobody's

void look_for_signals() {
  const py::gil_scoped_acquire locked;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
}

}  // namespace

Turn::Turn(const pipelines::EngineChoice& engine)
    : is_needed_(engine.options.engine != sim::analytic()) {
  constexpr std::chrono::milliseconds kPatience{50};
  if (!is_needed_) return;
  if (g_owner == std::this_thread::get_id())
    throw UserError(
        "engine 'cycle': runs in this thread already, whose progress calls it; call it when that "
        "has ended");
  while (!g_systemc.try_lock_for(kPatience)) look_for_signals();
  g_owner = std::this_thread::get_id();
}

Turn::~Turn() {
  if (!is_needed_) return;
  g_owner = std::thread::id();
  g_systemc.unlock();
}

}  // namespace bitloom::python
