#include "models/torch/evaluation.h"

#include <algorithm>
#include <cmath>

namespace bitloom::nn {
namespace {

constexpr std::int64_t kTop = 5;

Estimate percentage(std::int64_t right, std::int64_t of) {
  const auto n = static_cast<double>(of);
  const double share = static_cast<double>(right) / n;
  return {100 * static_cast<double>(right) / n, 100 * std::sqrt(share * (1 - share) / n)};
}

/// Sums over images.
struct Tally {
  std::int64_t images = 0, first = 0, top = 0;
  double loss = 0, squared_loss = 0;
  std::vector<bool> is_right = {};

  void add(const Tensor& outputs, const Tensor& labels) {
    const Tensor column = labels.unsqueeze(1);
    // Classes that beat the label, or equal it: no network gains by answering the same to all, or
    // what is no number.
    const Tensor better = torch::logical_not(outputs < outputs.gather(1, column)).sum(1) - 1;
    const Tensor losses =
        -torch::log_softmax(outputs.to(torch::kFloat64), 1).gather(1, column).squeeze(1);
    images += labels.numel();
    const Tensor right = (better < 1).contiguous();
    first += right.sum().item<std::int64_t>();
    is_right.insert(is_right.end(), right.data_ptr<bool>(), right.data_ptr<bool>() + right.numel());
    top += (better < kTop).sum().item<std::int64_t>();
    loss += losses.sum().item<double>();
    squared_loss += losses.square().sum().item<double>();
  }

  Accuracy accuracy() const {
    const auto n = static_cast<double>(images);
    const double mean = loss / n;
    const double spread = squared_loss / n - mean * mean;
    const double variance = spread < 0 ? 0 : spread;  // NaN stays
    return {images,
            percentage(first, images),
            percentage(top, images),
            {mean, std::sqrt(variance / std::max(1.0, n - 1))},
            is_right};
  }
};

}  // namespace

Tensor images_of(data::Batch& batch) {
  std::vector<std::int64_t> sizes = batch.input.sizes();
  sizes.insert(sizes.begin(), batch.size);
  return torch::from_blob(batch.images.data(), sizes);
}

Tensor labels_of(data::Batch& batch) {
  return torch::from_blob(batch.labels.data(), {batch.size}, torch::kInt64);
}

Accuracy evaluate(const Classifier& classify, std::vector<data::Batch>& batches) {
  const torch::NoGradGuard no_gradient;
  Tally tally;
  for (data::Batch& batch : batches) tally.add(classify(images_of(batch)), labels_of(batch));
  return tally.accuracy();
}

Accuracy evaluate(const Classifier& classify, data::Loader& loader, std::int64_t images,
                  const ImageProgress& progress) {
  const torch::NoGradGuard no_gradient;
  Tally tally;
  while (auto batch = loader.next()) {
    tally.add(classify(images_of(*batch)), labels_of(*batch));
    if (progress) progress(tally.images, images);
  }
  return tally.accuracy();
}

}  // namespace bitloom::nn
