#include "search/measure/short_finetuning.h"

#include "models/torch/evaluation.h"
#include "models/torch/model.h"
#include "models/torch/optimizer.h"

namespace bitloom::search {

ShortFinetuning::ShortFinetuning(data::Loader& loader, std::int64_t steps, double rate)
    : rate_(rate) {
  while (std::ssize(batches_) < steps) {
    auto batch = loader.next();
    if (!batch) break;
    batches_.push_back(std::move(*batch));
  }
}

void ShortFinetuning::operator()(const std::shared_ptr<nn::QuantizedNetwork>& quantized) {
  constexpr double kMomentum = 0.9, kWeightDecay = 5e-4;
  quantized->absorb_corrections();
  nn::Model model(quantized->shared_network(), quantized);
  nn::Optimizer optimizer(model.learned(),
                          {.momentum = kMomentum, .decay = {.weights = kWeightDecay}});
  for (std::size_t i = 0; i < batches_.size(); ++i) {
    const auto step = static_cast<std::int64_t>(i);
    model.at_step({.step = step, .steps = std::ssize(batches_), .begins_epoch = i == 0});
    optimizer.clear_gradients();
    const torch::Tensor outputs = model.forward(nn::images_of(batches_[i]), nn::Mode::kTraining);
    torch::Tensor loss = torch::cross_entropy_loss(outputs, nn::labels_of(batches_[i]));
    const torch::Tensor penalty = model.penalty();
    (penalty.defined() ? loss + penalty : loss).backward();
    optimizer.step(nn::cosine_rate(rate_, step, std::ssize(batches_)), step);
  }
}

}  // namespace bitloom::search
