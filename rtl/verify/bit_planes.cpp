#include "rtl/verify/bit_planes.h"

#include <algorithm>

#include "base/quantity.h"

namespace bitloom::verify {

BitPlanes::BitPlanes(std::int64_t rows, std::int64_t columns, std::int64_t bits)
    : bits_(bits),
      columns_(columns),
      plane_words_(ceil_div(columns, 64) +
                   1),  // a zero word past the end, so that copy() may look ahead
      words_(static_cast<std::size_t>(rows * bits * plane_words_)) {}

void BitPlanes::set(std::int64_t row, std::int64_t column, std::uint32_t code) {
  std::uint64_t* word = words_.data() + row * bits_ * plane_words_ + column / 64;
  for (std::int64_t bit = 0; bit < bits_; ++bit, word += plane_words_)
    *word |= static_cast<std::uint64_t>(code >> bit & 1) << (column % 64);
}

void BitPlanes::copy(std::int64_t row, std::int64_t bit, std::int64_t begin, std::int64_t count,
                     std::uint32_t* words) const {
  const std::uint64_t* plane = words_.data() + (row * bits_ + bit) * plane_words_;
  for (; count > 0; begin += 32, count -= 32, ++words) {
    if (begin >= columns_) {
      *words = 0;
      continue;
    }
    const std::int64_t shift = begin % 64;
    std::uint64_t value = plane[begin / 64] >> shift;
    if (shift > 32) value |= plane[begin / 64 + 1] << (64 - shift);
    *words = static_cast<std::uint32_t>(value);
    if (count < 32) *words &= (1U << count) - 1;
  }
}

}  // namespace bitloom::verify
