// HAWQ's bit_config.py: bit_config_dict = {"bit_config_resnet18_uniform4": {'quant_input': 8, ..}}.
// Its ResNets name stages and units from 1, and have a quantizer before each convolution:
//
//     quant_input, quant_init_convbn                       the first layer
//     stage1.unit1.quant_act, quant_convbn1                layer1.0.conv1
//     stage1.unit1.quant_act1, quant_convbn2               layer1.0.conv2
//     stage1.unit1.quant_act, quant_identity_convbn        layer1.0.downsample.0
//     quant_act_output, quant_output                       the last layer
//
// quant_act_int32 is the sum of two branches, which no layer's bits say.
#include <algorithm>
#include <map>
#include <regex>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "models/policies/python_dict.h"

namespace bitloom::policies {
namespace {

constexpr std::size_t kLongestKey = 100;  // beyond it std::regex may run out of stack

using HawqItems = std::vector<PythonDict::Item>;

const PythonDict* dict_of(const PythonDict::Item& item) {
  return std::get_if<PythonDict>(&item.value);
}

std::int64_t number_of(const PythonDict::Item& item) {
  const auto* number = std::get_if<std::int64_t>(&item.value);
  if (!number)
    throw UserError(fmt::format("{}: '{}' must be a number of bits", item.place, item.key));
  return *number;
}

/// The configuration of that name, or the only one.
const HawqItems& configuration_in(const std::string& path, const PythonDict& file,
                                  const std::string& entry) {
  if (file.items.empty()) throw UserError(path + ": has no bits");
  const bool has_several = dict_of(file.items.front()) != nullptr;
  if (!has_several) {
    if (!entry.empty())
      throw UserError(
          fmt::format("--entry {}: {} has one configuration, without a name", entry, path));
    return file.items;
  }
  std::vector<std::string> names;
  for (const PythonDict::Item& item : file.items) {
    if (!dict_of(item))
      throw UserError(
          fmt::format("{}: '{}' must be a dict as those before are", item.place, item.key));
    names.push_back(item.key);
  }
  if (entry.empty() && names.size() == 1) return dict_of(file.items.front())->items;
  if (entry.empty())
    throw UserError(fmt::format("{}: has {} configurations; --entry NAME chooses one: {}", path,
                                names.size(), listed(names)));
  if (std::count(names.begin(), names.end(), entry) > 1)
    throw UserError(fmt::format("{}: '{}' is given twice", path, entry));
  const auto found = std::find(names.begin(), names.end(), entry);
  if (found == names.end())
    throw UserError(fmt::format("--entry: {}", unknown_name("configuration", entry, names).what()));
  return dict_of(file.items[static_cast<std::size_t>(found - names.begin())])->items;
}

/// `layer1.0.` of the text `1` of a stage and of a unit, which count from 1; empty where they do
/// not.
std::string block_name(const std::string& stage, const std::string& unit) {
  const auto number = parse_integer(unit, 1, 1 << 20);
  return number ? fmt::format("layer{}.{}.", stage, *number - 1) : "";
}

/// What a key of HAWQ's gives bits to.
class HawqKeys {
 public:
  explicit HawqKeys(const Target& target) : target_(target) {}

  /// Adds what the key gives bits to; nothing where that is of no layer.
  void add(const PythonDict::Item& item, Named& named) const {
    const auto give = [&](const std::string& name, Operand operand) {
      named.bits.push_back(
          {name, operand, number_of(item), fmt::format("{}: '{}'", item.place, item.key)});
    };
    static const std::regex unit(
        R"(stage(\d+)\.unit(\d+)\.quant_(act|convbn|identity_convbn)(\d*))");
    std::smatch parts;
    const std::string& key = item.key;
    if (key.ends_with("quant_act_int32")) {
      ++named.passed_over;
    } else if (key == "quant_init_convbn" || key == "quant_init_block_convbn") {
      give(target_.layers.front().name, Operand::kWeights);
    } else if (key == "quant_input") {
      give(target_.layers.front().name, Operand::kActivations);
    } else if (key == "quant_output") {
      give(target_.layers.back().name, Operand::kWeights);
    } else if (key == "quant_act_output") {
      give(target_.layers.back().name, Operand::kActivations);
    } else if (key.size() <= kLongestKey && std::regex_match(key, parts, unit)) {
      add_of_unit(block_name(parts[1], parts[2]), parts[3], parts[4], give);
    } else {
      give(key, key.find("act") == std::string::npos ? Operand::kWeights : Operand::kActivations);
    }
  }

 private:
  template <class Give>
  void add_of_unit(const std::string& block, const std::string& kind, const std::string& number,
                   const Give& give) const {
    const std::string shortcut = block + "downsample.0";
    if (kind == "convbn") {
      give(block + "conv" + number, Operand::kWeights);
    } else if (kind == "identity_convbn") {
      give(shortcut, Operand::kWeights);
    } else {
      const auto place = number.empty() ? 0 : *parse_integer(number.substr(0, 6));
      give(fmt::format("{}conv{}", block, place + 1), Operand::kActivations);
      if (number.empty() && target_.has(shortcut)) give(shortcut, Operand::kActivations);
    }
  }

  const Target& target_;
};

bool recognizes_hawq(const File& file) {
  return file.path.ends_with(".py") || file.text.find("bit_config") != std::string::npos ||
         file.text.find("quant_convbn") != std::string::npos;
}

graph::Policy read_hawq(const File& file, const Target& target, const Reading& reading,
                        std::size_t& passed_over) {
  const PythonDict dict = read_python_dict(file);
  Named named;
  const HawqKeys keys(target);
  std::set<std::string> seen;
  for (const PythonDict::Item& item : configuration_in(file.path, dict, reading.entry)) {
    if (!seen.insert(item.key).second)
      throw UserError(fmt::format("{}: '{}' is given twice", item.place, item.key));
    keys.add(item, named);
  }
  graph::Policy policy = policy_of(file.path, named, target, reading);
  passed_over = named.passed_over;
  return policy;
}

/// HAWQ's keys of a layer: of its weights, and of what it reads; none where HAWQ has no name.
struct HawqLayer {
  std::string weights, activations, stage;
};
std::optional<HawqLayer> hawq_layer(const Target& target, std::size_t place) {
  static const std::regex block(R"(layer(\d{1,6})\.(\d{1,6})\.(conv(\d)|downsample\.0))");
  std::smatch parts;
  const std::string& name = target.layers[place].name;
  // Its ResNets of three convolutions a block call the first one otherwise.
  if (place == 0)
    return HawqLayer{target.has("layer1.0.conv3") ? "quant_init_convbn" : "quant_init_block_convbn",
                     "quant_input", ""};
  if (place + 1 == target.layers.size()) return HawqLayer{"quant_output", "quant_act_output", ""};
  if (name.size() > kLongestKey || !std::regex_match(name, parts, block)) return std::nullopt;
  const std::string unit =
      fmt::format("stage{}.unit{}.", parts[1].str(), *parse_integer(parts[2].str()) + 1);
  if (!parts[4].matched) return HawqLayer{unit + "quant_identity_convbn", unit + "quant_act", unit};
  const std::int64_t number = *parse_integer(parts[4].str());
  return HawqLayer{
      fmt::format("{}quant_convbn{}", unit, number),
      number == 1 ? unit + "quant_act" : fmt::format("{}quant_act{}", unit, number - 1), unit};
}

/// Keys and bits in the order of the layers.
class HawqText {
 public:
  void add(const std::string& key, int bits, const std::string& layer) {
    const auto [before, is_new] = bits_.emplace(key, bits);
    if (!is_new && before->second != bits)
      throw UserError(fmt::format(
          "layer '{}': HAWQ has one quantizer, {}, for this layer's input and that of another "
          "layer, whose bits are {}, not {}",
          layer, key, before->second, bits));
    if (is_new) text_ += fmt::format("        '{}': {},\n", key, bits);
  }
  const std::string& text() const { return text_; }

 private:
  std::map<std::string, int> bits_;
  std::string text_;
};

std::string write_hawq(const graph::Policy& policy, const Target& target, const File&) {
  HawqText text;
  std::vector<std::string> nameless;
  constexpr int kSumBits = 16;  // as in each of HAWQ's own configurations
  for (std::size_t i = 0; i < policy.size(); ++i) {
    const auto keys = hawq_layer(target, i);
    if (!keys) {
      nameless.push_back(target.layers[i].name);
      continue;
    }
    text.add(keys->activations, policy[i].activation_bits, target.layers[i].name);
    text.add(keys->weights, policy[i].weight_bits, target.layers[i].name);
    if (i + 1 < policy.size()) text.add(keys->stage + "quant_act_int32", kSumBits, "");
  }
  if (!nameless.empty())
    throw UserError(fmt::format("hawq: has names for ResNets alone; {} has none for {}",
                                target.network, listed(nameless)));
  return fmt::format("bit_config_dict = {{\n    'bit_config_{}': {{\n{}    }},\n}}\n",
                     target.network, text.text());
}

}  // namespace

Format hawq_format() {
  return {.name = "hawq",
          .doc = "HAWQ's bit_config.py, read without being run",
          .recognizes = recognizes_hawq,
          .read = read_hawq,
          .write = write_hawq,
          .needs_like = {}};
}

}  // namespace bitloom::policies
