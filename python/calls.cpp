#include "python/calls.h"

namespace bitloom::python {
namespace {

py::object decoded(std::string_view bytes, const char* errors) {
  PyObject* text =
      PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), errors);
  if (text == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(text);
}

}  // namespace

py::object line_text(std::string_view line) { return decoded(line, "surrogateescape"); }

py::object shown_text(std::string_view text) { return decoded(text, "replace"); }

pipelines::Host Listener::host(const std::string& hardware_folder) {
  return {.progress = [this](const pipelines::Progress& told) { hear(told); },
          .warning =
              [](const std::string& line) {
                const py::gil_scoped_acquire locked;
                py::module_::import("bitloom.errors").attr("warn")(line_text(line));
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
  progress_(std::string(told.step), told.ended && told.of > 0 ? of : told.done, told.of,
            shown_text(told.note));
}

void Listener::finish() {
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace bitloom::python
