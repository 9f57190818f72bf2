// RNN, GRU and LSTM, by the equations of https://onnx.ai/onnx/operators.
#include <fmt/format.h>

#include <functional>

#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

using Activation = std::function<Tensor(const Tensor&)>;

/// One direction's weights and functions.
struct Layer {
  Tensor recurrent;               // {gates * hidden, hidden}
  Tensor input_bias, other_bias;  // {gates * hidden}
  Tensor peephole;                // {3 * hidden}, of LSTM where given
  std::vector<Activation> functions;
  bool flag = false;  // GRU's linear_before_reset, LSTM's input_forget
  float clip = 0;     // 0: none

  Tensor clipped(const Tensor& x) const { return clip > 0 ? at::clamp(x, -clip, clip) : x; }
};

struct State {
  Tensor hidden, cell;
};

/// From what the gates get of an input, without biases, and the state before.
using Step = State (*)(const Layer&, const Tensor& gates, const State&);

State rnn_step(const Layer& layer, const Tensor& gates, const State& state) {
  const Tensor sum =
      gates + at::matmul(state.hidden, layer.recurrent.t()) + layer.input_bias + layer.other_bias;
  return {layer.functions[0](layer.clipped(sum)), {}};
}

State gru_step(const Layer& layer, const Tensor& gates, const State& state) {
  const std::vector<Tensor> x = (gates + layer.input_bias).chunk(3, -1);
  const std::vector<Tensor> r = layer.recurrent.chunk(3, 0);
  const std::vector<Tensor> b = layer.other_bias.chunk(3, 0);
  const auto gate = [&](std::size_t i) {
    const Tensor sum = x[i] + at::matmul(state.hidden, r[i].t()) + b[i];
    return layer.functions[0](layer.clipped(sum));
  };
  const Tensor update = gate(0);
  const Tensor reset = gate(1);
  const Tensor from_state = layer.flag ? reset * (at::matmul(state.hidden, r[2].t()) + b[2])
                                       : at::matmul(reset * state.hidden, r[2].t()) + b[2];
  const Tensor hidden = layer.functions[1](layer.clipped(x[2] + from_state));
  return {(1 - update) * hidden + update * state.hidden, {}};
}

State lstm_step(const Layer& layer, const Tensor& gates, const State& state) {
  const Tensor sum =
      gates + at::matmul(state.hidden, layer.recurrent.t()) + layer.input_bias + layer.other_bias;
  const std::vector<Tensor> x = sum.chunk(4, -1);  // input, output, forget, cell
  std::vector<Tensor> peephole(3, at::zeros({}, sum.options()));
  if (layer.peephole.defined()) peephole = layer.peephole.chunk(3, 0);
  const auto gate = [&](std::size_t i, const Tensor& cell) {
    return layer.functions[0](layer.clipped(x[i] + peephole[i] * cell));
  };
  const Tensor in = gate(0, state.cell);
  const Tensor forget = layer.flag ? 1 - in : gate(2, state.cell);
  const Tensor cell = forget * state.cell + in * layer.functions[1](layer.clipped(x[3]));
  return {gate(1, cell) * layer.functions[2](cell), cell};
}

/// A kind of layer: its gates, its functions where none are named, and a step.
struct Kind {
  std::int64_t gates;
  std::vector<std::string> functions;
  Step step;
};

/// Attributes alpha and beta of the functions, in their order.
class Coefficients {
 public:
  explicit Coefficients(const bitloom::onnx::Attribute* attribute)
      : values_(attribute ? attribute->reals : std::vector<float>{}) {}
  float next(float otherwise) { return next_ < values_.size() ? values_[next_++] : otherwise; }

 private:
  std::vector<float> values_;
  std::size_t next_ = 0;
};

Activation function_of(const std::string& name, Coefficients& alphas, Coefficients& betas) {
  if (name == "Sigmoid") return [](const Tensor& x) { return at::sigmoid(x); };
  if (name == "Tanh") return [](const Tensor& x) { return at::tanh(x); };
  if (name == "Relu") return [](const Tensor& x) { return at::relu(x); };
  if (name == "Softsign") return [](const Tensor& x) { return x / (1 + at::abs(x)); };
  if (name == "Softplus") return [](const Tensor& x) { return at::softplus(x); };
  const float alpha = alphas.next(name == "LeakyRelu"     ? 0.01F
                                  : name == "HardSigmoid" ? 0.2F
                                                          : 1.0F);
  if (name == "LeakyRelu") return [=](const Tensor& x) { return at::leaky_relu(x, alpha); };
  if (name == "Elu") return [=](const Tensor& x) { return at::elu(x, alpha); };
  if (name == "ThresholdedRelu") return [=](const Tensor& x) { return x * (x > alpha); };
  const float beta = betas.next(name == "HardSigmoid" ? 0.5F : name == "ScaledTanh" ? 1.0F : 0.0F);
  if (name == "Affine") return [=](const Tensor& x) { return alpha * x + beta; };
  if (name == "ScaledTanh") return [=](const Tensor& x) { return alpha * at::tanh(beta * x); };
  if (name == "HardSigmoid")
    return [=](const Tensor& x) { return at::clamp(alpha * x + beta, 0, 1); };
  throw UserError("unknown activation '" + name + "'");
}

/// The functions of all directions, one direction's after another's.
std::vector<Activation> functions_of(const Call& call, const Kind& kind, std::size_t directions) {
  const auto* named = call.node.attribute("activations");
  std::vector<std::string> names = named ? named->texts : std::vector<std::string>{};
  while (names.size() < kind.functions.size() * directions)
    names.insert(names.end(), kind.functions.begin(), kind.functions.end());
  Coefficients alphas(call.node.attribute("activation_alpha"));
  Coefficients betas(call.node.attribute("activation_beta"));
  std::vector<Activation> functions;
  for (const std::string& name : names) functions.push_back(function_of(name, alphas, betas));
  return functions;
}

/// What an operator of the kind is given, with time first.
struct Sequence {
  Tensor x;        // {time, batch, features}
  Tensor lengths;  // {batch, 1}, undefined where all are whole
  std::int64_t batch = 0, hidden = 0, directions = 0;
  bool is_batch_first = false;

  /// State {directions, batch, hidden} before the first step.
  Tensor initial(const Call& call, std::size_t which) const {
    if (!call.has(which)) return at::zeros({directions, batch, hidden}, x.options());
    return is_batch_first ? call[which].transpose(0, 1) : call[which];
  }
};

Sequence sequence_of(const Call& call) {
  Sequence s;
  s.is_batch_first = call.node.integer("layout", 0) != 0;
  s.x = s.is_batch_first ? call[0].transpose(0, 1) : call[0];
  if (s.x.dim() != 3 || call[2].dim() != 3) throw UserError("a sequence needs 3 dimensions");
  s.batch = s.x.size(1);
  s.directions = call[2].size(0);
  s.hidden = call[2].size(2);
  if (call.has(4)) s.lengths = call[4].to(at::kLong).reshape({-1, 1});
  return s;
}

/// A UserError unless the weights have a row for each of the gates' elements.
void require_gates(const Call& call, const Kind& kind, const Sequence& s) {
  const std::int64_t width = kind.gates * s.hidden;
  if (call[1].dim() != 3 || call[1].size(1) != width || call[2].size(1) != width)
    throw UserError(fmt::format("weights of {} gates of {} elements misfit", kind.gates, s.hidden));
  if (call.has(7) && (call[7].dim() != 2 || call[7].size(1) != 3 * s.hidden))
    throw UserError("the peephole's weights misfit the hidden state");
}

Layer layer_of(const Call& call, const Kind& kind, const Sequence& s, std::int64_t direction) {
  Layer layer;
  layer.recurrent = call[2][direction];
  const std::int64_t width = kind.gates * s.hidden;
  const Tensor bias = call.has(3) ? call[3][direction] : at::zeros({2 * width}, s.x.options());
  layer.input_bias = bias.narrow(0, 0, width);
  layer.other_bias = bias.narrow(0, width, width);
  if (call.has(7)) layer.peephole = call[7][direction];
  layer.flag =
      call.node.integer("linear_before_reset", 0) != 0 || call.node.integer("input_forget", 0) != 0;
  layer.clip = call.node.real("clip", 0);
  return layer;
}

/// Runs one direction; where a sequence has ended its state stays and its outputs are 0.
Tensor run_direction(const Layer& layer, const Kind& kind, const Sequence& s, const Tensor& weight,
                     State& state, bool is_reverse) {
  const Tensor gates = at::matmul(s.x, weight.t());
  const std::int64_t count = s.x.size(0);
  std::vector<Tensor> outputs(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t time = is_reverse ? count - 1 - i : i;
    State next = kind.step(layer, gates[time], state);
    Tensor& output = outputs[static_cast<std::size_t>(time)];
    output = next.hidden;
    if (s.lengths.defined()) {
      const Tensor goes_on = s.lengths > time;
      output = at::where(goes_on, next.hidden, at::zeros_like(next.hidden));
      next.hidden = at::where(goes_on, next.hidden, state.hidden);
      if (next.cell.defined()) next.cell = at::where(goes_on, next.cell, state.cell);
    }
    state = next;
  }
  return outputs.empty() ? at::zeros({0, s.batch, s.hidden}, s.x.options()) : at::stack(outputs);
}

Outputs recur(const Call& call, const Kind& kind) {
  const Sequence s = sequence_of(call);
  require_gates(call, kind, s);
  const bool has_cell = kind.step == lstm_step;
  const Tensor hidden = s.initial(call, 5);
  const Tensor cell = has_cell ? s.initial(call, 6) : Tensor();
  const auto functions = functions_of(call, kind, static_cast<std::size_t>(s.directions));
  const bool is_reverse = call.node.text("direction", "forward") == "reverse";
  std::vector<Tensor> outputs, last_hidden, last_cell;
  for (std::int64_t d = 0; d < s.directions; ++d) {
    Layer layer = layer_of(call, kind, s, d);
    const auto first = functions.begin() + d * static_cast<std::ptrdiff_t>(kind.functions.size());
    layer.functions.assign(first, first + static_cast<std::ptrdiff_t>(kind.functions.size()));
    State state{hidden[d], has_cell ? cell[d] : Tensor()};
    outputs.push_back(run_direction(layer, kind, s, call[1][d], state, is_reverse || d == 1));
    last_hidden.push_back(state.hidden);
    last_cell.push_back(state.cell);
  }
  const std::int64_t direction_axis = s.is_batch_first ? 1 : 0;
  Tensor y = at::stack(outputs, 1);  // {time, direction, batch, hidden}
  if (s.is_batch_first) y = y.permute({2, 0, 1, 3});
  Outputs all{y, at::stack(last_hidden, direction_axis)};
  if (has_cell) all.push_back(at::stack(last_cell, direction_axis));
  return all;
}

Outputs rnn(const Call& call) { return recur(call, {1, {"Tanh"}, rnn_step}); }
Outputs gru(const Call& call) { return recur(call, {3, {"Sigmoid", "Tanh"}, gru_step}); }
Outputs lstm(const Call& call) { return recur(call, {4, {"Sigmoid", "Tanh", "Tanh"}, lstm_step}); }

const Operator kRecurrent[] = {
    {"", "GRU", gru},
    {"", "LSTM", lstm},
    {"", "RNN", rnn},
};

}  // namespace

Operators recurrent_operators() { return kRecurrent; }

}  // namespace bitloom::nn::onnx
