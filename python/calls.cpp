#include "python/calls.h"

namespace bitloom::python {

pipelines::Host Listener::host(const std::string& hardware_folder) {
  return {.progress = [this](const pipelines::Progress& told) { hear(told); },
          .warning =
              [](const std::string& line) {
                const py::gil_scoped_acquire locked;
                py::module_::import("bitloom.errors").attr("warn")(line);
              },
          .hardware_folder = hardware_folder};
}

void Listener::hear(const pipelines::Progress& told) {
  const bool is_late = Clock::now() - last_ >= kQuiet;
  if (failure_ || (!is_late && !(told.ended && !progress_.is_none()))) return;
  const py::gil_scoped_acquire locked;
  last_ = Clock::now();
  try {
    tell(told);
  } catch (...) {
    failure_ = std::current_exception();
    throw;
  }
}

void Listener::tell(const pipelines::Progress& told) {
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  if (progress_.is_none()) return;
  const auto of = static_cast<double>(told.of);
  progress_(std::string(told.step), told.ended && told.of > 0 ? of : told.done, told.of, told.note);
}

void Listener::finish() {
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace bitloom::python
