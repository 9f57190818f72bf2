#include "pipelines/explore/space_networks.h"

#include <algorithm>

#include "base/letter_case.h"
#include "models/onnx/import.h"
#include "pipelines/choices.h"
#include "pipelines/explore/at_place.h"
#include "search/problem/budget.h"

namespace bitloom::pipelines {
namespace {

graph::Precision read_bits(const DocumentValue& value) {
  const std::string text = value.text();
  return at_place(value, [&] { return graph::parse_precision("bits", text); });
}

/// What `key` says of a network, else of all.
std::optional<DocumentValue> find(const DocumentValue& network, const DocumentValue& root,
                                  const char* key) {
  if (network.is_mapping() && network.has(key)) return network.at(key);
  if (root.has(key)) return root.at(key);
  return std::nullopt;
}

PolicyChoice read_policy_choice(const DocumentValue& network, const DocumentValue& root) {
  PolicyChoice choice;
  const bool of_its_own = network.is_mapping() && (network.has("bits") || network.has("policy"));
  const DocumentValue& from = of_its_own ? network : root;
  if (from.has("bits") && from.has("policy"))
    throw from.at("policy").error("bits tell the same, too; leave one out");
  if (from.has("bits") && !from.at("bits").is_mapping()) choice.bits = read_bits(from.at("bits"));
  if (from.has("policy")) choice.file = from.at("policy").text();
  if (const auto edge = find(network, root, "edge_layers")) choice.edge_layers = read_bits(*edge);
  if (!from.has("bits") && !from.has("policy"))
    throw(network.is_mapping() ? network : root)
        .error("needs bits, such as bits: 4/4, or policy: FILE");
  return choice;
}

/// Bits that are to be chosen: a mapping in place of a pair.
std::optional<DocumentValue> chosen_bits(const DocumentValue& network, const DocumentValue& root) {
  const bool of_its_own = network.is_mapping() && (network.has("bits") || network.has("policy"));
  const DocumentValue& from = of_its_own ? network : root;
  if (!from.has("bits") || !from.at("bits").is_mapping()) return std::nullopt;
  return from.at("bits");
}

std::vector<int> read_widths(const DocumentValue& bits, const char* key) {
  if (!bits.has(key)) return search::parse_bit_list(key, "2-8");
  const DocumentValue value = bits.at(key);
  return at_place(value, [&] { return search::parse_bit_list(key, value.text()); });
}

/// `{sensitivity: FILE, weight_bits: 2-8, activation_bits: 2-8, most_omega: 0.5 or 4/4, least:
/// latency}`
OptimalBits read_optimal_bits(const DocumentValue& bits, const Network& network,
                              const std::optional<graph::Precision>& edges) {
  bits.allow_only({"sensitivity", "weight_bits", "activation_bits", "most_omega", "least"});
  const std::string file = bits.at("sensitivity").text();
  OptimalBits wanted{
      .layers = network.layers,
      .sensitivity = search::read_sensitivity(file, network.graph.name(), network.layers),
      .bits = search::make_bit_space(
          network.layers, {read_widths(bits, "weight_bits"), read_widths(bits, "activation_bits")},
          edges, std::nullopt)};
  std::vector<std::string> kinds;
  for (const search::CostKind& kind : search::cost_kinds()) kinds.emplace_back(kind.name);
  const std::string least = bits.has("least") ? bits.at("least").one_of("cost", kinds) : kinds[0];
  wanted.least =
      static_cast<std::size_t>(std::find(kinds.begin(), kinds.end(), least) - kinds.begin());
  const DocumentValue most = bits.at("most_omega");
  if (most.text().find('/') == std::string::npos) {
    wanted.most_omega = most.real(0, 1e300);
  } else {
    PolicyChoice uniform{.bits = read_bits(most), .edge_layers = edges};
    wanted.most_omega = at_place(most, [&] { return omega_of(wanted, load(uniform, network)); });
  }
  return wanted;
}

bool is_table(const std::string& name) {
  const std::string lower = lower_case(name);
  return lower.ends_with(".csv") || lower.ends_with(".yaml") || lower.ends_with(".yml");
}

/// `{x: [1, 3, 320, 320]}`
std::map<std::string, graph::Shape> read_inputs(const DocumentValue& value) {
  constexpr std::int64_t kMost = 1 << 20;
  std::map<std::string, graph::Shape> inputs;
  for (const DocumentValue::Entry& input : value.entries())
    for (const DocumentValue& size : input.value.items())
      inputs[input.key].push_back(size.integer(1, kMost));
  return inputs;
}

/// A UserError where a network has what goes with others alone.
void require_own_options(const DocumentValue& value, const NetworkChoice& choice) {
  const bool is_model = !choice.table && onnx::is_model_file(choice.name);
  if (!choice.inputs.empty() && !is_model)
    throw value.at("input").error("goes with a file of ONNX; leave it out");
  for (const char* key : {"image_size", "classes"})
    if (value.is_mapping() && value.has(key) && (choice.table || is_model))
      throw value.at(key).error("goes with bitloom's own networks; leave it out");
}

SpaceNetwork read_network(const DocumentValue& value, const DocumentValue& root, const Host& host) {
  constexpr std::int64_t kMostPixels = 1 << 16, kMostClasses = 1 << 20;
  const bool is_mapping = value.is_mapping();
  if (is_mapping)
    value.allow_only(
        {"network", "weight", "bits", "policy", "edge_layers", "image_size", "classes", "input"});
  const DocumentValue name = is_mapping ? value.at("network") : value;
  NetworkChoice choice{.name = name.text()};
  if (is_table(choice.name))
    choice.table = choice.name;
  else
    at_place(name, [&] { require_known_network(choice.name); });
  if (is_mapping && value.has("input")) choice.inputs = read_inputs(value.at("input"));
  if (is_mapping && value.has("image_size")) {
    const std::int64_t pixels = value.at("image_size").integer(1, kMostPixels);
    choice.image_size = graph::Extent{pixels, pixels};
  }
  if (is_mapping && value.has("classes"))
    choice.classes = value.at("classes").integer(1, kMostClasses);
  require_own_options(value, choice);
  const Network network = at_place(name, [&] { return load(choice, host); });
  if (network.batch)
    throw name.error(
        "its rows tell a batch, which in a space is the machine's: leave the column out");
  SpaceNetwork result{.name = network.graph.name(), .layers = network.layers, .policy = {}};
  if (is_mapping && value.has("weight")) result.weight = value.at("weight").real(0, 1e12);
  if (!(result.weight > 0)) throw value.at("weight").error("must be above 0");
  const PolicyChoice bits = read_policy_choice(value, root);
  if (const auto chosen = chosen_bits(value, root))
    result.optimal = read_optimal_bits(*chosen, network, bits.edge_layers);
  else
    result.policy = load(bits, network);
  return result;
}

}  // namespace

std::vector<SpaceNetwork> read_networks(const DocumentValue& root, const Host& host) {
  std::vector<SpaceNetwork> networks;
  const DocumentValue list = root.at("networks");
  for (const DocumentValue& value : list.items())
    networks.push_back(read_network(value, root, host));
  if (networks.empty()) throw list.error("has no networks");
  return networks;
}

}  // namespace bitloom::pipelines
