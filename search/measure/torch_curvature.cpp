#include "search/measure/torch_curvature.h"

#include <optional>

#include "models/torch/evaluation.h"
#include "search/measure/fisher.h"
#include "search/measure/hessian_eigenvalues.h"
#include "search/measure/hessian_trace.h"

namespace bitloom::search {
namespace {

class TorchCurvature : public LossCurvature {
 public:
  TorchCurvature(nn::Network& network, std::vector<data::Batch>& batches)
      : network_(network), batches_(batches) {
    for (const data::Batch& batch : batches_) images_ += batch.size;
  }

  std::size_t tensors() const override { return 2 * network_.layers(); }
  std::int64_t images() const override { return images_; }

  std::vector<double> trace_probe(std::uint64_t seed, std::int64_t number) override {
    return search::trace_probe(seed, number, batches_.size(), hessians());
  }

  Eigenvalues eigenvalues(std::size_t tensor, std::uint64_t seed) override {
    return hessian_eigenvalues(tensor, batches_.size(), hessians(), {.seed = seed});
  }

  /// A step is a batch; all batches have the same size.
  std::int64_t squared_gradients(std::int64_t first, std::vector<std::vector<double>>& rows,
                                 FilterSums* filters,
                                 const std::function<void(std::int64_t)>& progress) override {
    data::Batch& batch =
        batches_.at(static_cast<std::size_t>(first / static_cast<std::int64_t>(batches_[0].size)));
    add_fisher(network_, nn::images_of(batch), nn::labels_of(batch), rows, filters, progress);
    return batch.size;
  }

 private:
  HessianOfBatch hessians() {
    return [this](std::size_t batch) -> const LossHessian& { return hessian(batch); };
  }

  /// That of a single batch is made once.
  const LossHessian& hessian(std::size_t batch) {
    if (!hessian_ || batches_.size() > 1)
      hessian_.emplace(network_, nn::images_of(batches_[batch]), nn::labels_of(batches_[batch]));
    return *hessian_;
  }

  nn::Network& network_;
  std::vector<data::Batch>& batches_;
  std::int64_t images_ = 0;
  std::optional<LossHessian> hessian_;
};

}  // namespace

std::unique_ptr<LossCurvature> torch_curvature(nn::Network& network,
                                               std::vector<data::Batch>& batches) {
  return std::make_unique<TorchCurvature>(network, batches);
}

}  // namespace bitloom::search
