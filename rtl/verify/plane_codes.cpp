#include "rtl/verify/plane_codes.h"

#include <algorithm>
#include <random>

namespace bitloom::verify {
namespace {

/// Codes of `planes` planes that add up to at most `most`; in every second draw to just that.
class CodeDrawer {
 public:
  explicit CodeDrawer(std::uint64_t seed) : engine_(seed) {}

  void append(std::int64_t planes, std::uint32_t most, std::vector<std::uint32_t>& codes) {
    const auto first = std::ssize(codes);
    std::uint32_t left = most;
    for (std::int64_t plane = 1; plane < planes; ++plane) {
      codes.push_back(below(left + 1));
      left -= codes.back();
    }
    codes.push_back(below(2) == 0 ? left : below(left + 1));
    for (std::int64_t i = planes - 1; i > 0; --i)  // the first drawn are greatest
      std::swap(codes[static_cast<std::size_t>(first + i)],
                codes[static_cast<std::size_t>(first + below(static_cast<std::uint32_t>(i) + 1))]);
  }

 private:
  std::uint32_t below(std::uint32_t count) {
    return static_cast<std::uint32_t>((engine_() >> 16) % count);
  }

  std::mt19937_64 engine_;
};

/// sum_k (+-code_k) bit_k; without `zeros` a bit of 0 counts -1.
template <class CodeOf>
std::int32_t level(std::uint32_t pattern, std::int64_t planes, bool is_signed, bool zeros,
                   const CodeOf& code_of) {
  std::int32_t sum = 0;
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    const auto code = static_cast<std::int32_t>(code_of(plane));
    const bool bit = (pattern >> plane & 1) != 0;
    if (bit)
      sum += is_signed && plane + 1 == planes ? -code : code;
    else if (!zeros)
      sum -= code;
  }
  return sum;
}

}  // namespace

std::uint32_t weight_plane_code(const Workload& w, std::int64_t channel, std::int64_t plane) {
  if (!w.codes) return 1U << plane;
  return w.codes->weights[static_cast<std::size_t>(channel * w.precision.weight_bits + plane)];
}

std::uint32_t activation_plane_code(const Workload& w, std::int64_t plane) {
  return w.codes ? w.codes->activations[static_cast<std::size_t>(plane)] : 1U << plane;
}

PlaneCodes random_codes(const Workload& w, std::int64_t bits, bool at_limit, std::uint64_t seed) {
  const auto most = static_cast<std::uint32_t>((1U << bits) - 1);
  const auto planes = static_cast<std::size_t>(w.precision.weight_bits);
  CodeDrawer drawer(seed);
  PlaneCodes codes;
  for (std::int64_t channel = 0; channel < w.layer.out_channels; ++channel)
    if (at_limit) {
      codes.weights.insert(codes.weights.end(), planes - 1, 0);
      codes.weights.push_back(most);
    } else {
      drawer.append(w.precision.weight_bits, most, codes.weights);
    }
  drawer.append(w.precision.activation_bits, most, codes.activations);
  if (at_limit) {
    std::uint32_t sum = 0;
    for (const std::uint32_t code : codes.activations) sum += code;
    codes.activations.back() += most - sum;
  }
  return codes;
}

Workload level_codes(Workload w) {
  const bool bipolar = w.weight_coding == WeightCoding::kBipolar;
  const auto each = static_cast<std::int64_t>(w.weights.size()) / w.layer.out_channels;
  for (std::int64_t i = 0; i < std::ssize(w.weights); ++i) {
    std::int32_t& weight = w.weights[static_cast<std::size_t>(i)];
    weight = level(weight_pattern(w, i), w.precision.weight_bits,
                   w.weight_coding == WeightCoding::kSigned, !bipolar,
                   [&](std::int64_t plane) { return weight_plane_code(w, i / each, plane); });
  }
  for (std::int32_t& activation : w.activations)
    activation = level(static_cast<std::uint32_t>(activation), w.precision.activation_bits,
                       w.signed_activations, true,
                       [&](std::int64_t plane) { return activation_plane_code(w, plane); });
  return w;
}

}  // namespace bitloom::verify
