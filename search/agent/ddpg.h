#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "models/torch/torch.h"

namespace bitloom::search {

using torch::Tensor;

/// HAQ's settings.
struct DdpgOptions {
  std::int64_t state_size = 10;
  std::int64_t hidden = 300;
  std::int64_t capacity = 0;  // of the replay memory, transitions
  std::int64_t batch = 64;
  double actor_rate = 1e-4;
  double critic_rate = 1e-3;
  double tau = 0.01;    // how far targets follow in an update
  double discount = 1;  // gamma
};

/// A step of an episode as the replay memory keeps it.
struct Transition {
  std::vector<float> state;
  float action = 0;
  float reward = 0;
  std::vector<float> next_state;
  bool last = false;
};

/// Inputs and outputs of each layer.
using LayerSizes = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// A multilayer perceptron's parameters in one tensor, with Adam's moments (Kingma and Ba 2015,
/// arXiv:1412.6980).
class AdamParameters {
 public:
  /// Matrices and biases [out][in], [out] for each pair; values even in +-1 / sqrt(in), the last
  /// pair's in +-0.003.
  AdamParameters(const LayerSizes& in_out, std::mt19937_64& random);

  const Tensor& operator[](std::size_t i) const { return views_[i]; }
  std::size_t size() const { return views_.size(); }
  void clear_gradient() { gradient_.zero_(); }
  void require_gradient(bool required);
  void step(double rate);
  /// this <- tau other + (1 - tau) this.
  void follow(const AdamParameters& other, double tau);
  void copy(const AdamParameters& other);
  /// Values, moments and the count of steps, as rows of one tensor.
  Tensor state() const;
  void load(const Tensor& state);

 private:
  Tensor values_, gradient_, first_moment_, second_moment_;
  std::vector<Tensor> views_;
  std::int64_t steps_ = 0;
};

/// Deep deterministic policy gradient (Lillicrap et al. 2016, arXiv:1509.02971) for one action in
/// [0, 1], as HAQ uses it: actor state -> 300 -> 300 -> 1, critic fc(state) + fc(action) -> 300 ->
/// 1. The actor ends linearly, and instead of HAQ's sigmoid inverting gradients keep it in bounds
/// (Hausknecht and Stone 2016, arXiv:1511.04143, section 4): dQ/da is multiplied by 1 - a where it
/// is positive, else by a. A sigmoid's derivative vanishes at both ends of the range whichever way
/// the gradient points, so that an actor that once asked for the most bits stays there.
class Ddpg {
 public:
  Ddpg(const DdpgOptions& options, std::uint64_t seed);

  float act(const std::vector<float>& state) const;
  void remember(const Transition& transition);
  /// One step of the critic on the mean squared error of
  ///   Q(s, a) = r + gamma Q'(s', mu'(s')),
  /// one of the actor along -Q(s, mu(s)), and the targets Q', mu' follow. Does nothing while
  /// nothing is remembered.
  void update();

  /// Replaces the file; load() takes over what save() wrote. A UserError names the file.
  void save(const std::string& path, const std::string& note) const;
  /// The note.
  std::string load(const std::string& path);

 private:
  Tensor actor(const AdamParameters& p, const Tensor& states) const;
  Tensor critic(const AdamParameters& p, const Tensor& states, const Tensor& actions) const;
  Tensor sample();

  DdpgOptions options_;
  std::mt19937_64 random_;
  AdamParameters actor_, actor_target_, critic_, critic_target_;
  Tensor memory_;  // [capacity][state, action, reward, next state, last]
  std::int64_t remembered_ = 0;
};

}  // namespace bitloom::search
