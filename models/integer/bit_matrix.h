#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/integer/codes.h"
#include "models/integer/kernels/product.h"

namespace bitloom::integer {

/// A rows x columns matrix of codes as bit-planes: bit i of every code of a row lies in plane i, 64
/// columns to a word. Rows stand in panels of eight, and one 512-bit line holds the same word of a
/// panel's eight rows, so that a vector kernel computes eight results without a horizontal sum, and
/// K is rounded up to 64, not to 512 bits. Bits beyond the columns, and rows beyond the last, are
/// clear.
class BitMatrix {
 public:
  /// All bits clear: every code is 0, or the lowest one where codes are bipolar.
  BitMatrix(std::int64_t rows, std::int64_t columns, CodeType type);

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  const CodeType& type() const { return type_; }
  std::int64_t words_per_row() const { return words_per_row_; }

  std::int32_t code(std::int64_t row, std::int64_t column) const;
  void set_code(std::int64_t row, std::int64_t column, std::int32_t code);

  /// The line of 64-column word `word` of plane `plane` of rows 8 * panel to 8 * panel + 7.
  std::uint64_t* line(std::int64_t panel, int plane, std::int64_t word) {
    return lines_[index(panel, plane, word)].lanes;
  }
  const std::uint64_t* line(std::int64_t panel, int plane, std::int64_t word) const {
    return lines_[index(panel, plane, word)].lanes;
  }
  PlaneView view() const;

 private:
  struct alignas(64) Line {
    std::uint64_t lanes[kLanes];
  };
  std::size_t index(std::int64_t panel, int plane, std::int64_t word) const {
    return static_cast<std::size_t>((panel * type_.bits + plane) * words_per_row_ + word);
  }

  std::int64_t rows_;
  std::int64_t columns_;
  CodeType type_;
  std::int64_t words_per_row_;
  std::vector<Line> lines_;
};

/// Packs row-major `codes`.
BitMatrix pack(std::span<const std::int32_t> codes, std::int64_t rows, std::int64_t columns,
               CodeType type);

}  // namespace bitloom::integer
