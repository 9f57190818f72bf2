#include "models/torch/model.h"

#include <algorithm>

#include "models/weights/trained_network.h"
#include "models/weights/widths.h"

namespace bitloom::nn {
namespace {

/// The parameters that a width has of its own.
weights::Parameters own_norms(const Network& network) {
  weights::Parameters own;
  for (const weights::ParameterShape& each : weights::parameters_of(network.graph()))
    if (weights::is_of_width(each.role)) own[each.name] = from_torch(network.tensor(each.name));
  return own;
}

}  // namespace

Model::Model(std::shared_ptr<Network> network, std::shared_ptr<QuantizedNetwork> quantized)
    : network_(std::move(network)), learned_(network_->learned()) {
  if (!quantized) return;
  quantized_ = {std::move(quantized)};
  for (auto& each : quantized_.front()->learned()) learned_.push_back(std::move(each));
}

Model::Model(std::vector<std::shared_ptr<QuantizedNetwork>> widths)
    : network_(widths.at(0)->shared_network()),
      quantized_(std::move(widths)),
      learned_(network_->learned()) {
  for (std::size_t width = 0; width < quantized_.size(); ++width) {
    const auto add = [&](const std::string& name, const torch::Tensor& tensor) {
      learned_.emplace_back(weights::width_tensor(width, name), tensor);
    };
    for (const auto& [name, tensor] : quantized_[width]->network().learned())
      if (!tensor.is_same(network_->tensor(name))) add(name, tensor);
    for (const auto& [name, tensor] : quantized_[width]->learned()) add(name, tensor);
  }
}

torch::Tensor Model::forward(const torch::Tensor& images, Mode mode, std::size_t width) {
  return quantized_.empty() ? network_->forward(images, mode)
                            : quantized_.at(width)->forward(images, mode);
}

void Model::at_step(const TrainingTime& time) {
  for (const auto& each : quantized_) each->at_step(time);
}

void Model::after_step() {
  for (const auto& each : quantized_) each->after_step();
}

bool Model::settled() const {
  return std::all_of(quantized_.begin(), quantized_.end(),
                     [](const auto& each) { return each->settled(); });
}

torch::Tensor Model::penalty(std::size_t width) const {
  return quantized_.empty() ? torch::Tensor() : quantized_.at(width)->penalty();
}

weights::Parameters Model::parameters() const {
  weights::Parameters all = network_->parameters();
  if (quantized_.size() == 1) all.merge(quantized_.front()->state());
  if (quantized_.size() <= 1) return all;
  for (std::size_t width = 0; width < quantized_.size(); ++width) {
    weights::Parameters own = own_norms(quantized_[width]->network());
    own.merge(quantized_[width]->state());
    for (auto& [name, tensor] : own) all[weights::width_tensor(width, name)] = std::move(tensor);
  }
  return all;
}

void Model::load(const weights::TensorFile& file) {
  network_->load(weights::read_trained(network_->graph(), file).parameters);
  if (quantized_.size() == 1) quantized_.front()->load_state(file);
  if (quantized_.size() <= 1) return;
  for (std::size_t width = 0; width < quantized_.size(); ++width) {
    const std::vector<weights::LayerWidths> all(network_->layers(), {width, width});
    const weights::TensorFile own = weights::at_widths(network_->graph(), file, all);
    quantized_[width]->network().load(weights::read_trained(network_->graph(), own).parameters);
    quantized_[width]->load_state(own);
  }
}

}  // namespace bitloom::nn
