#include "rtl/verify/random_workloads.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "rtl/verify/plane_codes.h"

namespace bitloom::verify {

Workload RandomWorkloads::next() {
  using enum Emphasis;
  static constexpr std::array kTurns{kNone, kBipolar,         kNone, kChunks,
                                     kNone, kWideActivations, kNone, kBipolar,
                                     kNone, kAccumulatorLimit};
  constexpr int kAttempts = 200;
  const Emphasis emphasis = kTurns[count_++ % kTurns.size()];
  for (int attempt = 0; attempt < kAttempts; ++attempt)
    if (auto workload = draw(emphasis)) return *std::move(workload);
  for (;;)
    if (auto workload = draw(kNone)) return *std::move(workload);
}

std::optional<Workload> RandomWorkloads::draw(Emphasis emphasis) {
  const std::optional<Candidate> candidate = pick_candidate(emphasis);
  if (!candidate || !maps(*candidate)) return {};
  const auto& [layer, precision, batch] = *candidate;
  if (emphasis == Emphasis::kAccumulatorLimit)
    return with_codes(random_workload(layer, precision, batch, false, WeightCoding::kSigned,
                                      Draw::kLeast, engine_()),
                      true);
  const WeightCoding coding =
      emphasis == Emphasis::kBipolar ? WeightCoding::kBipolar : pick_coding(*candidate);
  const auto draw = static_cast<Draw>(pick(0, 9) < 7 ? 0 : pick(1, 2));
  const bool signed_activations = pick(0, 1) == 1;
  return with_codes(
      random_workload(layer, precision, batch, signed_activations, coding, draw, engine_()), false);
}

/// With random codes where the machine multiplies.
Workload RandomWorkloads::with_codes(Workload workload, bool at_limit) {
  if (hardware_.multiplies())
    workload.codes = random_codes(workload, hardware_.coefficient_bits, at_limit, engine_());
  return workload;
}

int RandomWorkloads::most_bits() const {
  const auto most = static_cast<std::int64_t>(graph::kMaxBits);
  return static_cast<int>(hardware_.multiplies() ? std::min(most, hardware_.coefficient_bits)
                                                 : most);
}

std::optional<RandomWorkloads::Candidate> RandomWorkloads::pick_candidate(Emphasis emphasis) {
  if (emphasis == Emphasis::kChunks || emphasis == Emphasis::kAccumulatorLimit)
    return pick_long(emphasis);
  Candidate candidate{pick_shape(), {pick_bits(), pick_bits()}, pick(1, 4) == 1 ? pick(2, 5) : 1};
  if (emphasis == Emphasis::kWideActivations) candidate.precision.activation_bits = most_bits();
  if (emphasis == Emphasis::kBipolar) {
    candidate.precision.weight_bits = 1;
    if (candidate.layer.kind == graph::LayerKind::kDepthwise) candidate.batch = 1;
  }
  return candidate;
}

std::optional<RandomWorkloads::Candidate> RandomWorkloads::pick_long(Emphasis emphasis) {
  Candidate candidate{{}, {pick_bits_evenly(), pick_bits_evenly()}, pick(1, 3)};
  candidate.layer.name = "random";
  candidate.layer.kind = graph::LayerKind::kLinear;
  candidate.layer.out_channels = pick(1, 2 * hardware_.dn + 1);
  const auto [w, a] = candidate.precision;
  if (emphasis == Emphasis::kChunks) {
    const std::int64_t words =
        std::min(hardware_.activation_buffer_words / a, hardware_.weight_buffer_words / w);
    candidate.layer.in_channels = pick(1, 2) * words * hardware_.dk + pick(1, hardware_.dk);
    return candidate;
  }
  // The most products that the mapping admits, all of them -2^(w-1) * (2^a - 1); one bit of weight
  // may also stand for +1.
  const double limit = std::ldexp(1.0, static_cast<int>(hardware_.accumulator_bits) - 1) -
                       (w == 1 || hardware_.multiplies() ? 1 : 0);
  const double level = std::ldexp(1.0, most_bits()) - 1;
  const double product =
      hardware_.multiplies() ? level * level : std::ldexp(std::ldexp(1.0, a) - 1, w - 1);
  const double most = std::floor(limit / product);
  if (most < 1 || most > static_cast<double>(longest_reduction())) return {};
  candidate.layer.in_channels = static_cast<std::int64_t>(most);
  return candidate;
}

bool RandomWorkloads::maps(const Candidate& c) const {
  try {
    return admits_(mapping::map_layer(c.layer, c.precision, hardware_, c.batch));
  } catch (const UserError& refusal) {
    if (!refusal.is_unsupported()) throw;
    return false;
  }
}

std::int64_t RandomWorkloads::pick(std::int64_t least, std::int64_t greatest) {
  return least + static_cast<std::int64_t>((engine_() >> 16) %
                                           static_cast<std::uint64_t>(greatest - least + 1));
}

int RandomWorkloads::pick_bits() {
  return pick(0, 4) == 0 ? pick_bits_evenly() : static_cast<int>(pick(1, std::min(5, most_bits())));
}

int RandomWorkloads::pick_bits_evenly() {
  return static_cast<int>(pick(graph::kMinBits, most_bits()));
}

graph::LayerShape RandomWorkloads::pick_shape() {
  graph::LayerShape l;
  l.name = "random";
  const std::int64_t kind = pick(0, 4);
  if (kind == 0) {
    l.kind = graph::LayerKind::kLinear;
    l.in_channels = pick(1, longest_reduction());
    l.out_channels = pick(1, 4 * hardware_.dn + 1);
    return l;
  }
  pick_image(l);
  l.groups = kind == 1 ? pick(2, 3) : 1;
  l.in_channels = l.groups * pick(1, kind == 2 ? hardware_.dk : 6);
  l.out_channels = l.groups * pick(1, 2 * hardware_.dn + 1);
  if (kind == 3) {
    l.kind = graph::LayerKind::kDepthwise;
    l.groups = l.in_channels;
    l.out_channels = l.in_channels * pick(1, 2);
  }
  return l;
}

void RandomWorkloads::pick_image(graph::LayerShape& l) {
  l.input = {pick(1, 9), pick(1, 9)};
  l.kernel = {std::min<std::int64_t>(pick(1, 4), l.input.height),
              std::min<std::int64_t>(pick(1, 4), l.input.width)};
  l.stride = {pick(1, 2), pick(1, 2)};
  const auto extent = [&](std::int64_t in, std::int64_t kernel, std::int64_t stride) {
    return (in + 2 * pick(0, kernel / 2) - kernel) / stride + 1;
  };
  l.output = {extent(l.input.height, l.kernel.height, l.stride.height),
              extent(l.input.width, l.kernel.width, l.stride.width)};
}

WeightCoding RandomWorkloads::pick_coding(const Candidate& c) {
  const bool shares_words = c.layer.kind == graph::LayerKind::kDepthwise && c.batch > 1;
  if (c.precision.weight_bits == 1 && !shares_words && pick(0, 2) > 0)
    return WeightCoding::kBipolar;
  // The mapping admits signed weights; unsigned ones reach nearly twice as far.
  const double unsigned_reach =
      static_cast<double>(c.layer.reduction()) *
      std::ldexp(1.0, c.precision.activation_bits + c.precision.weight_bits);
  const bool fits =
      hardware_.multiplies() ||  // whose codes bound sums of either kind alike
      unsigned_reach < std::ldexp(1.0, static_cast<int>(hardware_.accumulator_bits) - 1);
  return fits && pick(0, 3) == 0 ? WeightCoding::kUnsigned : WeightCoding::kSigned;
}

}  // namespace bitloom::verify
