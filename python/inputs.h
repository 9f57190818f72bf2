#pragma once

#include <pybind11/pybind11.h>

#include <optional>
#include <string>
#include <utility>

#include "pipelines/choices.h"

/// What pipelines are asked, loaded once and kept by Python.
namespace bitloom::python {

struct Hardware {
  pipelines::HardwareChoice choice;
  hardware::Hardware machine;

  /// The same at another batch, where one is given.
  Hardware at(std::optional<std::int64_t> batch) const;
};

struct Network {
  pipelines::NetworkChoice choice;
  pipelines::Network network;
};

using Pair = std::pair<int, int>;  // weight bits, activation bits

/// Bits of the first and the last layer, where they are given; a UserError where they are not in
/// [1, 16].
std::optional<graph::Precision> checked_edges(const std::optional<Pair>& edge_layers);

/// A number of images; a UserError where it is not in [1, 65536].
std::int64_t checked_batch(std::int64_t batch);
/// A UserError where options do not go together, as on the command line.
pipelines::EngineChoice engine_choice(const std::string& engine, std::optional<std::int64_t> stalls,
                                      std::optional<std::int64_t> jobs);

/// The turn of a thread with an engine that runs in one thread at a time, as SystemC does; the
/// others need none. Made without Python's lock. A UserError in a thread whose turn it is already,
/// as within a call's own progress; Ctrl-C ends the wait for another thread.
class Turn {
 public:
  explicit Turn(const pipelines::EngineChoice& engine);
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  bool is_needed_;
};

void add_inputs(pybind11::module_& module);

}  // namespace bitloom::python
