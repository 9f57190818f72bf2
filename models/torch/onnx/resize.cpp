// Resize and Upsample: each dimension on its own, as sums of a few elements of the input.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "models/onnx/inference/resized_sizes.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

/// How one dimension is resized.
struct Stretch {
  std::int64_t axis = 0;
  std::int64_t from = 0, to = 0;  // sizes
  double scale = 1;               // as given, which `to / from` need not be
  double start = 0, end = 1;      // of the region, as parts of the dimension
};

struct Method {
  std::string mode;
  std::string coordinates;
  std::string rounding;  // of `nearest`
  double cubic = -0.75;
  bool excludes_outside = false;
  bool antialias = false;
  double beyond = 0;  // value outside of the region of tf_crop_and_resize
};

/// The size before it was cut to a whole number, less what the scale's own rounding adds.
double exact_size(const Stretch& s) {
  const double size = s.scale * static_cast<double>(s.from);
  const auto whole = static_cast<double>(s.to);
  return std::abs(size - whole) < 1e-6 * whole ? whole : size;
}

/// The place in the input of element `i` of the output.
double place_of(const Stretch& s, const std::string& mode, std::int64_t i) {
  const auto at = static_cast<double>(i);
  const auto last = static_cast<double>(s.from - 1);
  if (mode == "half_pixel") return (at + 0.5) / s.scale - 0.5;
  if (mode == "pytorch_half_pixel") return s.to > 1 ? (at + 0.5) / s.scale - 0.5 : 0;
  if (mode == "asymmetric") return at / s.scale;
  if (mode == "tf_half_pixel_for_nn") return (at + 0.5) / s.scale;
  if (mode == "align_corners") return i == 0 ? 0 : at * last / (exact_size(s) - 1);
  if (mode == "half_pixel_symmetric") {
    const double middle = static_cast<double>(s.from) / 2;
    const double adjustment = static_cast<double>(s.to) / (s.scale * static_cast<double>(s.from));
    return middle * (1 - adjustment) + (at + 0.5) / s.scale - 0.5;
  }
  if (mode == "tf_crop_and_resize") {
    if (s.to == 1) return 0.5 * (s.start + s.end) * last;
    return s.start * last + at * (s.end - s.start) * last / static_cast<double>(s.to - 1);
  }
  throw UserError("unknown coordinate_transformation_mode '" + mode + "'");
}

std::int64_t nearest(double place, const std::string& rounding) {
  if (rounding == "round_prefer_floor") return std::llround(std::ceil(place - 0.5));
  if (rounding == "round_prefer_ceil") return std::llround(std::floor(place + 0.5));
  if (rounding == "floor") return std::llround(std::floor(place));
  if (rounding == "ceil") return std::llround(std::ceil(place));
  throw UserError("unknown nearest_mode '" + rounding + "'");
}

double linear_weight(double distance) { return std::max(0.0, 1 - std::abs(distance)); }

/// Cubic convolution (Keys 1981, equation 4, with `a` for its -1/2).
double cubic_weight(double distance, double a) {
  const double d = std::abs(distance);
  if (d >= 2) return 0;
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
}

/// The elements of the input that each of the output sums, and their weights.
struct Taps {
  std::vector<Integers> places;              // by tap, then by element
  std::vector<std::vector<double>> weights;  // the same
};

Taps taps_of(const Stretch& s, const Method& method) {
  const bool is_cubic = method.mode == "cubic";
  const double narrow = method.antialias ? std::min(s.scale, 1.0) : 1.0;
  const auto reach = static_cast<std::int64_t>(std::ceil((is_cubic ? 2 : 1) / narrow));
  if (reach > s.from + 2) throw unsupported("antialiasing over more elements than there are");
  const auto count = static_cast<std::size_t>(2 * reach);
  const auto elements = static_cast<std::size_t>(s.to);
  Taps taps{std::vector<Integers>(count, Integers(elements)),
            std::vector<std::vector<double>>(count, std::vector<double>(elements))};
  for (std::size_t i = 0; i < elements; ++i) {
    const double place = place_of(s, method.coordinates, static_cast<std::int64_t>(i));
    const auto first = static_cast<std::int64_t>(std::floor(place)) - reach + 1;
    double sum = 0;
    for (std::size_t tap = 0; tap < count; ++tap) {
      const std::int64_t from = first + static_cast<std::int64_t>(tap);
      const double distance = (static_cast<double>(from) - place) * narrow;
      double weight = is_cubic ? cubic_weight(distance, method.cubic) : linear_weight(distance);
      if (method.excludes_outside && (from < 0 || from >= s.from)) weight = 0;
      taps.places[tap][i] = std::clamp<std::int64_t>(from, 0, s.from - 1);
      taps.weights[tap][i] = weight;
      sum += weight;
    }
    if (!method.antialias && !method.excludes_outside) continue;
    for (std::size_t tap = 0; tap < count; ++tap) taps.weights[tap][i] /= sum;
  }
  return taps;
}

Tensor with_outside(const Tensor& y, const Stretch& s, const Method& method) {
  if (method.coordinates != "tf_crop_and_resize") return y;
  std::vector<std::uint8_t> is_outside;
  for (std::int64_t i = 0; i < s.to; ++i) {
    const double place = place_of(s, method.coordinates, i);
    is_outside.push_back(place < 0 || place > static_cast<double>(s.from - 1) ? 1 : 0);
  }
  const Tensor mask = along(at::tensor(is_outside, at::kByte), s.axis, y.dim()).to(at::kBool);
  return at::where(mask, scalar_like(y, method.beyond), y);
}

Tensor stretched(const Tensor& x, const Stretch& s, const Method& method) {
  if (method.mode == "nearest") {
    Integers places;
    for (std::int64_t i = 0; i < s.to; ++i)
      places.push_back(std::clamp<std::int64_t>(
          nearest(place_of(s, method.coordinates, i), method.rounding), 0, s.from - 1));
    return with_outside(x.index_select(s.axis, at::tensor(places, at::kLong)), s, method);
  }
  const Taps taps = taps_of(s, method);
  Tensor y;
  for (std::size_t tap = 0; tap < taps.places.size(); ++tap) {
    const Tensor weights = at::tensor(taps.weights[tap], at::kDouble).to(x.scalar_type());
    const Tensor part = x.index_select(s.axis, at::tensor(taps.places[tap], at::kLong)) *
                        along(weights, s.axis, x.dim());
    y = tap == 0 ? part : y + part;
  }
  return with_outside(y, s, method);
}

std::vector<double> reals_in(const Tensor& x) {
  const Tensor reals = x.to(at::kDouble).contiguous();
  const double* first = reals.data_ptr<double>();
  return {first, first + reals.numel()};
}

Integers resized_axes(const Call& call) {
  if (call.node.has("axes")) return axes_in(call.node.integers("axes"), call[0].dim());
  Integers axes;
  for (std::int64_t i = 0; i < call[0].dim(); ++i) axes.push_back(i);
  return axes;
}

/// Sizes that are wanted, with one scale for all where `keep_aspect_ratio_policy` asks for it.
void fit_sizes(std::vector<Stretch>& stretches, const Integers& sizes, const std::string& policy) {
  Integers from;
  for (const Stretch& s : stretches) from.push_back(s.from);
  const bitloom::onnx::FittedSizes fitted = bitloom::onnx::fitted_sizes(from, sizes, policy);
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    stretches[i].to = fitted.sizes[i];
    stretches[i].scale = fitted.scales[i];
  }
}

/// Keeps a scale that a file states from asking for more than memory can hold.
constexpr std::int64_t kMostOfADimension = 1 << 24;

void fit_scales(std::vector<Stretch>& stretches, const std::vector<double>& scales) {
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    Stretch& s = stretches[i];
    s.scale = scales[i];
    s.to = bitloom::onnx::scaled_size(s.from, static_cast<float>(s.scale));
    if (s.to < 0 || s.to > kMostOfADimension)
      throw UserError(fmt::format("a scale of {} is none", s.scale));
  }
}

/// Of each axis that is named, its sizes: from `sizes` or from `scales`.
std::vector<Stretch> stretches_of(const Call& call, const std::vector<double>& scales,
                                  const Integers& sizes) {
  std::vector<Stretch> stretches;
  for (const std::int64_t axis : resized_axes(call))
    stretches.push_back({axis, call[0].size(axis), call[0].size(axis)});
  const std::size_t given = sizes.empty() ? scales.size() : sizes.size();
  if (given != stretches.size())
    throw UserError(fmt::format("{} sizes or scales for {} dimensions", given, stretches.size()));
  for (const Stretch& s : stretches)
    if (s.from < 1) throw UserError("an empty tensor cannot be resized");
  if (sizes.empty()) {
    fit_scales(stretches, scales);
  } else {
    fit_sizes(stretches, sizes, call.node.text("keep_aspect_ratio_policy", "stretch"));
  }
  for (const Stretch& s : stretches)
    if (s.to < 1 || s.to > kMostOfADimension)
      throw UserError(fmt::format("a dimension of {} cannot become {}", s.from, s.to));
  return stretches;
}

Tensor resized(const Tensor& x, const std::vector<Stretch>& stretches, const Method& method) {
  const bool is_real = x.is_floating_point() || method.mode == "nearest";
  Tensor y = is_real ? x : x.to(at::kFloat);
  for (const Stretch& s : stretches)
    if (s.from != s.to || s.scale != 1 || method.coordinates == "tf_crop_and_resize")
      y = stretched(y, s, method);
  return is_real ? y : at::round(y).to(x.scalar_type());
}

/// Before version 11: places are at / scale, and the nearest is the one below.
Outputs resize_10(const Call& call) {
  const auto* attribute = call.node.attribute("scales");
  std::vector<double> scales;
  if (call.has(1)) scales = reals_in(call[1]);
  if (!call.has(1) && attribute) scales.assign(attribute->reals.begin(), attribute->reals.end());
  const std::string mode = call.node.text("mode", "nearest");
  const Method method{mode == "bilinear" ? "linear" : mode, "asymmetric", "floor"};
  return {resized(call[0], stretches_of(call, scales, {}), method)};
}

Outputs resize(const Call& call) {
  const Node& node = call.node;
  if (node.opset < 11) return resize_10(call);
  const Method method{node.text("mode", "nearest"),
                      node.text("coordinate_transformation_mode", "half_pixel"),
                      node.text("nearest_mode", "round_prefer_floor"),
                      node.real("cubic_coeff_a", -0.75F),
                      node.integer("exclude_outside", 0) != 0,
                      node.integer("antialias", 0) != 0,
                      node.real("extrapolation_value", 0)};
  if (method.mode != "nearest" && method.mode != "linear" && method.mode != "cubic")
    throw UserError("unknown mode '" + method.mode + "' (known: cubic, linear, nearest)");
  const bool has_sizes = call.has(3) && call[3].numel() > 0;
  std::vector<Stretch> stretches =
      stretches_of(call, has_sizes || !call.has(2) ? std::vector<double>{} : reals_in(call[2]),
                   has_sizes ? integers_in(call[3]) : Integers{});
  if (method.coordinates == "tf_crop_and_resize") {
    const std::vector<double> region = reals_in(call[1]);
    const bool is_region =
        std::all_of(region.begin(), region.end(), [](double part) { return std::abs(part) < 1e6; });
    if (region.size() != 2 * stretches.size() || !is_region)
      throw UserError("roi is no region of the dimensions");
    for (std::size_t i = 0; i < stretches.size(); ++i) {
      stretches[i].start = region[i];
      stretches[i].end = region[i + stretches.size()];
    }
  }
  return {resized(call[0], stretches, method)};
}

const Operator kResizes[] = {
    {"", "Resize", resize},
    {"", "Upsample", resize_10},
};

}  // namespace

Operators resize_operators() { return kResizes; }

}  // namespace bitloom::nn::onnx
