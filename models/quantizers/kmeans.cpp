// Deep Compression's weight sharing (Han, Mao, Dally 2016, arXiv:1510.00149, sec. 3).
#include <fmt/format.h>

#include "base/error.h"
#include "models/quantizers/clustering.h"
#include "models/quantizers/levels.h"

namespace bitloom::nn {
namespace {

/// calibrate() assigns each weight to one of 2^bits clusters. A weight's level is the mean of its
/// cluster as the weights are now, so that its gradient is the mean of its cluster's.
class KmeansWeights : public Quantizer {
 public:
  explicit KmeansWeights(const QuantizerTask& task) : clusters_(1 << task.bits) {
    if (task.granularity == QuantizerTask::Granularity::kChannel)
      throw UserError("quantizer 'kmeans': has levels for each layer, not for each channel");
  }

  void calibrate(const Tensor& w) override {
    require_finite(w);
    constexpr std::uint64_t kSeed = 1;
    std::mt19937_64 random(kSeed);
    const Tensor all = w.detach().to(torch::kCPU, torch::kFloat).contiguous();
    const std::vector<int> assignment =
        cluster({all.data_ptr<float>(), static_cast<std::size_t>(all.numel())}, clusters_, random);
    assignment_.set_data(
        torch::tensor(assignment).to(torch::kFloat).reshape(w.sizes()).to(w.device()));
  }

  Tensor quantize(const Tensor& w) override {
    require_fitting(w);
    const Tensor clusters = assignment_.to(w.device(), torch::kLong).flatten();
    const Tensor weights = w.to(torch::kDouble).flatten();  // sums of a million weights
    const auto sums_of = [&](const Tensor& values) {
      return torch::zeros({clusters_}, values.options()).index_add(0, clusters, values);
    };
    const Tensor means = sums_of(weights) / sums_of(torch::ones_like(weights)).clamp_min(1);
    return means.to(w.scalar_type()).index_select(0, clusters).reshape(w.sizes());
  }

  std::optional<Codes> codes(const Tensor&) override { return std::nullopt; }

  std::vector<std::pair<std::string, Tensor>> state() const override {
    return {{"assignment", assignment_}};
  }

 protected:
  std::optional<std::string> missed_by(const std::string&, const Tensor& values) const override {
    const Tensor fits =
        (values >= 0).logical_and_(values < clusters_).logical_and_(values == values.floor());
    if (values.numel() > 0 && fits.all().item<bool>()) return std::nullopt;
    return fmt::format("whole numbers from 0 to {}", clusters_ - 1);
  }

 private:
  void require_fitting(const Tensor& w) const {
    ensure(assignment_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
    require_one_for_each("assignment", assignment_, w);
  }

  int clusters_;
  Tensor assignment_ = torch::empty({0});
};

}  // namespace

QuantizerKind kmeans_weights() {
  return {.role = QuantizerTask::Role::kWeights,
          .name = "kmeans",
          .doc = "Deep Compression: shared by the clusters of k-means, no codes",
          .create = [](const QuantizerTask& task) -> MadeQuantizer {
            return std::make_unique<KmeansWeights>(task);
          },
          .source = "Han 2016, arXiv:1510.00149",
          .spacing = LevelSpacing::kFree};
}

}  // namespace bitloom::nn
