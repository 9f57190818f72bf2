#pragma once

#include <pybind11/pybind11.h>

#include <mutex>
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

/// A number of images; a UserError where it is not in [1, 65536].
std::int64_t checked_batch(std::int64_t batch);
/// A UserError where options do not go together, as on the command line.
pipelines::EngineChoice engine_choice(const std::string& engine, std::optional<std::int64_t> stalls,
                                      std::optional<std::int64_t> jobs);

/// A lock for engines that run in one thread at a time, as SystemC does; none for the others.
std::unique_lock<std::mutex> alone_with(const pipelines::EngineChoice& engine);

void add_inputs(pybind11::module_& module);

}  // namespace bitloom::python
