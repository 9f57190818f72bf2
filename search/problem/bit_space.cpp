#include "search/problem/bit_space.h"

#include <algorithm>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "base/document.h"
#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "models/graph/policy.h"
#include "search/problem/problem.h"

namespace bitloom::search {
namespace {

/// The number that all of `text` is, or 0.
int whole_number(std::string_view text) {
  const auto number = parse_integer(text, 0, std::numeric_limits<int>::max());
  return number ? static_cast<int>(*number) : 0;
}

void sort_once(std::vector<int>& bits) {
  std::sort(bits.begin(), bits.end());
  bits.erase(std::unique(bits.begin(), bits.end()), bits.end());
}

std::vector<int> read_bits(const DocumentValue& list) {
  std::vector<int> bits;
  for (const DocumentValue& item : list.items())
    bits.push_back(static_cast<int>(item.integer(graph::kMinBits, graph::kMaxBits)));
  if (bits.empty()) throw list.error("must list one width at least");
  sort_once(bits);
  return bits;
}

std::size_t layer_index(const DocumentValue& name, const std::vector<std::string>& names) {
  const std::string layer = name.one_of("layer", names);
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), layer) - names.begin());
}

void read_constraints(const std::string& path, const std::vector<std::string>& names,
                      const std::vector<bool>& is_edge, BitSpace& space) {
  const DocumentValue document = load_document(path);
  document.allow_only({"layers", "ties"});
  std::vector<bool> seen(names.size());
  if (document.has("layers"))
    for (const DocumentValue& item : document.at("layers").items()) {
      item.allow_only({"name", "weight_bits", "activation_bits"});
      const std::size_t layer = layer_index(item.at("name"), names);
      if (seen[layer]) throw item.error(fmt::format("layer '{}' is given twice", names[layer]));
      if (is_edge[layer])
        throw item.error(
            fmt::format("layer '{}' has the bits of --edge-layers; leave one out", names[layer]));
      seen[layer] = true;
      LayerBits& bits = space.layers[layer];
      if (item.has("weight_bits")) bits.weight_bits = read_bits(item.at("weight_bits"));
      if (item.has("activation_bits")) bits.activation_bits = read_bits(item.at("activation_bits"));
    }
  if (document.has("ties"))
    for (const DocumentValue& item : document.at("ties").items()) {
      auto& tie = space.ties.emplace_back();
      for (const DocumentValue& name : item.items()) tie.push_back(layer_index(name, names));
      if (tie.empty()) throw item.error("must list the names of the layers that choose alike");
    }
}

void tie_shared_weights(const std::vector<graph::LayerShape>& layers, BitSpace& space) {
  std::map<std::string, std::vector<std::size_t>> users;
  for (std::size_t i = 0; i < layers.size(); ++i)
    users[layers[i].weights_of.empty() ? layers[i].name : layers[i].weights_of].push_back(i);
  for (const auto& [owner, tie] : users)
    if (tie.size() > 1) space.ties.push_back(tie);
}

std::vector<int> common(const std::vector<int>& a, const std::vector<int>& b) {
  std::vector<int> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

/// Leaves tied layers what all of them may have.
void intersect_tied(const std::vector<std::string>& names, BitSpace& space) {
  Problem ties;
  ties.layers.resize(names.size());
  ties.ties = space.ties;
  for (const auto& group : groups_of(ties)) {
    LayerBits bits = space.layers[group.front()];
    for (const std::size_t layer : group) {
      bits.weight_bits = common(bits.weight_bits, space.layers[layer].weight_bits);
      bits.activation_bits = common(bits.activation_bits, space.layers[layer].activation_bits);
      if (bits.weight_bits.empty() || bits.activation_bits.empty())
        throw UserError(
            fmt::format("layers '{}' and '{}' must have the same bits, and may have none in common",
                        names[group.front()], names[layer]));
    }
    for (const std::size_t layer : group) space.layers[layer] = bits;
  }
}

}  // namespace

std::vector<int> parse_bit_list(std::string_view option, std::string_view text) {
  std::vector<int> bits;
  std::string_view rest = text;
  for (bool more = true; more;) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    more = comma != std::string_view::npos;
    if (more) rest = rest.substr(comma + 1);
    const std::size_t dash = part.find('-');
    const int from = whole_number(part.substr(0, dash));
    const int to = dash == std::string_view::npos ? from : whole_number(part.substr(dash + 1));
    if (from < graph::kMinBits || to > graph::kMaxBits || to < from)
      throw UserError(fmt::format("{} '{}': must be widths in [{}, {}], such as 2-8 or 2,4,8",
                                  option, excerpt(text), graph::kMinBits, graph::kMaxBits));
    for (int width = from; width <= to; ++width) bits.push_back(width);
  }
  sort_once(bits);
  return bits;
}

BitSpace make_bit_space(const std::vector<graph::LayerShape>& layers, const LayerBits& everywhere,
                        const std::optional<graph::Precision>& edges,
                        const std::optional<std::string>& constraints_file) {
  BitSpace space{std::vector<LayerBits>(layers.size(), everywhere), {}};
  std::vector<std::string> names;
  for (const graph::LayerShape& layer : layers) names.push_back(layer.name);
  std::vector<bool> is_edge(layers.size());
  if (edges) {
    graph::Policy marked(layers.size(), {0, 0});
    graph::set_edge_layers(marked, layers, *edges);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      is_edge[i] = marked[i] == *edges;
      if (is_edge[i]) space.layers[i] = {{edges->weight_bits}, {edges->activation_bits}};
    }
  }
  if (constraints_file) read_constraints(*constraints_file, names, is_edge, space);
  tie_shared_weights(layers, space);
  intersect_tied(names, space);
  return space;
}

}  // namespace bitloom::search
