#include "search/agent/ddpg.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/json_value.h"
#include "base/output_file.h"
#include "base/random.h"
#include "models/torch/network.h"
#include "models/weights/safetensors.h"
#include "search/agent/adam_parameters.h"

namespace bitloom::search {
namespace {

using nlohmann::json;

constexpr double kMiddle = 0.5;  // of the actions, where the actor begins
constexpr const char* kProgressKey = "ddpg";

LayerSizes actor_layers(const DdpgOptions& o) {
  return {{o.state_size, o.hidden}, {o.hidden, o.hidden}, {o.hidden, 1}};
}

/// The first two are added up.
LayerSizes critic_layers(const DdpgOptions& o) {
  return {{o.state_size, o.hidden}, {1, o.hidden}, {o.hidden, o.hidden}, {o.hidden, 1}};
}

class DdpgAgent : public Agent {
 public:
  DdpgAgent(const DdpgOptions& options, std::uint64_t seed)
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

  float act(const std::vector<float>& state) const override {
    const torch::NoGradGuard no_gradient;
    return std::clamp(actor(actor_, torch::tensor(state).unsqueeze(0)).item<float>(), 0.0F, 1.0F);
  }

  std::vector<float> act_all(const std::vector<std::vector<float>>& states) const override {
    const torch::NoGradGuard no_gradient;
    std::vector<float> all;
    for (const std::vector<float>& state : states)
      all.insert(all.end(), state.begin(), state.end());
    const Tensor rows = torch::tensor(all).view({std::ssize(states), options_.state_size});
    const Tensor actions = actor(actor_, rows).clamp_(0, 1).contiguous();
    return {actions.data_ptr<float>(), actions.data_ptr<float>() + actions.numel()};
  }

  void remember(const Transition& transition) override {
    std::vector<float> row = transition.state;
    row.insert(row.end(), {transition.action, transition.reward});
    row.insert(row.end(), transition.next_state.begin(), transition.next_state.end());
    row.push_back(transition.last ? 1.0F : 0.0F);
    memory_[remembered_ % options_.capacity].copy_(torch::tensor(row));
    ++remembered_;
  }

  void relabel(std::int64_t number, float action) override {
    if (number < remembered_ && number >= remembered_ - options_.capacity)
      memory_[number % options_.capacity][options_.state_size] = action;
  }

  void update() override {
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

  void save(const std::string& path, const std::string& note) const override {
    weights::Parameters tensors{{"actor", nn::from_torch(actor_.state())},
                                {"actor_target", nn::from_torch(actor_target_.state())},
                                {"critic", nn::from_torch(critic_.state())},
                                {"critic_target", nn::from_torch(critic_target_.state())},
                                {"memory", nn::from_torch(memory_)}};
    std::ostringstream random;
    random << random_;
    const json progress{{"remembered", remembered_}, {"random", random.str()}, {"note", note}};
    write_file(path, weights::safetensors(tensors, {{kProgressKey, json_text(progress)}}));
  }

  std::string load(const std::string& path) override {
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
    const JsonValue progress = file.json_metadata(kProgressKey);
    remembered_ = progress.at("remembered").integer();
    std::istringstream(progress.at("random").text()) >> random_;
    return progress.at("note").any_text();
  }

 private:
  Tensor actor(const AdamParameters& p, const Tensor& states) const {
    Tensor x = torch::linear(states, p[0], p[1]).relu_();
    x = torch::linear(x, p[2], p[3]).relu_();
    return kMiddle + torch::linear(x, p[4], p[5]);
  }

  Tensor critic(const AdamParameters& p, const Tensor& states, const Tensor& actions) const {
    Tensor x = (torch::linear(states, p[0], p[1]) + torch::linear(actions, p[2], p[3])).relu_();
    x = torch::linear(x, p[4], p[5]).relu_();
    return torch::linear(x, p[6], p[7]);
  }

  Tensor sample() {
    const std::int64_t last = std::min(remembered_, options_.capacity) - 1;
    Tensor rows = torch::empty({options_.batch}, torch::kInt64);
    for (std::int64_t i = 0; i < options_.batch; ++i)
      rows.data_ptr<std::int64_t>()[i] = draw_between(random_, 0, last);
    return memory_.index_select(0, rows);
  }

  DdpgOptions options_;
  std::mt19937_64 random_;
  AdamParameters actor_, actor_target_, critic_, critic_target_;
  Tensor memory_;  // [capacity][state, action, reward, next state, last]
  std::int64_t remembered_ = 0;
};

}  // namespace

std::unique_ptr<Agent> ddpg_agent(const DdpgOptions& options, std::uint64_t seed) {
  return std::make_unique<DdpgAgent>(options, seed);
}

std::unique_ptr<Agent> ddpg_agent(const AgentTask& task) {
  return ddpg_agent({.state_size = task.state_size, .capacity = task.capacity}, task.seed);
}

}  // namespace bitloom::search
