#include "models/torch/norm_statistics.h"

#include "models/torch/evaluation.h"

namespace bitloom::nn {
namespace {

/// What batch norms track, and its sum over batches.
struct Tracked {
  Tensor running;
  Tensor sum;
};

std::vector<Tracked> tracked_by(const Network& network) {
  std::vector<Tracked> all;
  for (const weights::ParameterShape& each : weights::parameters_of(network.graph()))
    if (!graph::is_learned(each.role)) {
      const Tensor& running = network.tensor(each.name);
      all.push_back({running, torch::zeros_like(running, torch::kDouble)});
    }
  return all;
}

/// A step from 0 towards a batch's own statistics, at batch norms' momentum, is taken by each
/// batch; divided by the first one's these are the batches' own.
void measure_width(Model& model, std::vector<data::Batch>& batches, std::size_t width) {
  Network& network = model.quantized(width) ? model.quantized(width)->network() : model.network();
  if (network.norms_are_fixed()) return;
  std::vector<Tracked> tracked = tracked_by(network);
  for (data::Batch& batch : batches) {
    for (Tracked& each : tracked) each.running.zero_();
    model.forward(images_of(batch), Mode::kTraining, width);
    for (Tracked& each : tracked) each.sum += each.running;
  }
  const double steps = kNormMomentum * static_cast<double>(batches.size());
  for (Tracked& each : tracked) each.running.copy_(each.sum / steps);
}

}  // namespace

void measure_norms(Model& model, data::Loader& loader, std::int64_t batches) {
  const torch::NoGradGuard no_gradient;
  std::vector<data::Batch> kept;
  while (std::ssize(kept) < batches) {
    auto batch = loader.next();
    if (!batch) break;
    kept.push_back(std::move(*batch));
  }
  if (kept.empty()) return;
  for (std::size_t width = 0; width < model.widths(); ++width) measure_width(model, kept, width);
}

}  // namespace bitloom::nn
