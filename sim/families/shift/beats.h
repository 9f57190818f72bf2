#pragma once

#include "sim/families/shift/mapping.h"

namespace bitloom::mapping::shift {

/// Beats of the three ports.
class Beats {
 public:
  Beats(const Mapping& mapping, const hardware::Shift& hardware) : m_(mapping), hw_(hardware) {}

  std::int64_t weights(std::int64_t rows, std::int64_t columns, std::int64_t passes) const {
    return ceil_div(rows * columns * m_.precision.weight_bits * passes, hw_.weight_port_bits);
  }
  std::int64_t weights_of(std::int64_t group, std::int64_t row_tile) const {
    return weights(m_.rows_of(row_tile), m_.columns_of(group), m_.passes(group, row_tile));
  }
  std::int64_t activations_of(std::int64_t block) const {
    return ceil_div(m_.pixels_of(block) * m_.reduction * m_.precision.activation_bits,
                    hw_.activation_port_bits);
  }
  std::int64_t results_of(std::int64_t group, std::int64_t block) const {
    return ceil_div(m_.pixels_of(block) * m_.columns_of(group) * m_.result_bits,
                    hw_.result_port_bits);
  }

 private:
  const Mapping& m_;
  const hardware::Shift& hw_;
};

}  // namespace bitloom::mapping::shift
