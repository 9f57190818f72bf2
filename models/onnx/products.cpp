#include "models/onnx/products.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/shown_name.h"
#include "base/text.h"
#include "models/onnx/inference/window_attributes.h"

namespace bitloom::onnx {
namespace {

using graph::Extent;
using graph::LayerKind;
using graph::LayerShape;
using graph::SecondOperand;
using Products = std::vector<LayerShape>;

/// A step whose products are looked for.
class ProductView : public NodeView {
 public:
  ProductView(const Flow& flow, const Step& step)
      : NodeView(step.node, inputs_of(flow, step), {}), flow_(flow), step_(step) {}

  bool is_constant(std::size_t which) const { return has(which) && input(which).is_constant; }
  SecondOperand second(std::size_t which) const {
    return is_constant(which) ? SecondOperand::kWeights : SecondOperand::kActivation;
  }
  const Shape& result() const {
    const Value& value = flow_.values[step_.outputs.at(0)];
    if (!value.dims) throw Unknown{value.why_unknown};
    return *value.dims;
  }

 private:
  static std::vector<const Value*> inputs_of(const Flow& flow, const Step& step) {
    std::vector<const Value*> values;
    for (const auto& id : step.inputs) values.push_back(id ? &flow.values[*id] : nullptr);
    return values;
  }

  const Flow& flow_;
  const Step& step_;
};

/// Dimensions of an image as rows and columns: those in front of the last are joined.
Extent extent(const Shape& space) {
  return {elements_between(space, 0, space.size() - 1), space.back()};
}

/// A convolution whose input is operand 0, with weights at `weights` and a bias at `bias`.
Products convolution(ProductView& node, std::size_t weights, std::size_t bias) {
  const Shape& in = node.dims(0);
  const Shape& kernels = node.dims(weights);
  const Shape& out = node.result();
  const std::int64_t groups = node.node().integer("group", 1);
  const WindowAttributes window = window_of(node, space_of(node, in), space_of(node, kernels));
  Extent output = extent(space_of(node, out));
  output.height *= in[0];
  return {{.kind = groups > 1 && groups == in[1] ? LayerKind::kDepthwise : LayerKind::kConvolution,
           .in_channels = in[1],
           .out_channels = out[1],
           .kernel = extent(window.kernel),
           .stride = extent(window.stride),
           .input = extent(space_of(node, in)),
           .output = output,
           .groups = groups,
           .biases = node.has(bias) ? out[1] : 0,
           .second = node.second(weights)}};
}

Products conv_products(ProductView& node) { return convolution(node, 1, 2); }
Products conv_integer_products(ProductView& node) { return convolution(node, 1, 99); }
Products qlinear_conv_products(ProductView& node) { return convolution(node, 3, 8); }

/// Each input pixel times all weights gives a block of output pixels, to which blocks are added.
Products conv_transpose_products(ProductView& node) {
  const Shape& in = node.dims(0);
  const Shape kernel = space_of(node, node.dims(1));
  Extent pixels = extent(space_of(node, in));
  pixels.height *= in[0];
  return {{.in_channels = in[1],
           .out_channels = node.result()[1] * elements_between(kernel, 0, kernel.size()),
           .input = pixels,
           .output = pixels,
           .groups = node.node().integer("group", 1),
           .biases = node.has(2) ? node.result()[1] : 0,
           .second = node.second(1)}};
}

/// The product of matrices of those shapes, at least two dimensions each.
struct Matrices {
  Shape first, second;
  bool first_is_constant = false, second_is_constant = false;
};

LayerShape linear(std::int64_t rows, std::int64_t reduction, std::int64_t columns) {
  return {.kind = LayerKind::kLinear,
          .in_channels = reduction,
          .out_channels = columns,
          .input = {rows, 1},
          .output = {rows, 1}};
}

LayerShape matrices(std::int64_t count, std::int64_t rows, std::int64_t reduction,
                    std::int64_t columns, SecondOperand second) {
  return {.kind = LayerKind::kMatMul,
          .in_channels = count * reduction,
          .out_channels = count * columns,
          .input = {rows, 1},
          .output = {rows, 1},
          .groups = count,
          .second = second};
}

LayerShape product(const Matrices& m) {
  if (m.first_is_constant && !m.second_is_constant) {  // (A B)^T = B^T A^T: weights come second
    const auto turned = [](Shape dims) {
      std::swap(dims[dims.size() - 1], dims[dims.size() - 2]);
      return dims;
    };
    return product({turned(m.second), turned(m.first), false, true});
  }
  const std::int64_t rows = m.first[m.first.size() - 2], reduction = m.first.back();
  const std::int64_t columns = m.second.back();
  // Where the second operand is one matrix, all matrices of the first are rows of one product.
  std::int64_t count = 1, more_rows = 1;
  const std::size_t batch = std::max(m.first.size(), m.second.size()) - 2;
  for (std::size_t i = 0; i < batch; ++i) {
    const auto dim = [&](const Shape& dims) {
      const std::size_t missing = batch + 2 - dims.size();
      return i < missing ? 1 : dims[i - missing];
    };
    (dim(m.second) > 1 ? count : more_rows) *= std::max(dim(m.first), dim(m.second));
  }
  if (m.second_is_constant && count == 1) return linear(more_rows * rows, reduction, columns);
  return matrices(count, more_rows * rows, reduction, columns,
                  m.second_is_constant ? SecondOperand::kWeights : SecondOperand::kActivation);
}

/// Inputs 0 and `second` multiplied as these shapes; a vector is a matrix of one row or column.
Products product_of_inputs(ProductView& node, std::size_t second, Shape first_dims,
                           Shape second_dims) {
  if (first_dims.size() == 1) first_dims.insert(first_dims.begin(), 1);
  if (second_dims.size() == 1) second_dims.push_back(1);
  return {product({std::move(first_dims), std::move(second_dims), node.is_constant(0),
                   node.is_constant(second)})};
}

Products matmul_products(ProductView& node) {
  return product_of_inputs(node, 1, node.dims(0), node.dims(1));
}
Products qlinear_matmul_products(ProductView& node) {
  return product_of_inputs(node, 3, node.dims(0), node.dims(3));
}
Products fused_matmul_products(ProductView& node) {
  return product_of_inputs(node, 1, fused_factor(node, 0), fused_factor(node, 1));
}

/// Where the second factor and the bias are those inputs.
Products gemm_products_at(ProductView& node, std::size_t second, std::size_t bias) {
  Products products =
      product_of_inputs(node, second, fused_factor(node, 0), fused_factor(node, second));
  if (node.is_constant(bias)) products[0].biases = products[0].out_channels / products[0].groups;
  return products;
}
Products gemm_products(ProductView& node) { return gemm_products_at(node, 1, 2); }
Products qgemm_products(ProductView& node) { return gemm_products_at(node, 3, 6); }

Products matmul_nbits_products(ProductView& node) {
  const Shape& in = node.dims(0);
  return {linear(elements_between(in, 0, in.size() - 1), in.back(), node.result().back())};
}

/// Letters in both inputs and the result count matrices, those in both inputs alone are summed.
Products einsum_products(ProductView& node) {
  if (node.inputs() != 2) throw node.refuse("has not two inputs, and is not priced");
  std::string text = node.node().text("equation", "");
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const std::size_t comma = text.find(','), arrow = text.find("->");
  if (arrow == std::string::npos || comma > arrow)
    throw node.refuse(fmt::format("its equation {} is not priced", excerpt(text)));
  const std::string first = text.substr(0, comma), right = text.substr(arrow + 2);
  const std::string second = text.substr(comma + 1, arrow - comma - 1);
  const auto within = [](char letter, const std::string& letters) {
    return letters.find(letter) != std::string::npos;
  };
  std::int64_t count = 1, rows = 1, reduction = 1, columns = 1;
  for (std::size_t i = 0; i < first.size(); ++i) {
    const std::size_t there = second.find(first[i]);  // where a size of 1 is stretched
    const std::int64_t dim =
        std::max(node.dims(0)[i], there == std::string::npos ? 1 : node.dims(1)[there]);
    if (!within(first[i], second))
      rows *= dim;
    else if (within(first[i], right))
      count *= dim;
    else
      reduction *= dim;
  }
  for (std::size_t i = 0; i < second.size(); ++i)
    if (!within(second[i], first)) columns *= node.dims(1)[i];
  if (node.is_constant(1) && count == 1) return {linear(rows, reduction, columns)};
  if (node.is_constant(0) && count == 1) return {linear(columns, reduction, rows)};
  return {matrices(count, rows, reduction, columns, node.second(1))};
}

LayerShape named(const char* name, LayerShape shape) {
  shape.name = name;
  return shape;
}

/// X W^T for all steps at once; then h R^T, step by step.
Products recurrent_products(ProductView& node) {
  const Shape& x = node.dims(0);
  const Shape& r = node.dims(2);  // [directions, gates * hidden, hidden]
  const std::int64_t steps = x[0] * x[1], directions = r[0];
  LayerShape input = linear(steps, x[2], directions * r[1]);
  input.second = node.second(1);
  if (node.has(3)) input.biases = directions * r[1];
  return {named("input", input),
          named("recurrence", matrices(directions, steps, r[2], r[1], node.second(2)))};
}

/// Q K^T, then its softmax times V. Keys and values of earlier tokens make a cache.
Products attention_of(std::int64_t count, std::int64_t length, std::int64_t keys,
                      std::int64_t width, std::int64_t value_width, bool has_past) {
  const SecondOperand second = has_past ? SecondOperand::kCache : SecondOperand::kActivation;
  LayerShape scores = named("scores", matrices(count, length, width, keys, second));
  LayerShape context = named("context", matrices(count, length, keys, value_width, second));
  scores.is_within = context.is_within = true;
  context.signed_activations = false;  // a softmax
  return {scores, context};
}

Products attention_products(ProductView& node) {
  const Shape &q = node.dims(0), &k = node.dims(1), &v = node.dims(2);
  const bool split = q.size() == 4;
  const std::int64_t heads = split ? q[1] : node.node().integer("q_num_heads", 1);
  const std::int64_t kv_heads = split ? k[1] : node.node().integer("kv_num_heads", 1);
  const std::int64_t length = split ? q[2] : q[1], width = split ? q[3] : q[2] / heads;
  const std::int64_t past = node.has(4) ? node.dim(4, 2) : 0;
  return attention_of(q[0] * heads, length, past + (split ? k[2] : k[1]), width,
                      split ? v[3] : v[2] / kv_heads, past > 0);
}

Products microsoft_attention_products(ProductView& node) {
  const Shape& x = node.dims(0);
  const std::int64_t columns = node.dim(1, 1), heads = node.node().integer("num_heads", 1);
  const Shape sizes = node.node().integers("qkv_hidden_sizes", {columns / 3, 0, columns / 3});
  const std::int64_t past = node.has(4) ? node.dim(4, 3) : 0;
  LayerShape qkv = linear(x[0] * x[1], x[2], columns);
  qkv.second = node.second(1);
  if (node.has(2)) qkv.biases = columns;
  Products products = attention_of(x[0] * heads, x[1], past + x[1], sizes.at(0) / heads,
                                   sizes.at(2) / heads, past > 0);
  products.insert(products.begin(), named("qkv", qkv));
  return products;
}

Products multi_head_attention_products(ProductView& node) {
  const Shape& q = node.dims(0);
  const std::int64_t heads = node.node().integer("num_heads", 1);
  if (q.size() == 5) return attention_of(q[0] * heads, q[1], q[1], q[4], q[4], false);
  const Shape& k = node.has(1) ? node.dims(1) : q;
  const std::int64_t own = k.size() == 4 ? k[2] : node.dim(node.has(1) ? 1 : 0, 1);
  if (k.size() == 5)  // keys and values packed: [batch, keys, heads, 2, width]
    return attention_of(q[0] * heads, q[1], own, q[2] / heads, k[4], false);
  const std::int64_t past = node.has(6) ? node.dim(6, 2) : 0;
  return attention_of(q[0] * heads, q[1], past + own, q[2] / heads, node.result()[2] / heads,
                      past > 0);
}

Products group_query_attention_products(ProductView& node) {
  const Shape& q = node.dims(0);
  const std::int64_t heads = node.node().integer("num_heads", 1);
  const std::int64_t width = node.result()[2] / heads;
  const std::int64_t past = node.has(3) ? node.dim(3, 2) : 0;
  return attention_of(q[0] * heads, q[1], past + q[1], width, width, past > 0);
}

using Finder = Products (*)(ProductView& node);

Finder finder_of(const Node& node) {
  static const std::map<std::string, Finder, std::less<>> table{
      {"Conv", conv_products},
      {"FusedConv", conv_products},
      {"ConvInteger", conv_integer_products},
      {"QLinearConv", qlinear_conv_products},
      {"ConvTranspose", conv_transpose_products},
      {"MatMul", matmul_products},
      {"MatMulInteger", matmul_products},
      {"MatMulIntegerToFloat", matmul_products},
      {"DynamicQuantizeMatMul", matmul_products},
      {"QLinearMatMul", qlinear_matmul_products},
      {"FusedMatMul", fused_matmul_products},
      {"TransposeMatMul", fused_matmul_products},
      {"MatMulNBits", matmul_nbits_products},
      {"Gemm", gemm_products},
      {"FusedGemm", gemm_products},
      {"QGemm", qgemm_products},
      {"Einsum", einsum_products},
      {"LSTM", recurrent_products},
      {"GRU", recurrent_products},
      {"RNN", recurrent_products},
      {"Attention", attention_products},
      {"MultiHeadAttention", multi_head_attention_products},
      {"GroupQueryAttention", group_query_attention_products}};
  if (node.op == "Attention" && node.domain == "com.microsoft") return microsoft_attention_products;
  const auto found = table.find(node.op);
  return found == table.end() ? nullptr : found->second;
}

/// Of operands without elements nothing is to be done.
bool is_empty(const LayerShape& layer) {
  return layer.groups < 1 || layer.in_channels < 1 || layer.out_channels < 1 ||
         layer.output_pixels() < 1;
}

}  // namespace

bool has_products(const Node& node) { return finder_of(node) != nullptr; }

Products products_of(const Flow& flow, const Step& step) {
  const Finder finder = finder_of(step.node);
  if (!finder) return {};
  ProductView view(flow, step);
  const bool all_constant = std::all_of(step.outputs.begin(), step.outputs.end(),
                                        [&](ValueId id) { return flow.values[id].is_constant; });
  if (all_constant) return {};  // computed once, before any image
  try {
    view.result();  // known only where the operands fit each other
    Products products = finder(view);
    std::erase_if(products, is_empty);
    return products;
  } catch (const Unknown& unknown) {
    throw UserError(fmt::format("{} '{}' cannot be priced: {}", step.node.op,
                                shown_name(step.node.name), unknown.why));
  }
}

}  // namespace bitloom::onnx
