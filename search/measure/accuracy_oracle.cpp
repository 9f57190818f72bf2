#include "search/measure/accuracy_oracle.h"

#include "base/error.h"
#include "models/torch/codes_network.h"
#include "models/torch/evaluation.h"
#include "models/torch/post_training/post_training.h"
#include "models/torch/quantized_network.h"

namespace bitloom::search {

struct AccuracyOracle::State {
  std::shared_ptr<nn::Network> network;
  weights::Parameters real;  // the network's own: calibration shifts biases
  nn::Quantization how;
  nn::ActivationSampler inputs;
  torch::Tensor images;  // that a post-training method sees; undefined: there is none
  Adapt adapt;
  std::vector<data::Batch> scored;
  Stored stored = {};

  std::shared_ptr<nn::QuantizedNetwork> quantized(const graph::FilterPolicy& policy) const;
};

AccuracyOracle::AccuracyOracle(std::shared_ptr<nn::Network> network, const nn::Quantization& how,
                               data::Loader& calibration, data::Loader& scored, Adapt adapt,
                               const std::function<void(std::int64_t, std::int64_t)>& progress) {
  std::vector<data::Batch> batches;
  std::int64_t images = 0;
  while (auto batch = calibration.next()) {
    images += batch->size;
    batches.push_back(std::move(*batch));
  }
  nn::ActivationSampler inputs(network->layers(), images);
  const torch::NoGradGuard no_gradient;
  std::int64_t done = 0;
  for (data::Batch& batch : batches) {
    network->forward(nn::images_of(batch), nn::Mode::kInference, inputs);
    if (progress) progress(++done, std::ssize(batches));
  }
  torch::Tensor kept;
  if (!how.post_training.empty()) {
    std::vector<torch::Tensor> each;
    for (data::Batch& batch : batches) each.push_back(nn::images_of(batch));
    kept = torch::cat(each);
  }
  weights::Parameters real = network->parameters();
  state_ = std::make_unique<State>(State{std::move(network),
                                         std::move(real),
                                         how,
                                         std::move(inputs),
                                         std::move(kept),
                                         std::move(adapt),
                                         {}});
  while (auto batch = scored.next()) state_->scored.push_back(std::move(*batch));
}

/// The network at the bits of `policy`.
std::shared_ptr<nn::QuantizedNetwork> AccuracyOracle::State::quantized(
    const graph::FilterPolicy& policy) const {
  if (stored) return stored(network, policy);
  nn::Quantization asked = how;
  asked.policy = policy.layers;
  asked.filters = policy.filters;
  auto model = std::make_shared<nn::QuantizedNetwork>(network, std::move(asked));
  if (images.defined())
    nn::post_train(*model, nn::post_training_method(how.post_training), images);
  else
    model->calibrate(inputs);
  return model;
}

void AccuracyOracle::use(Stored stored) { state_->stored = std::move(stored); }

AccuracyOracle::~AccuracyOracle() = default;
AccuracyOracle::AccuracyOracle(AccuracyOracle&&) noexcept = default;

nn::Accuracy AccuracyOracle::operator()(const graph::FilterPolicy& policy) try {
  std::shared_ptr<nn::QuantizedNetwork> model;
  {
    const torch::NoGradGuard no_gradient;
    state_->network->load(state_->real);
    model = state_->quantized(policy);
  }
  if (state_->adapt) state_->adapt(model);
  const torch::NoGradGuard no_gradient;
  return nn::evaluate(nn::classifier_of(model), state_->scored);
} catch (const UserError& refusal) {
  throw refusal.in_file(state_->network->file());
}

}  // namespace bitloom::search
