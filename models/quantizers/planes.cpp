#include "models/quantizers/planes.h"

namespace bitloom::nn {
namespace {

/// The bits of the patterns 0 .. 2^planes - 1 as what they stand for: [2^planes][planes], double.
Tensor encodings(std::int64_t planes, PlaneBits kind, torch::Device device) {
  const auto whole = torch::TensorOptions(torch::kLong).device(device);
  const Tensor patterns = torch::arange(std::int64_t{1} << planes, whole).unsqueeze(1);
  const Tensor bits = patterns.bitwise_right_shift(torch::arange(planes, whole)).bitwise_and(1);
  const Tensor values = bits.to(torch::kDouble);
  return kind == PlaneBits::kSigns ? values * 2 - 1 : values;
}

/// [planes] and then the patterns' shape.
Tensor bits_of(const Tensor& patterns, std::int64_t planes) {
  std::vector<Tensor> bits;
  for (std::int64_t k = 0; k < planes; ++k)
    bits.push_back(patterns.bitwise_right_shift(k).bitwise_and(1).to(torch::kUInt8));
  return torch::stack(bits);
}

/// How many of the `thresholds` [rows][m], which ascend, are below each of `rows`. Counting takes a
/// quarter of a search's time at two bits, about half of it at three.
Tensor numbers_below(const Tensor& rows, const Tensor& thresholds) {
  constexpr std::int64_t kFew = 7;
  const std::int64_t count = thresholds.size(1);
  if (rows.size(0) > 1 || count > kFew)
    return torch::searchsorted(thresholds.contiguous(), rows.contiguous());
  Tensor numbers = torch::zeros(rows.sizes(), rows.options().dtype(torch::kUInt8));
  for (std::int64_t i = 0; i < count; ++i)
    numbers.add_((rows > thresholds.select(1, i)).view(torch::kUInt8));
  return numbers.to(torch::kLong);
}

}  // namespace

Planes planes_of(const Codes& codes) {
  const integer::CodeType& type = codes.type;
  const bool is_bipolar = type.encoding == integer::Encoding::kBipolar;
  Tensor weights = torch::exp2(torch::arange(type.bits, torch::kDouble));
  if (type.encoding == integer::Encoding::kSigned) weights[type.bits - 1].mul_(-1);
  const Tensor scales = torch::tensor(codes.scales, torch::kDouble).unsqueeze(1);
  // Two's complement reads its own bits; a bipolar code c is 2 * pattern - highest.
  const Tensor codes64 = codes.codes.cpu().to(torch::kLong);
  const Tensor patterns =
      is_bipolar ? (codes64 + std::int64_t{type.highest()}).bitwise_right_shift(1) : codes64;
  return {is_bipolar ? PlaneBits::kSigns : PlaneBits::kZeroOne, scales * weights,
          bits_of(patterns, type.bits)};
}

Planes planes_of(const Tensor& basis, const Tensor& patterns, PlaneBits kind) {
  return {kind, basis, bits_of(patterns, basis.size(1))};
}

std::optional<Codes> codes_of(const Planes& planes) {
  constexpr float kSmallest = 1e-30F;  // scales are not 0
  if (planes.coefficients.size(1) != 1) return std::nullopt;
  const Tensor bits = planes.bits[0].to(torch::kInt);
  const bool is_bipolar = planes.kind == PlaneBits::kSigns;
  const Tensor levels = planes.coefficients.to(torch::kCPU, torch::kFloat).flatten();
  const Tensor scales = levels.masked_fill(levels == 0, kSmallest).to(torch::kDouble).contiguous();
  return Codes{is_bipolar ? integer::bipolar_codes() : integer::unsigned_codes(1),
               is_bipolar ? bits * 2 - 1 : bits,
               {scales.data_ptr<double>(), scales.data_ptr<double>() + scales.numel()}};
}

Tensor values_of(const Planes& planes) {
  Tensor bits = planes.bits.to(torch::kDouble);
  if (planes.kind == PlaneBits::kSigns) bits = bits * 2 - 1;
  std::vector<std::int64_t> shape(static_cast<std::size_t>(bits.dim()), 1);
  shape[0] = bits.size(0);
  if (planes.coefficients.size(0) > 1) shape[1] = planes.coefficients.size(0);
  return (bits * planes.coefficients.t().reshape(shape)).sum(0);
}

Tensor levels_of(const Tensor& basis, PlaneBits kind) {
  return basis.matmul(encodings(basis.size(1), kind, basis.device()).t()).to(torch::kFloat);
}

Tensor nearest_patterns(const Tensor& rows, const Tensor& basis, PlaneBits kind) {
  const auto [sorted, order] = levels_of(basis, kind).sort(/*dim=*/1);
  const std::int64_t last = sorted.size(1) - 1;
  const Tensor middles = (sorted.slice(1, 0, last) + sorted.slice(1, 1)) / 2;
  return order.gather(1, numbers_below(rows, middles));
}

Tensor levels_of_patterns(const Tensor& basis, const Tensor& patterns, PlaneBits kind) {
  return levels_of(basis, kind).gather(1, patterns);
}

/// Values of one pattern share their products, so that the sums over values are sums over patterns.
Tensor fitted_basis(const Tensor& rows, const Tensor& patterns, const Tensor& basis,
                    PlaneBits kind) {
  constexpr double kDamping = 1e-4;
  const std::int64_t count = rows.size(0), planes = basis.size(1);
  const std::int64_t levels = std::int64_t{1} << planes;
  const Tensor cells =
      (patterns + torch::arange(count, patterns.options()).unsqueeze(1) * levels).flatten();
  const auto per_level = [&](const Tensor& totals) {
    return totals.to(torch::kDouble).reshape({count, levels});
  };
  const Tensor numbers = per_level(torch::bincount(cells, {}, count * levels));
  const Tensor sums =
      per_level(torch::bincount(cells, rows.flatten().to(torch::kDouble), count * levels));
  const Tensor bits = encodings(planes, kind, basis.device());
  const Tensor products = (bits.unsqueeze(2) * bits.unsqueeze(1)).flatten(1);
  const Tensor gram = numbers.matmul(products).reshape({count, planes, planes}) +
                      kDamping * torch::eye(planes, basis.options());
  const Tensor right = sums.matmul(bits) + kDamping * basis;
  return torch::linalg_solve(gram, right.unsqueeze(2)).squeeze(2);
}

PlaneFit alternated(const Tensor& rows, const Tensor& basis, PlaneBits kind, int most_rounds) {
  PlaneFit fit{basis, nearest_patterns(rows, basis, kind)};
  for (int round = 0; round < most_rounds; ++round) {
    fit.basis = fitted_basis(rows, fit.patterns, fit.basis, kind);
    const Tensor next = nearest_patterns(rows, fit.basis, kind);
    if (next.equal(fit.patterns)) break;
    fit.patterns = next;
  }
  return fit;
}

}  // namespace bitloom::nn
