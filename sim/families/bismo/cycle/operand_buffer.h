#pragma once

#include <array>
#include <vector>

#include <systemc>

#include "base/error.h"
#include "base/quantity.h"

namespace bitloom::cycle {

/// The buffers of one operand, all rows (or columns) of the array side by side: for each word that
/// they hold, the cycle in which the last row's last beat of it came. Words lie as fetched: tile,
/// word of K, plane. Of blocks, counted over the layer, the last two can be asked for.
class OperandBuffer : public sc_core::sc_module {
 public:
  OperandBuffer(const sc_core::sc_module_name& name, std::int64_t words)
      : sc_module(name), capacity_(words) {}

  /// Makes room for a block of `words` words.
  void begin(std::int64_t block, std::int64_t words) {
    ensure(words <= capacity_, "a block overfills its buffer");
    filling_ = &blocks_[static_cast<std::size_t>(block % 2)];
    filling_->clear();
    filling_->reserve(static_cast<std::size_t>(words));
  }
  void append(Cycles arrival) { filling_->push_back(arrival); }
  /// Of the words of a block; holds until the block after the next begins.
  const std::vector<Cycles>& arrivals(std::int64_t block) const {
    return blocks_[static_cast<std::size_t>(block % 2)];
  }

 private:
  std::int64_t capacity_;  // of a block
  std::array<std::vector<Cycles>, 2> blocks_;
  std::vector<Cycles>* filling_ = nullptr;
};

}  // namespace bitloom::cycle
