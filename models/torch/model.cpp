#include "models/torch/model.h"

#include "models/weights/trained_network.h"

namespace bitloom::nn {

Model::Model(std::shared_ptr<Network> network, std::shared_ptr<QuantizedNetwork> quantized)
    : network_(std::move(network)),
      quantized_(std::move(quantized)),
      learned_(network_->learned()) {
  if (!quantized_) return;
  for (auto& each : quantized_->learned()) learned_.push_back(std::move(each));
}

torch::Tensor Model::forward(const torch::Tensor& images, Mode mode) {
  return quantized_ ? quantized_->forward(images, mode) : network_->forward(images, mode);
}

void Model::at_step(const TrainingTime& time) {
  if (quantized_) quantized_->at_step(time);
}

torch::Tensor Model::penalty() const {
  return quantized_ ? quantized_->penalty() : torch::Tensor();
}

weights::Parameters Model::parameters() const {
  weights::Parameters all = network_->parameters();
  if (quantized_) all.merge(quantized_->state());
  return all;
}

void Model::load(const weights::TensorFile& file) {
  network_->load(weights::read_trained(network_->graph(), file).parameters);
  if (quantized_) quantized_->load_state(file);
}

}  // namespace bitloom::nn
