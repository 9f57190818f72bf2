#include <pybind11/stl.h>

#include <fmt/format.h>

#include "pipelines/compare.h"
#include "python/calls.h"
#include "python/inputs.h"
#include "python/results.h"
#include "reports/text/comparison.h"

namespace bitloom::python {
namespace {

/// What `compare` is asked beside a network, machines and policies.
struct CompareSettings {
  std::int64_t random = 0;
  std::uint64_t seed = 1;
  std::optional<Pair> edge_layers = {};
  double gain_percent = 5;
};

pipelines::CompareOptions options_of(const Network& network,
                                     const std::vector<const Hardware*>& machines,
                                     const CompareSettings& settings) {
  constexpr std::int64_t kMostRandom = 5000;
  if (settings.random < 0 || settings.random > kMostRandom)
    throw UserError(
        fmt::format("random {}: must be a whole number in [0, {}]", settings.random, kMostRandom));
  if (!(settings.gain_percent > 0 && settings.gain_percent < 100))
    throw UserError(
        fmt::format("gain {}: must be a percentage above 0 and below 100", settings.gain_percent));
  pipelines::CompareOptions options{.network = network.choice,
                                    .hardware = {},
                                    .random = {settings.random, settings.seed},
                                    .edge_layers = checked_edges(settings.edge_layers),
                                    .gain_percent = settings.gain_percent};
  for (const Hardware* machine : machines) options.machines.push_back(machine->choice);
  return options;
}

reports::Comparison compare(const Network& network, const std::vector<const Hardware*>& machines,
                            std::vector<pipelines::PolicyChoice> policies, std::int64_t random,
                            std::uint64_t seed, const std::optional<Pair>& edge_layers,
                            double gain_percent, const pipelines::EngineChoice& engine,
                            const std::string& folder, const py::object& progress) {
  pipelines::CompareOptions options =
      options_of(network, machines, {random, seed, edge_layers, gain_percent});
  options.policies = std::move(policies);
  options.engine = engine;
  return called(folder, progress, [&](const pipelines::Host& host) {
    const Turn turn(engine);
    return pipelines::compare(options, host);
  });
}

}  // namespace

void add_comparison(py::module_& module) {
  py::class_<reports::Comparison>(module, "Comparison")
      .def("json", &reports::comparison_json)
      .def("csv", &reports::comparison_csv)
      .def("text", &reports::comparison_text, py::arg("width"));
  module.def("compare", &compare, py::arg("network"), py::arg("machines"), py::arg("policies"),
             py::arg("random"), py::arg("seed"), py::arg("edge_layers"), py::arg("gain"),
             py::arg("engine"), py::arg("folder"), py::arg("progress"));
}

}  // namespace bitloom::python
