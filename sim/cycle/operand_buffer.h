#pragma once

#include <vector>

#include <systemc>

#include "base/error.h"
#include "base/quantity.h"

namespace bitloom::cycle {

/// The buffers of one operand, all rows (or columns) of the array side by side: for each word that
/// they hold, the cycle in which the last row's last beat of it came. Words lie as fetched: tile,
/// word of K, plane.
class OperandBuffer : public sc_core::sc_module {
 public:
  OperandBuffer(const sc_core::sc_module_name& name, std::int64_t words)
      : sc_module(name), capacity_(words) {}

  /// Empties the buffer for a block of `words` words.
  void clear(std::int64_t words) {
    ensure(words <= capacity_, "a block overfills its buffer");
    arrivals_.clear();
    arrivals_.reserve(static_cast<std::size_t>(words));
  }
  void append(Cycles arrival) { arrivals_.push_back(arrival); }
  Cycles arrival(std::int64_t word) const { return arrivals_[static_cast<std::size_t>(word)]; }

 private:
  std::int64_t capacity_;
  std::vector<Cycles> arrivals_;
};

}  // namespace bitloom::cycle
