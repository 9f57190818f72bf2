#include <algorithm>
#include <cctype>
#include <map>

#include <fmt/format.h>

#include "base/document.h"
#include "base/numbers.h"
#include "base/text.h"
#include "models/graph/contraction.h"
#include "models/graph/workload_file.h"

namespace bitloom::graph {
namespace {

const std::vector<std::string>& zigzag_keys() {
  static const std::vector<std::string> keys{"id",
                                             "name",
                                             "operator_type",
                                             "equation",
                                             "dimension_relations",
                                             "loop_dims",
                                             "loop_sizes",
                                             "loop_dim_size",
                                             "pr_loop_dims",
                                             "pr_loop_sizes",
                                             "pr_loop_dim_size",
                                             "padding",
                                             "operand_precision",
                                             "operand_source",
                                             "operand_source_dimension_mapping",
                                             "constant_operands",
                                             "memory_operand_links",
                                             "core_allocation",
                                             "spatial_mapping",
                                             "spatial_mapping_hint",
                                             "temporal_ordering"};
  return keys;
}

std::string in_capitals(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string without_spaces(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  return text;
}

/// An operand of an equation: `W[k][c]`.
struct IndexedOperand {
  std::string name;
  std::vector<std::string> indices;  // in capitals
};

/// `O[b][k]+=W[k][c]*I[b][c]`, of two operands.
struct Equation {
  IndexedOperand output, first, second;  // second: the weights
  bool is_product = false;
};

IndexedOperand operand_of(const DocumentValue& equation, std::string_view text) {
  IndexedOperand operand;
  const std::size_t bracket = std::min(text.find('['), text.size());
  operand.name = std::string(text.substr(0, bracket));
  text.remove_prefix(bracket);
  while (!text.empty()) {
    const std::size_t end = text.find(']');
    if (text.front() != '[' || end == std::string_view::npos || end < 2) break;
    operand.indices.push_back(in_capitals(std::string(text.substr(1, end - 1))));
    text.remove_prefix(end + 1);
  }
  if (operand.name.empty() || !text.empty())
    throw equation.error(
        fmt::format("must be as O[b][k]+=W[k][c]*I[b][c], got '{}'", excerpt(equation.text())));
  return operand;
}

Equation equation_of(const DocumentValue& value) {
  const std::string text = without_spaces(value.text());
  const std::size_t equals = std::min(text.find('='), text.size());
  const std::string left = text.substr(0, equals - (equals > 0 && text[equals - 1] == '+' ? 1 : 0));
  const std::string right = equals < text.size() ? text.substr(equals + 1) : "";
  Equation equation{.output = operand_of(value, left), .first = {}, .second = {}};
  const std::size_t times = right.find('*');
  equation.is_product = times != std::string::npos;
  if (!equation.is_product) return equation;
  equation.first = operand_of(value, right.substr(0, times));
  equation.second = operand_of(value, right.substr(times + 1));
  if (equation.first.name == "W") std::swap(equation.first, equation.second);
  return equation;
}

/// The sizes of names in capitals: of two lists of one length, or of a mapping.
std::map<std::string, std::int64_t> sizes_of(const DocumentValue& layer, const char* names,
                                             const char* sizes, const char* mapping) {
  std::map<std::string, std::int64_t> found;
  const auto add = [&](const std::string& name, const DocumentValue& size) {
    if (!found.emplace(in_capitals(name), size.integer(1, kMostTableChannels)).second)
      throw size.error(fmt::format("loop '{}' is given twice", excerpt(name)));
  };
  if (layer.has(mapping)) {
    for (const auto& [name, size] : layer.at(mapping).entries()) add(name, size);
    return found;
  }
  const std::vector<DocumentValue> loops = layer.at(names).items();
  const std::vector<DocumentValue> each = layer.at(sizes).items();
  if (loops.size() != each.size())
    throw layer.at(sizes).error(fmt::format("must have {} sizes, one for each of {}, got {}",
                                            loops.size(), names, each.size()));
  for (std::size_t i = 0; i < loops.size(); ++i) add(loops[i].text(), each[i]);
  return found;
}

bool is_given(const DocumentValue& layer, const char* key) {
  return layer.has(key) && layer.at(key).kind() != DocumentValue::Kind::kNull;
}

/// Rows and columns of padding by the names of the dimensions that they lie around.
std::map<std::string, std::int64_t> paddings_of(const DocumentValue& layer) {
  std::map<std::string, std::int64_t> found;
  if (!is_given(layer, "padding")) return found;
  const auto both_sides = [](const DocumentValue& pair) {
    const std::vector<DocumentValue> sides = pair.items();
    if (sides.size() != 2) throw pair.error("must be [before, after]");
    return sides[0].integer(0, kMostTablePixels) + sides[1].integer(0, kMostTablePixels);
  };
  const DocumentValue padding = layer.at("padding");
  if (padding.is_mapping()) {
    for (const auto& [name, pair] : padding.entries()) found[in_capitals(name)] = both_sides(pair);
    return found;
  }
  const std::vector<DocumentValue> pairs = padding.items();
  const std::vector<DocumentValue> names = layer.at("pr_loop_dims").items();
  if (pairs.size() != names.size())
    throw padding.error(fmt::format("must have {} pairs, one for each of pr_loop_dims, got {}",
                                    names.size(), pairs.size()));
  for (std::size_t i = 0; i < names.size(); ++i)
    found[in_capitals(names[i].text())] = both_sides(pairs[i]);
  return found;
}

/// An index of the activations: `ix=2*ox+1*fx`.
struct Relation {
  std::string index;
  Contraction::Window window;
};

Relation relation_of(const DocumentValue& value) {
  const std::string text = in_capitals(without_spaces(value.text()));
  const UserError wrong =
      value.error(fmt::format("must be as ix=2*ox+1*fx, got '{}'", excerpt(value.text())));
  const std::size_t equals = text.find('='), plus = text.find('+');
  if (equals == std::string::npos || plus == std::string::npos || plus < equals) throw wrong;
  const auto term = [&](std::string_view part, std::string& loop, std::int64_t& factor) {
    const std::size_t times = part.find('*');
    if (times != std::string_view::npos) {
      const auto number = parse_integer(part.substr(0, times), 1, kMostTablePixels);
      if (!number) throw wrong;
      factor = *number;
      part.remove_prefix(times + 1);
    }
    if (part.empty() ||
        !std::all_of(part.begin(), part.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '_'; }) ||
        std::isdigit(static_cast<unsigned char>(part.front())))
      throw wrong;
    loop = std::string(part);
  };
  Relation relation{text.substr(0, equals), {}};
  const std::string_view sum = text;
  term(sum.substr(equals + 1, plus - equals - 1), relation.window.output, relation.window.stride);
  term(sum.substr(plus + 1), relation.window.kernel, relation.window.dilation);
  return relation;
}

/// The relations of the activations' indices, in the order of those.
std::vector<Relation> relations_of(const DocumentValue& layer, const IndexedOperand& activations) {
  std::vector<Relation> relations;
  if (!is_given(layer, "dimension_relations")) return relations;
  const auto place = [&](const Relation& relation) {
    return std::find(activations.indices.begin(), activations.indices.end(), relation.index) -
           activations.indices.begin();
  };
  for (const DocumentValue& each : layer.at("dimension_relations").items()) {
    relations.push_back(relation_of(each));
    if (place(relations.back()) == static_cast<std::ptrdiff_t>(activations.indices.size()))
      throw each.error(fmt::format("'{}' is no index of the operand {} in the equation",
                                   relations.back().index, activations.name));
  }
  std::sort(relations.begin(), relations.end(),
            [&](const Relation& a, const Relation& b) { return place(a) < place(b); });
  return relations;
}

/// Marks the loops that an operand's indices are.
void index_by(const DocumentValue& layer, const IndexedOperand& operand,
              const std::vector<Relation>& relations, bool Contraction::Loop::*in,
              Contraction& contraction) {
  const auto mark = [&](const std::string& name) {
    Contraction::Loop* loop = contraction.find(name);
    if (loop == nullptr)
      throw layer.at("equation")
          .error(fmt::format("index '{}' of {} is no loop of the layer", name, operand.name));
    loop->*in = true;
  };
  for (const std::string& index : operand.indices) {
    const auto relation = std::find_if(relations.begin(), relations.end(),
                                       [&](const Relation& each) { return each.index == index; });
    if (relation == relations.end()) {
      mark(index);
      continue;
    }
    mark(relation->window.output);
    mark(relation->window.kernel);
  }
}

Contraction contraction_of(const DocumentValue& layer, const Equation& equation) {
  Contraction contraction{.loops = {}, .images = "B"};
  for (const auto& [name, size] : sizes_of(layer, "loop_dims", "loop_sizes", "loop_dim_size"))
    contraction.loops.push_back({name, size});
  const std::vector<Relation> relations = relations_of(layer, equation.first);
  index_by(layer, equation.output, {}, &Contraction::Loop::in_output, contraction);
  index_by(layer, equation.first, relations, &Contraction::Loop::in_first, contraction);
  index_by(layer, equation.second, {}, &Contraction::Loop::in_second, contraction);
  const std::map<std::string, std::int64_t> paddings = paddings_of(layer);
  std::map<std::string, std::int64_t> inputs;
  if (is_given(layer, "pr_loop_dim_size") || is_given(layer, "pr_loop_dims"))
    inputs = sizes_of(layer, "pr_loop_dims", "pr_loop_sizes", "pr_loop_dim_size");
  for (const Relation& relation : relations) {
    contraction.windows.push_back(relation.window);
    if (const auto found = inputs.find(relation.index); found != inputs.end())
      contraction.windows.back().input = found->second;
    if (const auto found = paddings.find(relation.index); found != paddings.end())
      contraction.windows.back().padding = found->second;
  }
  return contraction;
}

/// Whether an operand is what another layer puts out.
bool is_of_another_layer(const DocumentValue& layer, const std::string& operand) {
  if (!is_given(layer, "operand_source") || !layer.at("operand_source").has(operand)) return false;
  const DocumentValue source = layer.at("operand_source").at(operand);
  if (source.is_sequence()) return !source.items().empty();
  constexpr std::int64_t kMostLayers = 1'000'000;
  return source.integer(-kMostLayers, kMostLayers) !=
         layer.at("id").integer(-kMostLayers, kMostLayers);
}

/// Bits of an operand, at least `least`; nothing where no operand has any.
std::optional<int> bits_of(const DocumentValue& layer, const std::string& operand, int least) {
  if (!is_given(layer, "operand_precision")) return std::nullopt;
  return static_cast<int>(layer.at("operand_precision").at(operand).integer(least, kMaxBits));
}

std::string zigzag_name(const DocumentValue& layer, std::size_t place) {
  if (layer.has("name")) return layer.at("name").text();
  return fmt::format("{}_{}", layer.at("operator_type").text(),
                     layer.has("id") ? layer.at("id").text() : std::to_string(place));
}

}  // namespace

std::vector<LayerRow> read_zigzag(const std::string& network, const DocumentValue& list) {
  std::vector<LayerRow> rows;
  std::map<std::string, std::size_t> lines;  // of ids
  std::size_t place = 0;
  for (const DocumentValue& layer : list.items()) {
    layer.allow_only(zigzag_keys());
    if (layer.has("id")) {
      const std::string id = layer.at("id").text();
      const auto [first, is_new] = lines.emplace(id, layer.line());
      if (!is_new)
        throw layer.at("id").error(
            fmt::format("{} is the id of line {}'s layer; one for each would be right", excerpt(id),
                        first->second));
    }
    const std::string name = zigzag_name(layer, place++);
    const Equation equation = equation_of(layer.at("equation"));
    if (!equation.is_product || bits_of(layer, equation.second.name, 0) == 0) continue;
    Contraction contraction = contraction_of(layer, equation);
    if (is_of_another_layer(layer, equation.second.name))
      contraction.second = SecondOperand::kActivation;
    LayerRow row{.network = network, .layer = {}, .line = layer.line()};
    try {
      auto [shape, images] = contracted(contraction);
      row.layer = std::move(shape);
      if (images > 1) row.batch = images;
    } catch (const UserError& misfit) {
      throw misfit.with_text(layer.error(misfit.what()).what());
    }
    row.layer.name = name;
    row.layer.reads_input =
        rows.empty() && !contraction.windows.empty() && row.layer.kind != LayerKind::kLinear;
    if (const auto weights = bits_of(layer, equation.second.name, kMinBits))
      row.precision = Precision{*weights, *bits_of(layer, equation.first.name, kMinBits)};
    rows.push_back(std::move(row));
  }
  if (rows.empty()) throw list.error("has no layer that multiplies two operands");
  return rows;
}

}  // namespace bitloom::graph
