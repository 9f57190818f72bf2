#include <pybind11/stl.h>

#include "pipelines/simulate.h"
#include "python/calls.h"
#include "python/inputs.h"
#include "python/results.h"
#include "reports/millijoules.h"
#include "reports/text/simulation.h"

namespace bitloom::python {
namespace {

/// A simulation and its sums, which loops read again and again.
struct Simulation {
  explicit Simulation(reports::Simulation simulated)
      : told(std::move(simulated)), totals(reports::totals_of(told)) {}

  double latency_ms() const { return runtime(totals.timing.total, told.clock).count(); }
  double energy_mj() const { return reports::millijoules(totals.energy.total()); }
  std::int64_t dram_bytes() const {
    std::int64_t bytes = 0;
    for (const reports::SimulatedLayer& layer : told.layers)
      bytes += layer.result.cost.dram_bytes().count();
    return bytes;
  }
  py::object text(std::size_t width) const {
    return shown_text(reports::simulation_text(told, width) +
                      (told.explanation ? reports::explanation_text(told, width) : ""));
  }

  reports::Simulation told;
  reports::Totals totals;
};

Simulation simulate(const Network& network, const Hardware& hardware,
                    const pipelines::PolicyChoice& policy, std::vector<std::string> layers,
                    const pipelines::EngineChoice& engine, bool explain, const std::string& folder,
                    const py::object& progress) {
  return called(folder, progress, [&](const pipelines::Host& host) {
    const Turn turn(engine);
    const graph::FilterPolicy bits = pipelines::load_by_filter(policy, network.network);
    const pipelines::SimulateOptions options{
        .layers = pipelines::NetworkLayers{.network = {}, .layers = std::move(layers)},
        .hardware = hardware.choice,
        .explain = explain,
        .engine = engine};
    return Simulation(pipelines::simulate(network.network, bits, hardware.machine, options, host));
  });
}

}  // namespace

void add_simulation(py::module_& module) {
  py::class_<pipelines::EngineChoice>(module, "EngineChoice")
      .def(py::init(&engine_choice), py::arg("engine"), py::arg("stalls"), py::arg("jobs"));
  py::class_<Simulation>(module, "Simulation")
      .def_property_readonly("network",
                             [](const Simulation& s) { return shown_text(s.told.network); })
      .def_property_readonly("hardware", [](const Simulation& s) { return s.told.hardware; })
      .def_property_readonly("batch", [](const Simulation& s) { return s.told.batch; })
      .def_property_readonly("cycles",
                             [](const Simulation& s) { return s.totals.timing.total.count(); })
      .def_property_readonly("latency_ms", &Simulation::latency_ms)
      .def_property_readonly("energy_mj", &Simulation::energy_mj)
      .def_property_readonly("dram_bytes", &Simulation::dram_bytes)
      .def("json", [](const Simulation& s) { return reports::simulation_json(s.told); })
      .def("csv", [](const Simulation& s) { return reports::simulation_csv(s.told); })
      .def("text", &Simulation::text, py::arg("width"));
  module.def("simulate", &simulate, py::arg("network"), py::arg("hardware"), py::arg("policy"),
             py::arg("layers"), py::arg("engine"), py::arg("explain"), py::arg("folder"),
             py::arg("progress"));
}

}  // namespace bitloom::python
