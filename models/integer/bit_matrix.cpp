#include "models/integer/bit_matrix.h"

#include "base/error.h"
#include "base/quantity.h"

namespace bitloom::integer {

BitMatrix::BitMatrix(std::int64_t rows, std::int64_t columns, CodeType type)
    : rows_(rows), columns_(columns), type_(type), words_per_row_(ceil_div(columns, 64)) {
  ensure_valid(type);
  ensure(rows > 0 && columns > 0, "a bit matrix has rows and columns");
  lines_.resize(static_cast<std::size_t>(ceil_div(rows, kLanes) * type.bits * words_per_row_));
}

std::int32_t BitMatrix::code(std::int64_t row, std::int64_t column) const {
  std::uint32_t pattern = 0;
  for (int plane = 0; plane < type_.bits; ++plane) {
    const std::uint64_t word = line(row / kLanes, plane, column / 64)[row % kLanes];
    pattern |= static_cast<std::uint32_t>(word >> (column % 64) & 1) << plane;
  }
  return type_.code(pattern);
}

void BitMatrix::set_code(std::int64_t row, std::int64_t column, std::int32_t code) {
  const std::uint32_t pattern = type_.pattern(code);
  const std::uint64_t bit = std::uint64_t{1} << (column % 64);
  for (int plane = 0; plane < type_.bits; ++plane) {
    std::uint64_t& word = line(row / kLanes, plane, column / 64)[row % kLanes];
    word = (pattern >> plane & 1) != 0 ? word | bit : word & ~bit;
  }
}

PlaneView BitMatrix::view() const {
  return {lines_.front().lanes,
          rows_,
          type_.bits,
          words_per_row_,
          type_.encoding == Encoding::kSigned,
          has_coefficients() ? coefficients_.data() : nullptr,
          coefficient_stride_};
}

void BitMatrix::set_coefficients(const PlaneCoefficients& given) {
  ensure(type_ == unsigned_codes(given.planes), "a matrix of patterns has its planes as bits");
  const bool is_shared = given.rows() == 1;
  ensure(is_shared || static_cast<std::int64_t>(given.rows()) == rows_,
         "coefficients are those of each row, or of all");
  const std::int64_t panels = is_shared ? 1 : ceil_div(rows_, kLanes);
  coefficient_stride_ = is_shared ? 0 : given.planes;
  coefficients_.assign(static_cast<std::size_t>(panels * given.planes * kLanes), 0);
  sign_offsets_.assign(given.are_signs ? given.rows() : 0, 0);
  for (std::int64_t row = 0; row < (is_shared ? kLanes : rows_); ++row) {
    const auto of_row = given.of_channel(static_cast<std::size_t>(row));
    for (std::int64_t plane = 0; plane < given.planes; ++plane) {
      const std::int32_t coefficient = of_row[static_cast<std::size_t>(plane)];
      const std::int64_t at = (row / kLanes * given.planes + plane) * kLanes + row % kLanes;
      coefficients_[static_cast<std::size_t>(at)] = coefficient;
      if (given.are_signs && (row == 0 || !is_shared))
        sign_offsets_[static_cast<std::size_t>(row)] += coefficient;
    }
  }
}

BitMatrix pack(std::span<const std::int32_t> codes, std::int64_t rows, std::int64_t columns,
               CodeType type) {
  BitMatrix matrix(rows, columns, type);
  ensure(static_cast<std::int64_t>(codes.size()) == rows * columns,
         "codes to pack are rows x columns");
  ensure_codes(codes, type);
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column)
      matrix.set_code(row, column, codes[static_cast<std::size_t>(row * columns + column)]);
  return matrix;
}

}  // namespace bitloom::integer
