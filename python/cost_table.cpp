#include "reports/cost_table.h"

#include <pybind11/stl.h>

#include <fmt/format.h>

#include "pipelines/price.h"
#include "python/calls.h"
#include "python/inputs.h"
#include "python/results.h"

namespace bitloom::python {
namespace {

/// Costs of every layer at every pair of bits, and what they are of.
struct CostTable {
  sim::CostTable table;
  reports::CostTableOrigin origin;

  reports::CostTableOrigin of(const std::string& metric) const {
    reports::CostTableOrigin asked = origin;
    asked.metric = reports::parse_metric(metric);
    return asked;
  }
};

CostTable cost_table(const Network& network, const Hardware& hardware, std::int64_t max_bits,
                     const pipelines::EngineChoice& engine, const std::string& folder,
                     const py::object& progress) {
  if (max_bits < graph::kMinBits || max_bits > graph::kMaxBits)
    throw UserError(fmt::format("max_bits {}: must be a whole number in [{}, {}]", max_bits,
                                graph::kMinBits, graph::kMaxBits));
  return called(folder, progress, [&](const pipelines::Host& host) {
    const Turn turn(engine);
    sim::CostTable table = bitloom::cost_table(network.network, hardware.machine,
                                               static_cast<int>(max_bits), engine, host);
    return CostTable{std::move(table),
                     {.network = network.network.graph.name(),
                      .input = network.network.input(),
                      .engine = engine.name(),
                      .batch = hardware.machine.batch(),
                      .metric = reports::Metric::kCycles,
                      .layers = network.network.layers,
                      .hardware = hardware.machine}};
  });
}

}  // namespace

void add_cost_table(py::module_& module) {
  py::class_<CostTable>(module, "CostTable")
      .def_property_readonly("refused", [](const CostTable& t) { return t.table.refused(); })
      .def(
          "npy",
          [](const CostTable& t, const std::string& metric) {
            return py::bytes(reports::cost_table_npy(t.table, reports::parse_metric(metric)));
          },
          py::arg("metric"))
      .def(
          "json",
          [](const CostTable& t, const std::string& metric) {
            return reports::cost_table_json(t.table, t.of(metric));
          },
          py::arg("metric"));
  module.def("cost_table", &cost_table, py::arg("network"), py::arg("hardware"),
             py::arg("max_bits"), py::arg("engine"), py::arg("folder"), py::arg("progress"));
  module.def("metric_names", &reports::metric_names);
}

}  // namespace bitloom::python
