#include "pipelines/policy_search.h"

#include <pybind11/stl.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "python/calls.h"
#include "python/inputs.h"
#include "python/results.h"
#include "reports/text/policy_search.h"
#include "search/policy/methods.h"

namespace bitloom::python {
namespace {

using pipelines::FoundPolicy;

pipelines::SearchSpace space_of(const Network& network, const Hardware& hardware,
                                const std::vector<std::string>& budgets,
                                const std::string& weight_bits, const std::string& activation_bits,
                                const std::optional<Pair>& edge_layers,
                                const std::optional<std::string>& constraints) {
  pipelines::SearchSpace space{
      .network = network.choice,
      .hardware = hardware.choice,
      .weight_bits = search::parse_bit_list("--weight-bits", weight_bits),
      .activation_bits = search::parse_bit_list("--activation-bits", activation_bits),
      .edge_layers = checked_edges(edge_layers),
      .constraints = constraints};
  for (const std::string& text : budgets)
    space.budgets.push_back(search::parse_budget("--budget", text));
  return space;
}

void require_method(const std::string& name) {
  const std::vector<std::string> known = search::method_names();
  if (std::find(known.begin(), known.end(), name) == known.end())
    throw unknown_name("method", name, known);
  if (search::find_method(name).by_filter)
    throw UserError(fmt::format(
        "method '{}': gives each filter its own bits, which a Policy does not hold; the command "
        "`bitloom search` writes such a policy",
        name));
}

FoundPolicy search_policy(const Network& network, const Hardware& hardware,
                          const std::string& sensitivity, const std::vector<std::string>& budgets,
                          const std::string& method, const std::string& weight_bits,
                          const std::string& activation_bits,
                          const std::optional<Pair>& edge_layers,
                          const std::optional<std::string>& constraints,
                          const std::optional<std::pair<std::string, double>>& minimize,
                          std::optional<std::size_t> points,
                          const std::optional<std::string>& run_folder,
                          std::optional<double> seconds, const pipelines::EngineChoice& engine,
                          const std::string& folder, const py::object& progress) {
  require_method(method);
  pipelines::PolicySearchOptions options{
      .method = method,
      .space = space_of(network, hardware, budgets, weight_bits, activation_bits, edge_layers,
                        constraints),
      .sensitivity = sensitivity,
      .points = points,
      .folder = run_folder,
      .seconds = seconds};
  options.space.engine = engine;
  if (minimize)
    options.minimize = {search::parse_cost_kind("--minimize", minimize->first), minimize->second};
  return called(folder, progress, [&](const pipelines::Host& host) {
    const Turn turn(engine);
    return pipelines::search_policy(options, host);
  });
}

std::vector<Pair> found_bits(const FoundPolicy& found) {
  std::vector<Pair> pairs;
  for (const graph::Precision bits :
       search::policy_of(found.priced->problem, found.search.solution.choices))
    pairs.emplace_back(bits.weight_bits, bits.activation_bits);
  return pairs;
}

}  // namespace

void add_policy_search(py::module_& module) {
  py::class_<FoundPolicy>(module, "FoundPolicy")
      .def_property_readonly("bits", &found_bits)
      .def("json", [](const FoundPolicy& f) { return reports::policy_search_json(f.search); })
      .def("frontier_json",
           [](const FoundPolicy& f) {
             return reports::frontier_json(f.search, f.frontier, f.frontier_energies);
           })
      .def(
          "text",
          [](const FoundPolicy& f, std::size_t width) {
            return reports::policy_search_text(f.search, width);
          },
          py::arg("width"));
  module.def("search", &search_policy, py::arg("network"), py::arg("hardware"),
             py::arg("sensitivity"), py::arg("budgets"), py::arg("method"), py::arg("weight_bits"),
             py::arg("activation_bits"), py::arg("edge_layers"), py::arg("constraints"),
             py::arg("minimize"), py::arg("points"), py::arg("run_folder"), py::arg("seconds"),
             py::arg("engine"), py::arg("folder"), py::arg("progress"));
}

}  // namespace bitloom::python
