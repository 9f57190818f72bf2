// Branches and loops (https://onnx.ai/onnx/operators: If, Loop, Scan).
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "models/torch/onnx/interpreter.h"

namespace bitloom::nn::onnx {
namespace {

using bitloom::onnx::GraphBody;
using Values = std::vector<Value>;

/// A loop that its file never ends is refused.
constexpr std::int64_t kMostIterations = 1 << 16;

void require(bool holds, const Node& node, const char* what) {
  if (!holds) throw UserError(fmt::format("{}: {}", place_of(node), what));
}

/// The single element of a value, or `otherwise` where it is left out.
std::int64_t number_in(const Node& node, const Values& values, std::size_t which,
                       std::int64_t otherwise) {
  if (which >= values.size() || !values[which].tensor.defined()) return otherwise;
  require(values[which].tensor.numel() == 1, node, "an input that steers it has not one element");
  return integers_in(values[which].tensor)[0];
}

/// The steps of an output that a loop collects, one beside the other.
Value collected(const std::vector<Value>& steps, const bitloom::onnx::ValueInfo& of,
                std::int64_t axis) {
  if (!steps.empty()) {
    std::vector<Tensor> tensors;
    for (const Value& step : steps) tensors.push_back(step.tensor);
    return {at::stack(tensors, axis), steps[0].type};
  }
  Integers dims{0};
  for (const auto& dim : of.dims.value_or(std::vector<bitloom::onnx::ValueInfo::Dimension>{}))
    dims.push_back(std::max<std::int64_t>(dim.size, 0));
  return {at::zeros(dims, holder_of(of.type)), of.type};
}

/// LibTorch's errors of what a loop itself does, such as stacking steps of different shapes.
template <class Work>
auto on_torch(const Node& node, Work work) {
  try {
    return work();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    throw UserError(fmt::format("{}: {}", place_of(node), text.substr(0, text.find('\n'))));
  }
}

std::vector<std::int64_t> attribute_or(const Node& node, std::string_view name, std::size_t count) {
  auto values = node.integers(name, Integers(count, 0));
  require(values.size() == count, node, "an attribute misfits the inputs or outputs");
  return values;
}

}  // namespace

Interpreter::Values Interpreter::run_if(const Node& node, const Values& inputs, Scope& scope) {
  const bool is_true = number_in(node, inputs, 0, 0) != 0;
  return run(graph_of(node, is_true ? "then_branch" : "else_branch"), {}, &scope);
}

Interpreter::Values Interpreter::run_loop(const Node& node, const Values& inputs, Scope& scope) {
  const GraphBody& body = graph_of(node, "body");
  const std::int64_t count = number_in(node, inputs, 0, kMostIterations + 1);
  bool goes_on = number_in(node, inputs, 1, 1) != 0;
  Values state(inputs.begin() + std::min<std::ptrdiff_t>(2, std::ssize(inputs)), inputs.end());
  const std::size_t carried = state.size();
  require(body.outputs.size() >= carried + 1, node, "its graph gives too few outputs");
  std::vector<Values> collections(body.outputs.size() - carried - 1);
  for (std::int64_t i = 0; i < count && goes_on; ++i) {
    if (i == kMostIterations) throw unsupported(place_of(node) + ": has too many iterations");
    Values given{{at::scalar_tensor(i, at::kLong), ElementType::kInt64},
                 {at::scalar_tensor(true, at::kBool), ElementType::kBool}};
    given.insert(given.end(), state.begin(), state.end());
    const Values result = run(body, given, &scope);
    goes_on = number_in(node, result, 0, 1) != 0;
    for (std::size_t k = 0; k < carried; ++k) state[k] = result[k + 1];
    for (std::size_t k = 0; k < collections.size(); ++k)
      collections[k].push_back(result[carried + 1 + k]);
  }
  on_torch(node, [&] {
    for (std::size_t k = 0; k < collections.size(); ++k)
      state.push_back(collected(collections[k], body.outputs[carried + 1 + k], 0));
  });
  return state;
}

Interpreter::Values Interpreter::run_scan(const Node& node, const Values& inputs, Scope& scope) {
  const GraphBody& body = graph_of(node, "body");
  const auto scanned = static_cast<std::size_t>(node.integer("num_scan_inputs", 0));
  require(scanned >= 1 && scanned <= inputs.size(), node, "num_scan_inputs misfits its inputs");
  const std::size_t carried = inputs.size() - scanned;
  require(body.outputs.size() >= carried, node, "its graph gives too few outputs");
  const std::size_t outputs = body.outputs.size() - carried;
  const Integers axes = attribute_or(node, "scan_input_axes", scanned);
  const Integers output_axes = attribute_or(node, "scan_output_axes", outputs);
  const Integers backwards = attribute_or(node, "scan_input_directions", scanned);
  const Integers output_backwards = attribute_or(node, "scan_output_directions", outputs);
  for (const Value& input : inputs) require(input.tensor.defined(), node, "an input is missing");
  Values state(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(carried));
  std::vector<Values> collections(outputs);
  const std::int64_t count = on_torch(node, [&] { return inputs[carried].tensor.size(axes[0]); });
  for (std::int64_t i = 0; i < count; ++i) {
    Values given = state;
    on_torch(node, [&] {
      for (std::size_t k = 0; k < scanned; ++k) {
        const std::int64_t at = backwards[k] != 0 ? count - 1 - i : i;
        const Value& from = inputs[carried + k];
        given.push_back({from.tensor.select(axes[k], at), from.type});
      }
    });
    const Values result = run(body, given, &scope);
    for (std::size_t k = 0; k < carried; ++k) state[k] = result[k];
    for (std::size_t k = 0; k < outputs; ++k) collections[k].push_back(result[carried + k]);
  }
  on_torch(node, [&] {
    for (std::size_t k = 0; k < outputs; ++k) {
      if (output_backwards[k] != 0) std::reverse(collections[k].begin(), collections[k].end());
      state.push_back(collected(collections[k], body.outputs[carried + k], output_axes[k]));
    }
  });
  return state;
}

Interpreter::Values Interpreter::run_batched_scan(const Node& node, const Values& inputs,
                                                  Scope& scope) {
  require(inputs.size() >= 2 && inputs[1].tensor.defined() && inputs[1].tensor.dim() > 0, node,
          "has no batch");
  require(!inputs[0].tensor.defined(), node, "sequences of different lengths are not run");
  const std::int64_t batch = inputs[1].tensor.size(0);
  std::vector<Values> by_image;
  for (std::int64_t b = 0; b < batch; ++b) {
    Values of_image;
    on_torch(node, [&] {
      for (std::size_t i = 1; i < inputs.size(); ++i)
        of_image.push_back({inputs[i].tensor[b], inputs[i].type});
    });
    by_image.push_back(run_scan(node, of_image, scope));
  }
  Values outputs;
  for (std::size_t k = 0; !by_image.empty() && k < by_image[0].size(); ++k) {
    Values images;
    for (const Values& values : by_image) images.push_back(values[k]);
    outputs.push_back(on_torch(node, [&] { return collected(images, {}, 0); }));
  }
  return outputs;
}

}  // namespace bitloom::nn::onnx
