#include "search/agent/ddpg.h"

#include <algorithm>
#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/output_file.h"
#include "models/torch/network.h"
#include "models/weights/safetensors.h"

namespace bitloom::search {

using nlohmann::json;

namespace {

constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
constexpr double kLastLayerRange = 0.003;
constexpr double kMiddle = 0.5;  // of the actions, where the actor begins
constexpr const char* kProgressKey = "ddpg";

void fill_evenly(Tensor& tensor, double range, std::mt19937_64& random) {
  std::uniform_real_distribution<float> even(static_cast<float>(-range), static_cast<float>(range));
  float* values = tensor.data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) values[i] = even(random);
}

LayerSizes actor_layers(const DdpgOptions& o) {
  return {{o.state_size, o.hidden}, {o.hidden, o.hidden}, {o.hidden, 1}};
}

/// The first two are added up.
LayerSizes critic_layers(const DdpgOptions& o) {
  return {{o.state_size, o.hidden}, {1, o.hidden}, {o.hidden, o.hidden}, {o.hidden, 1}};
}

}  // namespace

AdamParameters::AdamParameters(const LayerSizes& in_out, std::mt19937_64& random) {
  std::int64_t count = 0;
  for (const auto& [in, out] : in_out) count += (in + 1) * out;
  values_ = torch::empty({count});
  gradient_ = torch::zeros({count});
  first_moment_ = torch::zeros({count});
  second_moment_ = torch::zeros({count});
  std::int64_t at = 0;
  const auto view = [&](torch::IntArrayRef shape, std::int64_t length, double range) {
    Tensor values = values_.narrow(0, at, length).view(shape);
    fill_evenly(values, range, random);
    values = values.detach();
    values.mutable_grad() = gradient_.narrow(0, at, length).view(shape);
    views_.push_back(values);
    at += length;
  };
  for (const auto& [in, out] : in_out) {
    const bool is_last = &in == &in_out.back().first;
    const double range = is_last ? kLastLayerRange : 1 / std::sqrt(static_cast<double>(in));
    view({out, in}, in * out, range);
    view({out}, out, range);
  }
}

void AdamParameters::require_gradient(bool required) {
  for (Tensor& view : views_) view.set_requires_grad(required);
}

void AdamParameters::step(double rate) {
  const torch::NoGradGuard no_gradient;
  ++steps_;
  const auto t = static_cast<double>(steps_);
  first_moment_.mul_(kBeta1).add_(gradient_, 1 - kBeta1);
  second_moment_.mul_(kBeta2).addcmul_(gradient_, gradient_, 1 - kBeta2);
  const Tensor spread =
      second_moment_.sqrt().div_(std::sqrt(1 - std::pow(kBeta2, t))).add_(kEpsilon);
  values_.addcdiv_(first_moment_, spread, -rate / (1 - std::pow(kBeta1, t)));
}

void AdamParameters::follow(const AdamParameters& other, double tau) {
  const torch::NoGradGuard no_gradient;
  values_.lerp_(other.values_, tau);
}

void AdamParameters::copy(const AdamParameters& other) {
  const torch::NoGradGuard no_gradient;
  values_.copy_(other.values_);
}

Tensor AdamParameters::state() const {
  return torch::stack({values_, first_moment_, second_moment_,
                       torch::full_like(values_, static_cast<double>(steps_))});
}

void AdamParameters::load(const Tensor& state) {
  const torch::NoGradGuard no_gradient;
  values_.copy_(state[0]);
  first_moment_.copy_(state[1]);
  second_moment_.copy_(state[2]);
  steps_ = std::llround(state[3][0].item<float>());
}

Ddpg::Ddpg(const DdpgOptions& options, std::uint64_t seed)
    : options_(options),
      random_(seed),
      actor_(actor_layers(options), random_),
      actor_target_(actor_layers(options), random_),
      critic_(critic_layers(options), random_),
      critic_target_(critic_layers(options), random_),
      memory_(torch::zeros({options.capacity, 2 * options.state_size + 3})) {
  actor_target_.copy(actor_);
  critic_target_.copy(critic_);
  actor_.require_gradient(true);
}

Tensor Ddpg::actor(const AdamParameters& p, const Tensor& states) const {
  Tensor x = torch::linear(states, p[0], p[1]).relu_();
  x = torch::linear(x, p[2], p[3]).relu_();
  return kMiddle + torch::linear(x, p[4], p[5]);
}

Tensor Ddpg::critic(const AdamParameters& p, const Tensor& states, const Tensor& actions) const {
  Tensor x = (torch::linear(states, p[0], p[1]) + torch::linear(actions, p[2], p[3])).relu_();
  x = torch::linear(x, p[4], p[5]).relu_();
  return torch::linear(x, p[6], p[7]);
}

float Ddpg::act(const std::vector<float>& state) const {
  const torch::NoGradGuard no_gradient;
  return std::clamp(actor(actor_, torch::tensor(state).unsqueeze(0)).item<float>(), 0.0F, 1.0F);
}

void Ddpg::remember(const Transition& transition) {
  std::vector<float> row = transition.state;
  row.insert(row.end(), {transition.action, transition.reward});
  row.insert(row.end(), transition.next_state.begin(), transition.next_state.end());
  row.push_back(transition.last ? 1.0F : 0.0F);
  memory_[remembered_ % options_.capacity].copy_(torch::tensor(row));
  ++remembered_;
}

Tensor Ddpg::sample() {
  std::uniform_int_distribution<std::int64_t> even(0, std::min(remembered_, options_.capacity) - 1);
  Tensor rows = torch::empty({options_.batch}, torch::kInt64);
  for (std::int64_t i = 0; i < options_.batch; ++i)
    rows.data_ptr<std::int64_t>()[i] = even(random_);
  return memory_.index_select(0, rows);
}

void Ddpg::update() {
  if (remembered_ == 0) return;
  const std::int64_t n = options_.state_size;
  const Tensor rows = sample();
  const Tensor states = rows.narrow(1, 0, n), actions = rows.narrow(1, n, 1);
  const Tensor rewards = rows.narrow(1, n + 1, 1), next_states = rows.narrow(1, n + 2, n);
  const Tensor goes_on = 1 - rows.narrow(1, 2 * n + 2, 1);
  Tensor target;
  {
    const torch::NoGradGuard no_gradient;
    const Tensor next = critic(critic_target_, next_states, actor(actor_target_, next_states));
    target = rewards + options_.discount * goes_on * next;
  }
  critic_.require_gradient(true);
  critic_.clear_gradient();
  torch::mse_loss(critic(critic_, states, actions), target).backward();
  critic_.step(options_.critic_rate);
  critic_.require_gradient(false);

  actor_.clear_gradient();
  const Tensor chosen = actor(actor_, states);
  chosen.register_hook([a = chosen.detach()](const Tensor& downhill) {
    return downhill * torch::where(downhill < 0, 1 - a, a);
  });
  critic(critic_, states, chosen).mean().neg().backward();
  actor_.step(options_.actor_rate);
  actor_target_.follow(actor_, options_.tau);
  critic_target_.follow(critic_, options_.tau);
}

void Ddpg::save(const std::string& path, const std::string& note) const {
  weights::Parameters tensors{{"actor", nn::from_torch(actor_.state())},
                              {"actor_target", nn::from_torch(actor_target_.state())},
                              {"critic", nn::from_torch(critic_.state())},
                              {"critic_target", nn::from_torch(critic_target_.state())},
                              {"memory", nn::from_torch(memory_)}};
  std::ostringstream random;
  random << random_;
  const json progress{{"remembered", remembered_}, {"random", random.str()}, {"note", note}};
  write_file(path, weights::safetensors(tensors, {{kProgressKey, progress.dump()}}));
}

std::string Ddpg::load(const std::string& path) {
  const auto file = weights::TensorFile::load(path);
  const auto tensor = [&](const char* name, const Tensor& like) {
    const Tensor stored = nn::to_torch(file.tensor(name));
    if (stored.sizes() != like.sizes())
      throw file.error(fmt::format("tensor '{}' is of another search", name));
    return stored;
  };
  actor_.load(tensor("actor", actor_.state()));
  actor_target_.load(tensor("actor_target", actor_.state()));
  critic_.load(tensor("critic", critic_.state()));
  critic_target_.load(tensor("critic_target", critic_.state()));
  memory_.copy_(tensor("memory", memory_));
  try {
    const json progress = json::parse(file.metadata(kProgressKey));
    remembered_ = progress.at("remembered");
    std::istringstream(progress.at("random").get<std::string>()) >> random_;
    return progress.at("note");
  } catch (const json::exception&) {
    throw file.error(fmt::format("metadata '{}' is no agent's", kProgressKey));
  }
}

}  // namespace bitloom::search
