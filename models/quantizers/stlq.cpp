// STLQ (Oh et al. 2021, Automated log-scale quantization for low-cost deep neural networks):
// weights are powers of two, and a selected share of them the sum of two.
#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "models/quantizers/levels.h"

namespace bitloom::nn {
namespace {

/// The share of the weights, or of their tiles, that have a second word: supplement, section 1.
constexpr double kSelectRatio = 0.15;
/// Assumptions, which the supplement leaves open: the factor of the penalty on v, below which v is
/// 0, the share of a training from which on all v are, and a tile, so many weights of a filter one
/// after the other.
constexpr double kPenalty = 0.02, kLeastShare = 0.1, kSettledFrom = 0.75;
constexpr std::int64_t kTile = 16;

/// M = 2^(N-1).
double powers(int bits) { return std::exp2(bits - 1); }

/// sign(x) 2^-|q| U, with |q| = -round(log2(|x| / U)) from 1 to M - 1 where x > 0, to M where
/// x < 0; 0 of 0.
Tensor log_levels(const Tensor& x, double unit, double most) {
  const Tensor least_power =
      -torch::where(x > 0, torch::full_like(x, most - 1), torch::full_like(x, most));
  const Tensor power = (x.abs() / unit).log2().round().clamp_max(-1).maximum(least_power);
  return torch::where(x == 0, torch::zeros_like(x), x.sign() * unit * torch::exp2(power));
}

/// 1 in the `count` largest of `ranks`, of equal ones the first, else 0.
Tensor largest_of(const Tensor& ranks, std::int64_t count) {
  const Tensor chosen =
      ranks.flatten().argsort(/*stable=*/true, 0, /*descending=*/true).narrow(0, 0, count);
  return torch::zeros_like(ranks).flatten().index_fill(0, chosen, 1).reshape_as(ranks);
}

std::int64_t selected_of(std::int64_t all) {
  return std::llround(kSelectRatio * static_cast<double>(all));
}

/// C: 1 where the residue r1 is among the largest.
Tensor selected_weights(const Tensor& residue) {
  return largest_of(residue.abs(), selected_of(residue.numel()));
}

/// The same of whole tiles, by |r1|_2.
Tensor selected_tiles(const Tensor& residue) {
  const std::int64_t filters = residue.size(0), size = residue.numel() / filters;
  const std::int64_t tiles = (size + kTile - 1) / kTile;
  const Tensor padded =
      torch::constant_pad_nd(residue.reshape({filters, size}), {0, tiles * kTile - size});
  const Tensor norms = padded.reshape({filters, tiles, kTile}).square().sum(2);
  return largest_of(norms, selected_of(norms.numel()))
      .repeat_interleave(kTile, 1)
      .narrow(1, 0, size)
      .reshape_as(residue);
}

/// w~ = LogQ(w) + LogQ(r1 o (C + v)), r1 = w - LogQ(w). While training v is learned, and a penalty
/// brings it to 0, so that the weights that are not selected get used to one word.
class SelectedTwoWords : public Quantizer {
 public:
  using Select = Tensor (*)(const Tensor& residue);

  SelectedTwoWords(const QuantizerTask& task, const char* name, Select select)
      : most_(powers(task.bits)), select_(select) {
    if (task.granularity == QuantizerTask::Granularity::kChannel)
      throw UserError(std::string("quantizer '") + name +
                      "': has levels for each layer, not for each channel");
  }

  /// U is twice the power of two that the largest weight is nearest to, so that none is clipped.
  /// Without training the weights that are not selected have one word.
  void calibrate(const Tensor& w) override {
    require_finite(w);
    const torch::NoGradGuard no_gradient;
    const Tensor largest =
        usable_range(largest_magnitude(w.detach(), QuantizerTask::Granularity::kLayer));
    unit_.set_data(torch::exp2(largest.log2().round() + 1).reshape({1}));
    selected_.set_data(select_(residue_of(w.detach())));
    v_.set_data(torch::zeros_like(w.detach()));
  }

  /// The gradient to w is 1, that to v is r1 (straight-through estimators of both roundings).
  Tensor quantize(const Tensor& w) override {
    require_one_for_each("selected", selected_, w);
    require_one_for_each("v", v_, w);
    const Tensor residue = residue_of(w.detach());
    Tensor share = selected_.to(w.device());
    if (!settled()) share = share + v_.to(w.device());
    const Tensor rest = residue * share;
    const Tensor second = straight_through(rest, log_levels(rest.detach(), unit(), most_));
    return straight_through(w, w.detach() - residue) + second;
  }

  /// Sums of two powers of two, which take more bits than they have.
  std::optional<Codes> codes(const Tensor&) override { return std::nullopt; }

  std::vector<std::pair<std::string, Tensor>> state() const override {
    return {{"unit", unit_}, {"selected", selected_}, {"v", v_}};
  }

  /// kPenalty |v|^2. Where all v are 0 nothing of them is learned any more.
  Tensor penalty() const override { return settled() ? Tensor() : kPenalty * v_.square().sum(); }

  void at_step(const TrainingTime& time, const Tensor& weights) override {
    const torch::NoGradGuard no_gradient;
    if (time.step == 0) v_.copy_(first_v(weights.detach()));
    const double settled_from = kSettledFrom * static_cast<double>(time.steps - 1);
    if (static_cast<double>(time.step) >= settled_from) v_.zero_();
    v_.masked_fill_(v_ < kLeastShare, 0);
  }

  bool settled() const override { return (v_ == 0).all().item<bool>(); }

 protected:
  std::optional<std::string> missed_by(const std::string& name,
                                       const Tensor& values) const override {
    if (name == "unit") return missed_as_ranges(values, QuantizerTask::Granularity::kLayer);
    if (values.numel() == 0) return "numbers";
    return std::nullopt;
  }

 private:
  double unit() const {
    ensure(unit_.numel() > 0, "a quantizer is calibrated or loaded before it quantizes");
    return unit_.item<double>();
  }

  Tensor residue_of(const Tensor& w) const { return w - log_levels(w, unit(), most_); }

  /// v_0 = softmax(|r1 o (1 - C)|), scaled to 1 at most; C has its weights already.
  Tensor first_v(const Tensor& w) const {
    const Tensor others = 1 - selected_;
    const Tensor rest = (residue_of(w) * others).abs();
    return (rest - rest.max()).exp() * others;
  }

  double most_;  // M
  Select select_;
  Tensor unit_ = torch::empty({0});                       // U
  Tensor selected_ = torch::empty({0});                   // C
  Tensor v_ = torch::empty({0}, torch::requires_grad());  // v
};

QuantizerKind stlq_kind(const char* name, const char* doc,
                        MadeQuantizer (*create)(const QuantizerTask&)) {
  return {.role = QuantizerTask::Role::kWeights,
          .name = name,
          .doc = doc,
          .create = create,
          .source = "Oh 2021, CVPR",
          .learned = "v",
          .spacing = LevelSpacing::kPowersOfTwo,
          .least_bits = 2,
          .most_bits = 7};
}

}  // namespace

QuantizerKind stlq_weights() {
  return stlq_kind("stlq", "STLQ: powers of two, of 15 % of the weights two",
                   [](const QuantizerTask& task) -> MadeQuantizer {
                     return std::make_unique<SelectedTwoWords>(task, "stlq", selected_weights);
                   });
}

QuantizerKind stlq_tile_weights() {
  return stlq_kind("stlq-tile", "STLQ: the same by tiles of 16 weights",
                   [](const QuantizerTask& task) -> MadeQuantizer {
                     return std::make_unique<SelectedTwoWords>(task, "stlq-tile", selected_tiles);
                   });
}

}  // namespace bitloom::nn
