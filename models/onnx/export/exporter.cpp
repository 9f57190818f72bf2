#include "models/onnx/export/exporter.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/layer_shape.h"
#include "models/onnx/import.h"
#include "models/operators/convolution.h"

namespace bitloom::onnx {
namespace {

constexpr const char* kQonnxDomain = "qonnx.custom_op.general";

enum AttributeType { kReal = 1, kInteger = 2, kText = 3, kIntegers = 7 };

Tensor scalar(double value) { return tensor_of(std::vector<float>{static_cast<float>(value)}, {}); }

/// The shape of scales, one for each output channel, that fit weights of `rank` dimensions.
Shape along_channels(std::size_t count, std::size_t rank) {
  if (count == 1) return {};
  Shape shape(rank, 1);
  shape[0] = static_cast<std::int64_t>(count);
  return shape;
}

/// QONNX's signed codes of one bit are -1 and 1, not the -1 and 0 of two's complement.
void require_sign(const integer::QuantizedLayer& layer, const char* whose,
                  const integer::CodeType& type) {
  if (type.encoding == integer::Encoding::kSigned && type.bits == 1)
    throw unsupported(fmt::format(
        "layer '{}': its {} are -1 and 0, which QONNX has no bits for; --format qdq says them",
        layer.name, whose));
}

/// The graph's dimensions with the images before them.
std::vector<ValueInfo::Dimension> with_images(const Shape& shape) {
  std::vector<ValueInfo::Dimension> dims{{-1, "images"}};
  for (const std::int64_t size : shape) dims.push_back({size, ""});
  return dims;
}

std::vector<float> narrowed(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

}  // namespace

Attribute integer_attribute(const char* name, std::int64_t value) {
  return {.name = name, .type = kInteger, .integer = value};
}
Attribute real_attribute(const char* name, double value) {
  return {.name = name, .type = kReal, .real = static_cast<float>(value)};
}
Attribute text_attribute(const char* name, const char* value) {
  return {.name = name, .type = kText, .text = value};
}
Attribute integers_attribute(const char* name, std::vector<std::int64_t> values) {
  return {.name = name, .type = kIntegers, .integers = std::move(values)};
}

Format parse_format(std::string_view text) {
  if (text == "onnx") return Format::kPlain;
  if (text == "qonnx") return Format::kQonnx;
  if (text == "qdq") return Format::kQdq;
  throw unknown_name("format", text, {"onnx", "qonnx", "qdq"});
}

namespace {

/// Weights of a convolution over {channels, length} without their row.
Shape shape_in_file(const graph::Graph& graph, const weights::ParameterShape& parameter) {
  const graph::Node& node = graph.node(parameter.node);
  Shape shape = parameter.shape;
  const bool is_line = node.op.is<graph::Convolution>() && node.shape.size() == 2;
  if (is_line && shape.size() == 4) shape.erase(shape.begin() + 2);
  return shape;
}

}  // namespace

Exporter::Exporter(const graph::Graph& graph, Format format, const ExportedValues& values)
    : graph_(graph), format_(format), values_(values) {
  ensure((format == Format::kPlain) == (values.layers == nullptr),
         "quantized formats have quantized layers");
  const std::vector<graph::LayerShape> layers = graph::layers_of(graph);
  for (std::size_t i = 0; i < layers.size(); ++i) layer_of_[layers[i].name] = i;
  for (const weights::ParameterShape& each : weights::parameters_of(graph))
    parameter_shapes_[each.name] = shape_in_file(graph, each);
}

Model Exporter::model() {
  model_.producer = "bitloom";
  choose_opset();
  if (format_ == Format::kQonnx) model_.opsets[kQonnxDomain] = 1;
  model_.graph.name = graph_.name();
  if (!values_.normalization.empty()) model_.metadata[kNormalizationNote] = values_.normalization;
  for (graph::NodeId id = 0; id < graph_.nodes().size(); ++id) add(id);
  add_outputs();
  return std::move(model_);
}

void Exporter::add_input(const graph::Node& node) {
  if (!has_originals_) {
    model_.graph.inputs.push_back(
        {.name = node.name, .type = ElementType::kFloat, .dims = with_images(node.shape)});
    return;
  }
  const auto found = std::find_if(values_.inputs.begin(), values_.inputs.end(),
                                  [&](const ValueInfo& info) { return info.name == node.name; });
  ensure(found != values_.inputs.end(), "an imported network is exported with its inputs");
  model_.graph.inputs.push_back(*found);
}

void Exporter::add_outputs() {
  for (const graph::Output& output : graph_.outputs()) {
    const graph::Node& node = graph_.node(output.node);
    ValueInfo info{.name = node.name, .type = ElementType::kFloat};
    if (!has_originals_) info.dims = with_images(node.shape);
    model_.graph.outputs.push_back(std::move(info));
  }
}

void Exporter::add(graph::NodeId id) {
  node_ = &graph_.node(id);
  if (node_->op.is_input()) return add_input(*node_);
  const ExporterRow row = exporter_row(node_->op.kind());
  if (!row)
    throw unsupported(fmt::format("network {}: {} '{}' is not exported", graph_.name(),
                                  node_->op.name(), node_->name));
  row(*this, node_->op);
}

const Shape& Exporter::input_shape(std::size_t which) const {
  return graph_.node(node_->inputs.at(which)).shape;
}

const integer::QuantizedLayer* Exporter::layer() const {
  const auto found = layer_of_.find(node_->name);
  return found == layer_of_.end() || !values_.layers ? nullptr : &values_.layers->at(found->second);
}

std::string Exporter::input(std::size_t which) {
  const std::string& value = graph_.node(node_->inputs.at(which)).name;
  const integer::QuantizedLayer* quantized = layer();
  return quantized ? quantized_input(*quantized, value) : value;
}

std::vector<std::string> Exporter::all_inputs() {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < inputs(); ++i) values.push_back(input(i));
  return values;
}

std::string Exporter::parameter(const std::string& suffix, const std::string& owner) {
  const std::string name = (owner.empty() ? node_->name : owner) + suffix;
  const Shape& shape = parameter_shapes_.at(name);
  const integer::QuantizedLayer* quantized = layer();
  if (!quantized || suffix != ".weight") return raw_parameter(name, shape);
  // Layers that share weights may have them at different bits.
  return quantized_weights(*quantized, node_->name + suffix, shape);
}

std::string Exporter::raw_parameter(const std::string& name, const Shape& shape) {
  if (model_.graph.initializers.count(name)) return name;
  if (values_.parameters) {
    model_.graph.initializers[name] = tensor_of(values_.parameters->at(name).values, shape);
    return name;
  }
  // Zeros that take no room in the file.
  const std::string sizes = name + ".shape";
  if (model_.graph.initializers.count(sizes)) return name;
  model_.graph.initializers[sizes] = tensor_of(shape, {static_cast<std::int64_t>(shape.size())});
  model_.graph.nodes.push_back(
      {.name = name + ".zeros", .op = "ConstantOfShape", .inputs = {sizes}, .outputs = {name}});
  return name;
}

void Exporter::result(const std::string& op, std::vector<std::string> inputs,
                      std::vector<Attribute> attributes) {
  model_.graph.nodes.push_back({.name = node_->name,
                                .op = op,
                                .inputs = std::move(inputs),
                                .outputs = {node_->name},
                                .attributes = std::move(attributes)});
}

std::string Exporter::step(const std::string& op, std::vector<std::string> inputs,
                           const std::string& what, std::vector<Attribute> attributes,
                           const std::string& domain) {
  const std::string value = node_->name + "." + what;
  model_.graph.nodes.push_back({.name = value,
                                .op = op,
                                .domain = domain,
                                .inputs = std::move(inputs),
                                .outputs = {value},
                                .attributes = std::move(attributes)});
  return value;
}

std::string Exporter::constant(const std::string& what, Tensor tensor) {
  const std::string name = node_->name + "." + what;
  model_.graph.initializers.insert_or_assign(name, std::move(tensor));
  return name;
}

std::string Exporter::quantized_input(const integer::QuantizedLayer& layer,
                                      const std::string& value) {
  const integer::CodeType& type = layer.activation_type;
  if (type.encoding == integer::Encoding::kBipolar)
    throw unsupported(fmt::format("layer '{}': bipolar activations are not exported", layer.name));
  const bool is_signed = type.encoding == integer::Encoding::kSigned;
  const std::string scale = constant("input_scale", scalar(layer.activation_scaling.scales.at(0)));
  if (format_ == Format::kQonnx) {
    require_sign(layer, "activations", type);
    const std::string zero = constant("zero", scalar(0));
    const std::string bits = constant("input_bits", scalar(type.bits));
    return step("Quant", {value, scale, zero, bits}, "input",
                {integer_attribute("signed", is_signed ? 1 : 0), integer_attribute("narrow", 0),
                 text_attribute("rounding_mode", "ROUND")},
                kQonnxDomain);
  }
  if (type.bits > 8)
    throw unsupported(
        fmt::format("layer '{}': QDQ says codes of at most 8 bits, not {}; "
                    "--format qonnx says them",
                    layer.name, type.bits));
  const ElementType element = is_signed ? ElementType::kInt8 : ElementType::kUint8;
  const std::string zero =
      constant("input_zero", tensor_of(std::vector<std::int64_t>{0}, {}, element));
  std::string codes = step("QuantizeLinear", {value, scale, zero}, "input_codes");
  if (type.bits < 8) {
    const auto bound = [&](const char* what, std::int64_t code) {
      return constant(what, tensor_of(std::vector<std::int64_t>{code}, {}, element));
    };
    codes = step("Clip",
                 {codes, bound("input_least", type.lowest()), bound("input_most", type.highest())},
                 "input_clipped");
  }
  return step("DequantizeLinear", {codes, scale, zero}, "input");
}

std::string Exporter::quantized_weights(const integer::QuantizedLayer& layer,
                                        const std::string& name, const Shape& shape) {
  const integer::CodeType& type = layer.weight_type;
  const bool is_bipolar = type.encoding == integer::Encoding::kBipolar;
  const std::vector<double>& scales = layer.weight_scaling.scales;
  const std::size_t channel = layer.weights.size() / static_cast<std::size_t>(shape.at(0));
  if (format_ == Format::kQonnx) {
    if (is_bipolar && type.bits > 1)
      throw unsupported(
          fmt::format("layer '{}': QONNX says bipolar weights of 1 bit, not {}; "
                      "--format qdq says them",
                      layer.name, type.bits));
    std::vector<float> values;
    for (std::size_t i = 0; i < layer.weights.size(); ++i)
      values.push_back(
          static_cast<float>(layer.weights[i] * scales[scales.size() == 1 ? 0 : i / channel]));
    model_.graph.initializers.insert_or_assign(name, tensor_of(values, shape));
    const std::string scale = constant(
        "weight_scale", tensor_of(narrowed(scales), along_channels(scales.size(), shape.size())));
    if (is_bipolar) return step("BipolarQuant", {name, scale}, "weights", {}, kQonnxDomain);
    require_sign(layer, "weights", type);
    const std::string zero = constant("zero", scalar(0));
    const std::string bits = constant("weight_bits", scalar(type.bits));
    const bool is_signed = type.encoding == integer::Encoding::kSigned;
    return step("Quant", {name, scale, zero, bits}, "weights",
                {integer_attribute("signed", is_signed ? 1 : 0), integer_attribute("narrow", 0),
                 text_attribute("rounding_mode", "ROUND")},
                kQonnxDomain);
  }
  if (type.lowest() < -128 || type.highest() > (type.lowest() < 0 ? 127 : 255))
    throw unsupported(
        fmt::format("layer '{}': QDQ says weights from -128 to 127 or from 0 to 255, "
                    "not from {} to {}",
                    layer.name, type.lowest(), type.highest()));
  const ElementType element =
      type.encoding == integer::Encoding::kUnsigned ? ElementType::kUint8 : ElementType::kInt8;
  const std::vector<std::int64_t> codes(layer.weights.begin(), layer.weights.end());
  model_.graph.initializers.insert_or_assign(name, tensor_of(codes, shape, element));
  const bool is_one = scales.size() == 1;
  const Shape scale_shape = is_one ? Shape{} : Shape{static_cast<std::int64_t>(scales.size())};
  const std::string scale = constant("weight_scale", tensor_of(narrowed(scales), scale_shape));
  const std::string zero = constant(
      "weight_zero", tensor_of(std::vector<std::int64_t>(scales.size(), 0), scale_shape, element));
  return step("DequantizeLinear", {name, scale, zero}, "weights", {integer_attribute("axis", 0)});
}

Model export_model(const graph::Graph& graph, Format format, const ExportedValues& values) {
  return Exporter(graph, format, values).model();
}

}  // namespace bitloom::onnx
