#include "python/inputs.h"

#include <pybind11/stl.h>

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "models/graph/zoo/zoo.h"
#include "pipelines/describe.h"
#include "python/calls.h"
#include "reports/hardware_json.h"
#include "sim/catalogue.h"
#include "sim/engines.h"

namespace bitloom::python {
namespace {

std::int64_t within(const char* name, std::int64_t value, std::int64_t min, std::int64_t max) {
  if (value < min || value > max)
    throw UserError(
        fmt::format("{} {}: must be a whole number in [{}, {}]", name, value, min, max));
  return value;
}

graph::Precision precision_of(const Pair& pair) { return {pair.first, pair.second}; }

std::optional<graph::Precision> precision_of(const std::optional<Pair>& pair) {
  return pair ? std::optional(precision_of(*pair)) : std::nullopt;
}

Hardware load_hardware(const std::string& folder, const std::string& name,
                       std::optional<std::string> text, std::optional<std::int64_t> batch,
                       std::optional<std::string> energy_table, std::vector<std::string> settings) {
  pipelines::HardwareChoice choice{.name = name,
                                   .batch = batch,
                                   .energy_table = std::move(energy_table),
                                   .settings = std::move(settings),
                                   .text = std::move(text)};
  if (batch) checked_batch(*batch);
  return called(folder, py::none(), [&](const pipelines::Host& host) {
    return Hardware{choice, pipelines::load(choice, host)};
  });
}

Network load_network(const std::string& name, std::optional<std::string> table,
                     std::optional<std::string> table_text, const std::optional<Pair>& image_size,
                     std::optional<std::int64_t> classes,
                     std::map<std::string, graph::Shape> inputs) {
  constexpr std::int64_t kMostPixels = 1 << 14;
  pipelines::NetworkChoice choice{.name = name,
                                  .table = std::move(table),
                                  .inputs = std::move(inputs),
                                  .table_text = std::move(table_text)};
  if (image_size)
    choice.image_size = {within("image_size", image_size->first, 1, kMostPixels),
                         within("image_size", image_size->second, 1, kMostPixels)};
  if (classes) choice.classes = within("classes", *classes, 1, graph::kMostPerDimension);
  if (!choice.table) pipelines::require_known_network(name);
  return called("", py::none(), [&](const pipelines::Host& host) {
    return Network{choice, pipelines::load(choice, host)};
  });
}

pipelines::PolicyChoice policy_choice(const std::optional<Pair>& bits,
                                      std::optional<std::string> file,
                                      const std::optional<std::vector<Pair>>& listed,
                                      const std::string& name,
                                      const std::optional<Pair>& edge_layers, bool of_model) {
  pipelines::PolicyChoice choice{.bits = precision_of(bits),
                                 .file = std::move(file),
                                 .edge_layers = precision_of(edge_layers),
                                 .of_model = of_model};
  if (!listed) return choice;
  choice.listed = pipelines::ListedPolicy{name, {}};
  for (const Pair& pair : *listed) choice.listed->bits.push_back(precision_of(pair));
  return choice;
}

std::vector<Pair> bits_of(const pipelines::PolicyChoice& choice, const Network& network) {
  std::vector<Pair> pairs;
  for (const graph::Precision bits : pipelines::load(choice, network.network))
    pairs.emplace_back(bits.weight_bits, bits.activation_bits);
  return pairs;
}

std::string network_json(const Network& network, const pipelines::PolicyChoice& policy) {
  return called("", py::none(), [&](const pipelines::Host& host) {
    return reports::network_json(pipelines::describe(network.choice, policy, host));
  });
}

py::object network_text(const Network& network, const pipelines::PolicyChoice& policy,
                        std::size_t width) {
  return shown_text(called("", py::none(), [&](const pipelines::Host& host) {
    return reports::network_text(pipelines::describe(network.choice, policy, host), width);
  }));
}

std::vector<std::string> layer_names(const Network& network) {
  std::vector<std::string> names;
  for (const graph::LayerShape& layer : network.network.layers) names.push_back(layer.name);
  return names;
}

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const graph::ZooEntry& network : graph::zoo()) names.emplace_back(network.name);
  return names;
}

void add_hardware(py::module_& module) {
  py::class_<Hardware>(module, "Hardware")
      .def(py::init(&load_hardware), py::arg("folder"), py::arg("name"), py::arg("text"),
           py::arg("batch"), py::arg("energy_table"), py::arg("settings"))
      .def("at", &Hardware::at, py::arg("batch"))
      .def_property_readonly("name", [](const Hardware& h) { return h.machine.name(); })
      .def_property_readonly("family",
                             [](const Hardware& h) { return std::string(h.machine.family()); })
      .def_property_readonly("technology",
                             [](const Hardware& h) { return h.machine.energy_technology(); })
      .def_property_readonly("batch", [](const Hardware& h) { return h.machine.batch(); })
      .def_property_readonly("clock_mhz",
                             [](const Hardware& h) { return h.machine.clock().count(); })
      .def("json",
           [](const Hardware& h) { return json_text(reports::hardware_json(h.machine), 2) + "\n"; })
      .def(
          "text",
          [](const Hardware& h, std::size_t width) {
            return reports::hardware_text(h.machine, width);
          },
          py::arg("width"));
}

void add_network(py::module_& module) {
  py::class_<Network>(module, "Network")
      .def(py::init(&load_network), py::arg("name"), py::arg("table"), py::arg("table_text"),
           py::arg("image_size"), py::arg("classes"), py::arg("inputs"))
      .def_property_readonly("name",
                             [](const Network& n) { return shown_text(n.network.graph.name()); })
      .def_property_readonly("input", [](const Network& n) { return n.network.input(); })
      .def_property_readonly("layer_names", &layer_names)
      .def("json", &network_json, py::arg("policy"))
      .def("text", &network_text, py::arg("policy"), py::arg("width"));
}

}  // namespace

std::optional<graph::Precision> checked_edges(const std::optional<Pair>& edge_layers) {
  if (!edge_layers) return std::nullopt;
  const auto is_allowed = [](int bits) {
    return bits >= graph::kMinBits && bits <= graph::kMaxBits;
  };
  if (!is_allowed(edge_layers->first) || !is_allowed(edge_layers->second))
    throw UserError(fmt::format("edge_layers {}/{}: must be in [{}, {}]", edge_layers->first,
                                edge_layers->second, graph::kMinBits, graph::kMaxBits));
  return precision_of(*edge_layers);
}

Hardware Hardware::at(std::optional<std::int64_t> batch) const {
  Hardware other = *this;
  if (!batch) return other;
  other.choice.batch = checked_batch(*batch);
  other.machine.set_batch(*batch);
  return other;
}

std::int64_t checked_batch(std::int64_t batch) {
  constexpr std::int64_t kMost = 65536;
  return within("batch", batch, 1, kMost);
}

pipelines::EngineChoice engine_choice(const std::string& engine, std::optional<std::int64_t> stalls,
                                      std::optional<std::int64_t> jobs) {
  constexpr std::int64_t kMostJobs = 1024;
  pipelines::EngineChoice choice{.options = {.engine = sim::parse_engine(engine)}};
  const bool is_analytic = choice.options.engine == sim::analytic();
  if (jobs && is_analytic)
    throw UserError("jobs: only the cycle engine shares its work; add engine='cycle'");
  if (stalls && is_analytic)
    throw UserError("stalls: only the cycle engine sees memory; add engine='cycle'");
  if (stalls)
    choice.options.stall_seed = static_cast<std::uint64_t>(
        within("stalls", *stalls, 0, std::numeric_limits<std::int64_t>::max()));
  const auto processors = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  if (!is_analytic)
    choice.jobs = static_cast<int>(jobs ? within("jobs", *jobs, 1, kMostJobs)
                                        : std::clamp<std::int64_t>(processors, 1, kMostJobs));
  return choice;
}

void add_inputs(py::module_& module) {
  add_hardware(module);
  add_network(module);
  py::class_<pipelines::PolicyChoice>(module, "PolicyChoice")
      .def(py::init(&policy_choice), py::arg("bits"), py::arg("file"), py::arg("listed"),
           py::arg("name"), py::arg("edge_layers"), py::arg("of_model"))
      .def("bits_of", &bits_of, py::arg("network"));
  module.def(
      "parse_bits",
      [](const std::string& option, const std::string& text) {
        const graph::Precision bits = graph::parse_precision(option, text);
        return Pair(bits.weight_bits, bits.activation_bits);
      },
      py::arg("option"), py::arg("text"));
  module.def("network_names", &network_names);
  module.def("hardware_names", &hardware::hardware_names, py::arg("folder"));
  module.def("engine_names", &sim::engine_names);
}

}  // namespace bitloom::python
