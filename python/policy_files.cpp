#include <pybind11/stl.h>

#include "base/files.h"
#include "models/policies/formats.h"
#include "python/calls.h"
#include "python/inputs.h"
#include "python/results.h"

namespace bitloom::python {
namespace {

using TextPair = std::pair<std::string, std::string>;

policies::Target target_of(const Network& network) {
  return {network.network.graph.name(), network.network.layers};
}

graph::Policy policy_of(const std::vector<Pair>& bits) {
  graph::Policy policy;
  for (const auto& [weights, activations] : bits) policy.push_back({weights, activations});
  return policy;
}

/// The file at `path`, or one that would hold `text`.
policies::File file_of(const std::string& path, const std::optional<std::string>& text) {
  return {path, text ? *text : read_file(path, {.most_bytes = policies::kMostBytes})};
}

std::vector<Pair> import_policy(const Network& network, const std::string& path,
                                const std::optional<std::string>& text,
                                const std::optional<std::string>& format,
                                const std::optional<int>& activations,
                                const std::vector<TextPair>& rename, const std::string& entry) {
  policies::Reading reading{.activations = activations, .renames = {}, .entry = entry};
  for (const auto& [from, to] : rename)
    reading.renames.push_back(policies::parse_rename("rename", from + "=" + to));
  const policies::Read read =
      policies::read_policy(file_of(path, text), format, target_of(network), reading);
  std::vector<Pair> pairs;
  for (const graph::Precision& bits : read.policy)
    pairs.emplace_back(bits.weight_bits, bits.activation_bits);
  return pairs;
}

std::string export_policy(const Network& network, const std::vector<Pair>& bits,
                          const std::string& format, const std::optional<std::string>& like) {
  const policies::Format& chosen = policies::format_named(format);
  if (like.has_value() == chosen.needs_like.empty())
    throw UserError(chosen.needs_like.empty() ? "like: goes with nncf and aimet, not with " + format
                                              : "like: is required for " + format + ": " +
                                                    std::string(chosen.needs_like));
  const policies::File file = like ? file_of(*like, std::nullopt) : policies::File{};
  return chosen.write(policy_of(bits), target_of(network), file);
}

std::string nncf_entries(const Network& network, const std::vector<Pair>& bits,
                         const std::vector<TextPair>& modules) {
  std::vector<policies::Module> all;
  for (const auto& [name, type] : modules) all.push_back({name, type});
  return policies::nncf_entries(policy_of(bits), target_of(network), all);
}

}  // namespace

void add_policy_files(py::module_& module) {
  module.def("import_policy", &import_policy, py::arg("network"), py::arg("path"), py::arg("text"),
             py::arg("format"), py::arg("activations"), py::arg("rename"), py::arg("entry"));
  module.def("export_policy", &export_policy, py::arg("network"), py::arg("bits"),
             py::arg("format"), py::arg("like"));
  module.def("nncf_entries", &nncf_entries, py::arg("network"), py::arg("bits"),
             py::arg("modules"));
}

}  // namespace bitloom::python
