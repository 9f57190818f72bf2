// What each of models/operators is in ONNX.
#include "models/onnx/export/exporter.h"
#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/concat.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/linear.h"
#include "models/operators/matmul.h"
#include "models/operators/padded_subsample.h"
#include "models/operators/pool.h"
#include "models/operators/softmax.h"
#include "models/operators/upsample.h"

namespace bitloom::onnx {
namespace {

Tensor number(double value) { return tensor_of(std::vector<float>{static_cast<float>(value)}, {}); }

Tensor list(const std::vector<std::int64_t>& values) {
  return tensor_of(values, {static_cast<std::int64_t>(values.size())});
}

/// Of a window over {channels, length}, whose row is no dimension of ONNX's.
std::vector<Attribute> line_attributes(const graph::Window& window) {
  const auto& [kernel, stride, padding, dilation] = window;
  return {integers_attribute("kernel_shape", {kernel.width}),
          integers_attribute("strides", {stride.width}),
          integers_attribute("pads", {padding.left, padding.right}),
          integers_attribute("dilations", {dilation.width})};
}

/// Strides, padding and dilation of a window over the node's input; SAME resolved.
std::vector<Attribute> window_attributes(const Exporter& to, const graph::Window& window) {
  if (to.input_shape().size() == 2) return line_attributes(window);
  const auto& [kernel, stride, padding, dilation] =
      graph::resolved(window, graph::extent_of(to.input_shape()));
  return {integers_attribute("kernel_shape", {kernel.height, kernel.width}),
          integers_attribute("strides", {stride.height, stride.width}),
          integers_attribute("pads", {padding.top, padding.left, padding.bottom, padding.right}),
          integers_attribute("dilations", {dilation.height, dilation.width})};
}

void write(Exporter& to, const graph::Activation& op) {
  if (op.kind == graph::ActivationKind::kRelu) return to.result("Relu", {to.input()});
  to.result("Clip", {to.input(), to.constant("least", number(0)), to.constant("most", number(6))});
}

void write(Exporter& to, const graph::Add&) {
  to.result(to.inputs() == 2 ? "Add" : "Sum", to.all_inputs());
}

void write(Exporter& to, const graph::BatchNorm& op) {
  std::vector<std::string> inputs{to.input()};
  for (const char* suffix : {".weight", ".bias", ".running_mean", ".running_var"})
    inputs.push_back(to.parameter(suffix, ""));
  to.result("BatchNormalization", inputs, {real_attribute("epsilon", op.epsilon)});
}

void write(Exporter& to, const graph::Concat&) {
  to.result("Concat", to.all_inputs(), {integer_attribute("axis", 1)});
}

void write(Exporter& to, const graph::Convolution& op) {
  std::vector<std::string> inputs{to.input(), to.parameter(".weight", op.weights_of)};
  if (op.bias) inputs.push_back(to.parameter(".bias", op.weights_of));
  std::vector<Attribute> attributes = window_attributes(to, op.window);
  attributes.push_back(integer_attribute("group", op.groups));
  to.result("Conv", inputs, attributes);
}

void write(Exporter& to, const graph::Flatten&) {
  to.result("Flatten", {to.input()}, {integer_attribute("axis", 1)});
}

void write(Exporter& to, const graph::GlobalAveragePool&) {
  to.result("GlobalAveragePool", {to.input()});
}

void write(Exporter& to, const graph::Linear& op) {
  if (to.shape().size() == 1) {
    std::vector<std::string> inputs{to.input(), to.parameter(".weight", "")};
    if (op.bias) inputs.push_back(to.parameter(".bias", ""));
    return to.result("Gemm", inputs, {integer_attribute("transB", 1)});
  }
  const std::string turned = to.step("Transpose", {to.parameter(".weight", "")}, "turned",
                                     {integers_attribute("perm", {1, 0})});
  if (!op.bias) return to.result("MatMul", {to.input(), turned});
  const std::string product = to.step("MatMul", {to.input(), turned}, "product");
  to.result("Add", {product, to.parameter(".bias", "")});
}

void write(Exporter& to, const graph::MatMul& op) {
  std::string second = to.input(1);
  if (op.transpose_second)
    second = to.step("Transpose", {second}, "turned", {integers_attribute("perm", {0, 1, 3, 2})});
  to.result("MatMul", {to.input(0), second});
}

void write(Exporter& to, const graph::PaddedSubsample& op) {
  const std::string kept = to.step(
      "Slice",
      {to.input(), to.constant("starts", list({0, 0})),
       to.constant("ends", list({to.input_shape()[1], to.input_shape()[2]})),
       to.constant("axes", list({2, 3})), to.constant("steps", list({op.stride, op.stride}))},
      "kept");
  to.result(
      "Pad",
      {kept, to.constant("pads", list({0, op.channels_before, 0, 0, 0, op.channels_after, 0, 0}))});
}

void write(Exporter& to, const graph::Pool& op) {
  std::vector<Attribute> attributes = window_attributes(to, op.window);
  attributes.push_back(integer_attribute("ceil_mode", op.ceil_mode ? 1 : 0));
  const bool is_max = op.kind == graph::PoolKind::kMax;
  if (!is_max) {
    attributes.push_back(integer_attribute("count_include_pad", op.count_padding ? 1 : 0));
    std::erase_if(attributes, [](const Attribute& each) { return each.name == "dilations"; });
  }
  to.result(is_max ? "MaxPool" : "AveragePool", {to.input()}, attributes);
}

void write(Exporter& to, const graph::Softmax&) {
  to.result("Softmax", {to.input()}, {integer_attribute("axis", -1)});
}

void write(Exporter& to, const graph::Upsample& op) {
  constexpr std::int64_t kSizesOfSomeAxes = 18;
  if (to.opset() < kSizesOfSomeAxes)
    return to.result(
        "Resize",
        {to.input(), "", "",
         to.constant("sizes", list({1, to.shape()[0], op.size.height, op.size.width}))},
        {text_attribute("mode", "nearest"),
         text_attribute("coordinate_transformation_mode", "asymmetric"),
         text_attribute("nearest_mode", "floor")});
  to.result("Resize",
            {to.input(), "", "", to.constant("sizes", list({op.size.height, op.size.width}))},
            {integers_attribute("axes", {2, 3}), text_attribute("mode", "nearest"),
             text_attribute("coordinate_transformation_mode", "asymmetric"),
             text_attribute("nearest_mode", "floor")});
}

void write(Exporter& to, const Call& op) { to.original(op); }

void write(Exporter& to, const ProductCall& op) {
  if (op.computes) to.original(op.call);
}

struct KindRow {
  const graph::OperatorKind* kind;
  ExporterRow write;
};

template <class Op>
constexpr KindRow row() {
  return {&graph::kKind<Op>,
          [](Exporter& to, const graph::Operator& op) { write(to, op.as<Op>()); }};
}

constexpr KindRow kRows[] = {
    row<graph::Activation>(),
    row<graph::Add>(),
    row<graph::BatchNorm>(),
    row<graph::Concat>(),
    row<graph::Convolution>(),
    row<graph::Flatten>(),
    row<graph::GlobalAveragePool>(),
    row<graph::Linear>(),
    row<graph::MatMul>(),
    row<graph::PaddedSubsample>(),
    row<graph::Pool>(),
    row<graph::Softmax>(),
    row<graph::Upsample>(),
    row<Call>(),
    row<ProductCall>(),
};

}  // namespace

ExporterRow exporter_row(const graph::OperatorKind& kind) {
  for (const KindRow& row : kRows)
    if (row.kind == &kind) return row.write;
  return nullptr;
}

}  // namespace bitloom::onnx
