#include "rtl/verify/learned_levels.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "models/integer/codes.h"

namespace bitloom::verify {
namespace {

using integer::PlaneCoefficients;

/// The planes of an operand as the hardware has them.
struct Planes {
  PlaneCoefficients coefficients;  // those of 0 and 1 are not negative but in the top plane
  bool top_is_negative = false;    // of 0 and 1
  integer::Encoding encoding() const {
    if (coefficients.are_signs) return integer::Encoding::kBipolar;
    return top_is_negative ? integer::Encoding::kSigned : integer::Encoding::kUnsigned;
  }
};

UserError refused(const std::string& layer, const char* whose) {
  return unsupported(fmt::format(
      "layer '{}': coefficients of several planes of its {} are negative, and hardware has one "
      "plane that counts negative",
      layer, whose));
}

/// The plane of all rows whose coefficients are negative anywhere; nothing where none is.
std::optional<int> negative_plane(const PlaneCoefficients& given, const std::string& layer,
                                  const char* whose) {
  std::optional<int> negative;
  for (std::size_t i = 0; i < given.values.size(); ++i) {
    if (given.values[i] >= 0) continue;
    const int plane = static_cast<int>(i) % given.planes;
    if (negative.value_or(plane) != plane) throw refused(layer, whose);
    negative = plane;
  }
  for (std::size_t row = 0; negative && row < given.rows(); ++row)
    if (given.of_channel(row)[static_cast<std::size_t>(*negative)] > 0) throw refused(layer, whose);
  return negative;
}

/// Bits of 0 and 1, with the plane that counts negative on top.
Planes plain_planes(PlaneCoefficients given, const std::string& layer, const char* whose) {
  const std::optional<int> negative = negative_plane(given, layer, whose);
  if (negative)
    for (std::size_t row = 0; row < given.rows(); ++row) {
      const auto first = given.values.begin() + static_cast<std::ptrdiff_t>(row) * given.planes;
      std::iter_swap(first + *negative, first + given.planes - 1);
    }
  return {std::move(given), negative.has_value()};
}

Planes planes_of_weights(PlaneCoefficients given, const std::string& layer) {
  if (!given.are_signs) return plain_planes(std::move(given), layer, "weights");
  for (std::int32_t& coefficient : given.values) coefficient = std::abs(coefficient);
  return {std::move(given), false};
}

/// Level codes of a channel to the values whose bits are their patterns.
void to_patterns(std::int32_t* first, std::size_t count, const Planes& planes, std::size_t channel,
                 const std::string& layer) {
  const integer::CodeType levels = integer::type_of(planes.coefficients, true);
  const std::vector<std::int32_t> patterns =
      integer::patterns_of(planes.coefficients, channel, levels);
  const integer::CodeType type{planes.encoding(), planes.coefficients.planes};
  for (std::size_t i = 0; i < count; ++i) {
    const bool is_near = first[i] >= levels.lowest() && first[i] <= levels.highest();
    const std::int32_t pattern =
        is_near ? patterns[static_cast<std::size_t>(first[i] - levels.lowest())] : -1;
    if (pattern < 0)
      throw UserError(fmt::format("layer '{}': {} is none of its levels", layer, first[i]));
    first[i] = type.code(static_cast<std::uint32_t>(pattern));
  }
}

std::vector<std::uint32_t> magnitudes(std::span<const std::int32_t> coefficients) {
  std::vector<std::uint32_t> codes;
  for (const std::int32_t coefficient : coefficients)
    codes.push_back(static_cast<std::uint32_t>(std::abs(coefficient)));
  return codes;
}

std::vector<std::uint32_t> powers_of_two(int planes) {
  std::vector<std::uint32_t> codes;
  for (int plane = 0; plane < planes; ++plane) codes.push_back(1U << plane);
  return codes;
}

WeightCoding coding_of(integer::Encoding encoding) {
  switch (encoding) {
    case integer::Encoding::kUnsigned:
      return WeightCoding::kUnsigned;
    case integer::Encoding::kSigned:
      return WeightCoding::kSigned;
    case integer::Encoding::kBipolar:
      break;
  }
  return WeightCoding::kBipolar;
}

void set_weights(Workload& w, const PlaneCoefficients& given) {
  const Planes planes = planes_of_weights(given, w.layer.name);
  const auto channels = static_cast<std::size_t>(w.layer.out_channels);
  const std::size_t each = w.weights.size() / channels;
  for (std::size_t channel = 0; channel < channels; ++channel) {
    to_patterns(w.weights.data() + channel * each, each, planes, channel, w.layer.name);
    const auto codes = magnitudes(planes.coefficients.of_channel(channel));
    w.codes->weights.insert(w.codes->weights.end(), codes.begin(), codes.end());
  }
  w.precision.weight_bits = planes.coefficients.planes;
  w.weight_coding = coding_of(planes.encoding());
}

void set_activations(Workload& w, const PlaneCoefficients& given) {
  const Planes planes = plain_planes(integer::with_padding(given), w.layer.name, "activations");
  to_patterns(w.activations.data(), w.activations.size(), planes, 0, w.layer.name);
  w.codes->activations = magnitudes(planes.coefficients.values);
  w.precision.activation_bits = planes.coefficients.planes;
  w.signed_activations = planes.top_is_negative;
}

}  // namespace

Workload with_planes(Workload w, const std::optional<PlaneCoefficients>& weights,
                     const std::optional<PlaneCoefficients>& activations) {
  if (!weights && !activations) return w;
  w.codes.emplace();
  if (activations)
    set_activations(w, *activations);
  else
    w.codes->activations = powers_of_two(w.precision.activation_bits);
  if (weights) {
    set_weights(w, *weights);
    return w;
  }
  const std::vector<std::uint32_t> codes = powers_of_two(w.precision.weight_bits);
  for (std::int64_t channel = 0; channel < w.layer.out_channels; ++channel)
    w.codes->weights.insert(w.codes->weights.end(), codes.begin(), codes.end());
  return w;
}

std::uint32_t greatest_code_sum(const PlaneCodes& codes, const graph::Precision& bits) {
  std::uint32_t most = std::accumulate(codes.activations.begin(), codes.activations.end(), 0U);
  for (auto first = codes.weights.begin(); first != codes.weights.end(); first += bits.weight_bits)
    most = std::max(most, std::accumulate(first, first + bits.weight_bits, 0U));
  return most;
}

}  // namespace bitloom::verify
