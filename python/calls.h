#pragma once

#include <pybind11/pybind11.h>

#include <chrono>
#include <exception>
#include <string>
#include <string_view>

#include "pipelines/host.h"

namespace bitloom::python {

namespace py = pybind11;

/// A line of bitloom's as Python's text. File names in it that are not UTF-8 are kept as Python's
/// own are, by surrogates, so that they can be opened.
py::object line_text(std::string_view line);
/// A name or a table to print: what is not UTF-8 in it is replaced, as in JSON.
py::object shown_text(std::string_view text);

/// Where Python waits for a pipeline: it passes on how far that is, looks for Ctrl-C, and turns
/// warnings into Python's.
class Listener {
 public:
  /// `progress` is None, or takes (step, done, of, note).
  explicit Listener(py::object progress) : progress_(std::move(progress)) {}

  /// A host that tells this listener, which outlives it.
  pipelines::Host host(const std::string& hardware_folder);
  /// Throws what `progress` or Ctrl-C raised, though it did not come out of the pipeline.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  /// How long Python is left alone: taking its lock costs more than many a layer.
  static constexpr std::chrono::milliseconds kQuiet{50};

  void hear(const pipelines::Progress& told);
  void tell(const pipelines::Progress& told);

  py::object progress_;
  Clock::time_point last_ = Clock::now();
  std::exception_ptr failure_;
};

/// `work(host)` without Python's lock. What it throws becomes an exception of Python's.
template <class Work>
auto called(const std::string& hardware_folder, py::object progress, const Work& work) {
  Listener listener(std::move(progress));
  const pipelines::Host host = listener.host(hardware_folder);
  try {
    auto result = [&] {
      const py::gil_scoped_release released;
      return work(host);
    }();
    listener.finish();
    return result;
  } catch (...) {
    listener.finish();  // SystemC throws another exception in place of ours
    throw;
  }
}

}  // namespace bitloom::python
