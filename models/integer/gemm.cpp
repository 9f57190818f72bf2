#include "models/integer/gemm.h"

#include <algorithm>

#include "base/error.h"

namespace bitloom::integer {
namespace {

/// Bits of the L1 cache that a tile's lines may take: K is summed in chunks that leave room for the
/// results.
constexpr std::int64_t kCachedBits = std::int64_t{24} * 1024 * 8;

std::int64_t words_per_chunk(const BitMatrix& left, const BitMatrix& right) {
  constexpr std::int64_t kLineBits = std::int64_t{64} * kLanes;
  constexpr std::int64_t kPanelsOfTile = 2;
  const std::int64_t lines = left.type().bits + kPanelsOfTile * right.type().bits;
  return std::clamp<std::int64_t>(kCachedBits / (lines * kLineBits), 1, left.words_per_row());
}

/// Bits as they are: signs are multiplied as bits of 0 and 1.
void multiply_planes(const BitMatrix& left, const BitMatrix& right, Kernel kernel,
                     std::int32_t* out, std::int64_t out_stride) {
  const Multiply multiply = multiply_of(kernel);
  const std::int64_t words = left.words_per_row();
  const std::int64_t chunk = words_per_chunk(left, right);
  for (std::int64_t first = 0; first < words; first += chunk)
    multiply({left.view(), right.view(), first, std::min(chunk, words - first), out, out_stride,
              first > 0});
}

/// The sum of each row's codes: its dot product with ones.
std::vector<std::int32_t> row_sums(const BitMatrix& matrix, Kernel kernel) {
  BitMatrix ones(1, matrix.columns(), unsigned_codes(1));
  for (std::int64_t column = 0; column < matrix.columns(); ++column) ones.set_code(0, column, 1);
  if (matrix.has_coefficients()) ones.set_coefficients({1, false, {1}});
  std::vector<std::int32_t> sums(static_cast<std::size_t>(matrix.rows()));
  multiply_planes(ones, matrix, kernel, sums.data(), matrix.rows());
  return sums;
}

/// A bipolar code s of w bits is 2 p - (2^w - 1), p the unsigned number of its bits: sum of a*s = 2
/// * sum of a*p - (2^w - 1) * sum of a; for one bit that is 2 popcount(a&p) - popcount(a) for each
/// plane of a. With coefficients c their sum takes the place of 2^w - 1. Where a is padding its
/// bits are clear, and both terms leave it out. Modulo 2^32: only the result must fit.
///
/// `out` is a row of sums of a*p. `one` and `others` are the second term's factors: that of the
/// row, and those of the other matrix's rows.
void count_signs(std::int32_t* out, std::int32_t one, const std::vector<std::int32_t>& others) {
  const auto factor = static_cast<std::uint32_t>(one);
  for (std::size_t i = 0; i < others.size(); ++i)
    out[i] = static_cast<std::int32_t>(2 * static_cast<std::uint32_t>(out[i]) -
                                       factor * static_cast<std::uint32_t>(others[i]));
}

std::vector<std::int32_t> sign_offsets(const BitMatrix& signs) {
  std::vector<std::int32_t> offsets;
  for (std::int64_t row = 0; row < signs.rows(); ++row) offsets.push_back(signs.sign_offset(row));
  return offsets;
}

bool sums_fit(const BitMatrix& left, const BitMatrix& right) {
  const auto product = [](std::int32_t l, std::int32_t r) { return std::int64_t{l} * r; };
  const CodeType& l = left.type();
  const CodeType& r = right.type();
  const auto [low, high] =
      std::minmax({product(l.lowest(), r.lowest()), product(l.lowest(), r.highest()),
                   product(l.highest(), r.lowest()), product(l.highest(), r.highest())});
  const std::int64_t count = left.columns();
  return count <= INT32_MAX && low * count >= INT32_MIN && high * count <= INT32_MAX;
}

}  // namespace

void gemm_into(const BitMatrix& left, const BitMatrix& right, Kernel kernel, std::int32_t* out,
               std::int64_t out_stride) {
  const bool left_is_bipolar = left.is_bipolar(), right_is_bipolar = right.is_bipolar();
  const bool is_scaled = left.has_coefficients();
  ensure(left.columns() == right.columns(), "factors have the same columns");
  ensure(!left_is_bipolar || !right_is_bipolar, "one factor at most is bipolar");
  ensure(is_scaled == right.has_coefficients(), "both factors have coefficients, or none");
  ensure(is_scaled || sums_fit(left, right), "sums fit into 32 bits");
  multiply_planes(left, right, kernel, out, out_stride);
  if (!left_is_bipolar && !right_is_bipolar) return;
  const std::vector<std::int32_t> sums = row_sums(left_is_bipolar ? right : left, kernel);
  const std::vector<std::int32_t> offsets = sign_offsets(left_is_bipolar ? left : right);
  const std::vector<std::int32_t>& of_left = left_is_bipolar ? offsets : sums;
  const std::vector<std::int32_t>& of_right = left_is_bipolar ? sums : offsets;
  for (std::int64_t l = 0; l < left.rows(); ++l)
    count_signs(out + l * out_stride, of_left[static_cast<std::size_t>(l)], of_right);
}

std::vector<std::int32_t> gemm(const BitMatrix& left, const BitMatrix& right, Kernel kernel) {
  std::vector<std::int32_t> out(static_cast<std::size_t>(left.rows() * right.rows()));
  gemm_into(left, right, kernel, out.data(), right.rows());
  return out;
}

}  // namespace bitloom::integer
