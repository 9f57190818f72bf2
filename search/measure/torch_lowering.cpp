#include "search/measure/torch_lowering.h"

#include <optional>

#include "models/torch/evaluation.h"
#include "models/torch/quantized_network.h"
#include "search/measure/loss_hessian.h"
#include "search/measure/output_change.h"

namespace bitloom::search {
namespace {

using torch::Tensor;

/// Which operand is lowered.
struct Operand {
  std::size_t layer;
  bool is_input;
};

/// Of a quantized network's hooks those of one operand.
class OneOperand : public nn::LayerHooks {
 public:
  OneOperand(nn::LayerHooks& quantized, Operand lowered)
      : quantized_(quantized), lowered_(lowered) {}
  Tensor input(std::size_t layer, const Tensor& x) override {
    return has_input(layer) ? quantized_.input(layer, x) : x;
  }
  Tensor second_input(std::size_t layer, const Tensor& x) override {
    return has_weights(layer) ? quantized_.second_input(layer, x) : x;
  }
  Tensor weight(std::size_t layer, const Tensor& w) override {
    return has_weights(layer) ? quantized_.weight(layer, w) : w;
  }
  Tensor bias(std::size_t layer, const Tensor& b) override {
    return has_weights(layer) ? quantized_.bias(layer, b) : b;
  }
  Tensor product(std::size_t layer, const nn::LayerOperands& operands,
                 const nn::LayerProduct& compute) override {
    return has_weights(layer) ? quantized_.product(layer, operands, compute) : compute(operands);
  }

 private:
  bool has_input(std::size_t layer) const { return lowered_.is_input && layer == lowered_.layer; }
  bool has_weights(std::size_t layer) const {
    return !lowered_.is_input && layer == lowered_.layer;
  }

  nn::LayerHooks& quantized_;
  Operand lowered_;
};

class TorchLowering : public LoweredOperands {
 public:
  TorchLowering(nn::Network& network, NetworkAtBits at_bits, std::vector<data::Batch>& batches)
      : network_(network), at_bits_(std::move(at_bits)), batches_(batches) {
    for (const auto& [bits, quantized] : at_bits_) {
      bits_.push_back(bits);
      hooks_[bits] = quantized->hooks();
    }
    for (const data::Batch& batch : batches_) images_ += batch.size;
  }

  std::size_t tensors() const override { return 2 * network_.layers(); }
  const std::vector<int>& bits() const override { return bits_; }
  std::int64_t images() const override { return images_; }

  std::vector<double> changes(std::size_t tensor, int bits, OutputChange what) override {
    const torch::NoGradGuard no_gradient;
    const Operand operand = operand_of(tensor);
    stand_at(operand.layer);
    OneOperand hooks(*hooks_.at(bits), operand);
    std::vector<Tensor> found;
    for (std::size_t i = 0; i < batches_.size(); ++i)
      found.push_back(output_change(what, real_[i], network_.finish(passes_[i], hooks),
                                    nn::labels_of(batches_[i])));
    Tensor all = torch::cat(found);
    if (what == OutputChange::kNoise) all = all / signal();
    return {all.data_ptr<double>(), all.data_ptr<double>() + all.numel()};
  }

  /// A step is a batch.
  std::int64_t slopes(std::int64_t first, std::vector<std::vector<double>>& rows,
                      const std::function<void(std::int64_t)>& progress) override {
    data::Batch& batch = batch_at(first);
    const Tensor images = nn::images_of(batch), labels = nn::labels_of(batch);
    for (std::int64_t image = 0; image < batch.size; ++image) {
      const LossGradients loss(network_, images.narrow(0, image, 1), labels.narrow(0, image, 1));
      const torch::NoGradGuard no_gradient;
      auto row = rows.begin();
      for (std::size_t tensor = 0; tensor < tensors(); ++tensor)
        for (const int bits : bits_)
          row++->push_back((loss.gradient(tensor) * error_of(tensor, bits, loss.tensor(tensor)))
                               .sum(torch::kFloat64)
                               .item<double>());
      progress(image + 1);
    }
    return batch.size;
  }

 private:
  Operand operand_of(std::size_t tensor) const {
    const std::size_t layers = network_.layers();
    return {tensor % layers, tensor >= layers};
  }

  /// Lets the passes of all batches stand before `layer`.
  void stand_at(std::size_t layer) {
    if (!stands_at_ || *stands_at_ > layer) {
      passes_.clear();
      for (data::Batch& batch : batches_) passes_.push_back(network_.begin(nn::images_of(batch)));
    }
    if (real_.empty()) {
      nn::LayerHooks none;
      for (const nn::PartialPass& pass : passes_) real_.push_back(network_.finish(pass, none));
    }
    for (nn::PartialPass& pass : passes_) network_.advance(pass, layer);
    stands_at_ = layer;
  }

  /// The mean over images of the outputs' squared norm.
  double signal() const {
    return torch::cat(real_).to(torch::kFloat64).square().sum(1).mean().item<double>();
  }

  data::Batch& batch_at(std::int64_t first) {
    std::size_t i = 0;
    for (; first > 0; ++i) first -= batches_.at(i).size;
    return batches_.at(i);
  }

  /// Q(x) - x; of weights kept, since they are the same for every image.
  Tensor error_of(std::size_t tensor, int bits, const Tensor& x) {
    const auto [layer, is_input] = operand_of(tensor);
    nn::LayerHooks& quantized = *hooks_.at(bits);
    if (is_input) return quantized.input(layer, x) - x;
    if (!network_.has_weights(layer)) return quantized.second_input(layer, x) - x;
    Tensor& error = weight_errors_[{layer, bits}];
    if (!error.defined()) error = quantized.weight(layer, x) - x;
    return error;
  }

  nn::Network& network_;
  NetworkAtBits at_bits_;
  std::map<int, std::unique_ptr<nn::LayerHooks>> hooks_;
  std::vector<data::Batch>& batches_;
  std::vector<int> bits_;
  std::int64_t images_ = 0;
  std::vector<Tensor> real_;  // outputs of each batch in single precision
  std::vector<nn::PartialPass> passes_;
  std::optional<std::size_t> stands_at_;
  std::map<std::pair<std::size_t, int>, Tensor> weight_errors_;
};

}  // namespace

std::unique_ptr<LoweredOperands> torch_lowering(nn::Network& network, NetworkAtBits at_bits,
                                                std::vector<data::Batch>& batches) {
  return std::make_unique<TorchLowering>(network, std::move(at_bits), batches);
}

}  // namespace bitloom::search
