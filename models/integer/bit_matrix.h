#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/integer/codes.h"
#include "models/integer/kernels/product.h"
#include "models/integer/levels.h"

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

  /// Planes weigh `coefficients` from now on, of each row or of all, where they weighed powers of
  /// two. The type is unsigned, of as many bits as there are planes: its codes are patterns.
  void set_coefficients(const PlaneCoefficients& coefficients);
  bool has_coefficients() const { return !coefficients_.empty(); }
  /// Whether its bits are signs, either by its type or by its coefficients.
  bool is_bipolar() const { return type_.encoding == Encoding::kBipolar || !sign_offsets_.empty(); }
  /// Of a matrix of signs: what a row of zero bits stands for, negated. A row's value is then that
  /// of its bits, doubled, less this.
  std::int32_t sign_offset(std::int64_t row) const {
    if (sign_offsets_.empty()) return type_.highest();
    return sign_offsets_[sign_offsets_.size() == 1 ? 0 : static_cast<std::size_t>(row)];
  }

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
  std::vector<std::int64_t> coefficients_;  // [panel, or one][plane][lane]
  std::int64_t coefficient_stride_ = 0;     // planes of a panel; 0: one for all
  std::vector<std::int32_t> sign_offsets_;  // of each row, or of all; signs alone have them
};

/// Packs row-major `codes`.
BitMatrix pack(std::span<const std::int32_t> codes, std::int64_t rows, std::int64_t columns,
               CodeType type);

}  // namespace bitloom::integer
