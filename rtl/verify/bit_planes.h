#pragma once

#include <cstdint>
#include <vector>

namespace bitloom::verify {

/// A matrix of integer codes as bit-planes: per row and bit, the bits of all columns in 64-bit
/// words.
class BitPlanes {
 public:
  BitPlanes(std::int64_t rows, std::int64_t columns, std::int64_t bits);

  /// Sets a code of a matrix that was zero there.
  void set(std::int64_t row, std::int64_t column, std::uint32_t code);

  /// Bits [begin, begin + count) of a row's plane, zeros past the last column, low word first, into
  /// ceil(count / 32) words.
  void copy(std::int64_t row, std::int64_t bit, std::int64_t begin, std::int64_t count,
            std::uint32_t* words) const;

 private:
  std::int64_t bits_;
  std::int64_t columns_;
  std::int64_t plane_words_;
  std::vector<std::uint64_t> words_;  // [row][bit][word]
};

}  // namespace bitloom::verify
