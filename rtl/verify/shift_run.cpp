#include "rtl/verify/shift_run.h"

#include <fmt/format.h>

namespace bitloom::verify {
namespace {

using mapping::shift::Mapping;

/// Activations of pixels as rows, [pixel][k], zeros where a window leaves the input.
class Windows {
 public:
  explicit Windows(const ShiftWorkload& workload) : w_(workload.workload) {}

  std::vector<std::int32_t> of(std::int64_t product, std::int64_t pixel) const {
    const graph::LayerShape& l = w_.layer;
    const std::int64_t n = pixel / l.output_pixels(), at = pixel % l.output_pixels();
    const std::int64_t y = at / l.output.width, x = at % l.output.width;
    const std::int64_t inputs = l.in_channels / l.groups;
    std::vector<std::int32_t> window;
    for (std::int64_t c = 0; c < inputs; ++c)
      for (std::int64_t ky = 0; ky < l.kernel.height; ++ky)
        for (std::int64_t kx = 0; kx < l.kernel.width; ++kx)
          window.push_back(activation(n, product * inputs + c,
                                      y * l.stride.height + ky - w_.padding.height,
                                      x * l.stride.width + kx - w_.padding.width));
    return window;
  }

 private:
  std::int32_t activation(std::int64_t n, std::int64_t c, std::int64_t y, std::int64_t x) const {
    const graph::LayerShape& l = w_.layer;
    if (y < 0 || y >= l.input.height || x < 0 || x >= l.input.width) return 0;
    const std::int64_t at = ((n * l.in_channels + c) * l.input.height + y) * l.input.width + x;
    return w_.activations[static_cast<std::size_t>(at)];
  }

  const Workload& w_;
};

/// A filter on a column.
class FilterRun {
 public:
  FilterRun(ShiftColumn& column, const ShiftWorkload& workload, std::int64_t filter)
      : column_(column),
        w_(workload.workload),
        m_(workload.mapping),
        windows_(workload),
        filter_(filter),
        product_(filter / m_.filters),
        group_(product_ * m_.groups_per_product() + filter % m_.filters / m_.columns) {}

  /// The filter's sums by pixel.
  std::vector<std::uint64_t> run() {
    std::vector<std::uint64_t> sums;
    load_words(0);
    in_.swap = true;
    column_.clock(in_);
    for (std::int64_t block = 0; block < m_.blocks(); ++block) {
      block_.clear();
      for (std::int64_t i = 0; i < m_.pixels_of(block); ++i)
        block_.push_back(windows_.of(product_, block * m_.block_pixels + i));
      for (std::int64_t row_tile = 0; row_tile < m_.row_tiles(); ++row_tile)
        run_tile(row_tile, block + 1 == m_.blocks());
      for (std::size_t i = 0; i < block_.size(); ++i)
        sums.push_back(column_.sum(static_cast<int>(i)));
    }
    return sums;
  }
  std::int64_t cycles() const { return cycles_; }

 private:
  /// The passes of a tile; with the first pixel come the next tile's words, which the last one
  /// brings up.
  void run_tile(std::int64_t row_tile, bool in_last_block) {
    const bool ends_block = row_tile + 1 == m_.row_tiles();
    const bool has_next = !ends_block || !in_last_block;
    const std::int64_t passes = m_.passes(group_, row_tile);
    const auto begin = static_cast<std::size_t>(row_tile * m_.rows);
    const auto rows = static_cast<std::size_t>(m_.rows_of(row_tile));
    for (std::int64_t pass = 0; pass < passes; ++pass)
      for (std::size_t pixel = 0; pixel < block_.size(); ++pixel) {
        in_ = {};
        if (has_next && pass == 0 && pixel == 0) load_words(ends_block ? 0 : row_tile + 1);
        in_.swap = has_next && pass + 1 == passes && pixel + 1 == block_.size();
        in_.enable = true;
        in_.second = pass == 1;
        in_.clear = row_tile == 0 && pass == 0;
        in_.activation_signed = w_.signed_activations;
        in_.pixel = static_cast<int>(pixel);
        in_.activations = std::span(block_[pixel]).subspan(begin, rows);
        column_.clock(in_);
        ++cycles_;
      }
  }

  void load_words(std::int64_t row_tile) {
    first_.clear();
    second_.clear();
    const auto code = [&](const ShiftWord& word) {
      const std::uint32_t sign = word.negative ? 1 : 0;
      return sign << column_.size().exponent_bits | static_cast<std::uint32_t>(word.exponent);
    };
    for (std::int64_t row = 0; row < m_.rows_of(row_tile); ++row) {
      const std::int64_t k = row_tile * m_.rows + row;
      const std::int32_t weight = w_.weights[static_cast<std::size_t>(filter_ * m_.reduction + k)];
      first_.push_back(code(first_of(weight)));
      second_.push_back(code(second_of(weight)));
    }
    in_.load = true;
    in_.first_words = first_;
    in_.second_words = second_;
  }

  ShiftColumn& column_;
  const Workload& w_;
  const Mapping& m_;
  Windows windows_;
  std::int64_t filter_;
  std::int64_t product_;
  std::int64_t group_;
  ShiftInputs in_;
  std::vector<std::uint32_t> first_, second_;
  std::vector<std::vector<std::int32_t>> block_;
  std::int64_t cycles_ = 0;
};

/// The lowest `bits` as two's complement.
std::int64_t signed_value(std::uint64_t value, int bits) {
  const int above = 64 - bits;
  return static_cast<std::int64_t>(value << above) >> above;
}

}  // namespace

UnitRun run_layer(ShiftColumn& column, const ShiftWorkload& workload) {
  const Workload& w = workload.workload;
  const graph::LayerShape& l = w.layer;
  const std::vector<std::int64_t> expected = plain_sums(w);
  UnitRun run;
  for (std::int64_t o = 0; o < l.out_channels; ++o) {
    FilterRun filter(column, workload, o);
    const std::vector<std::uint64_t> sums = filter.run();
    run.cycles += filter.cycles();
    for (std::size_t i = 0; i < sums.size(); ++i) {
      const auto pixel = static_cast<std::int64_t>(i);
      const std::int64_t n = pixel / l.output_pixels(), at = pixel % l.output_pixels();
      const std::int64_t sum = signed_value(sums[i], column.size().accumulator_bits);
      const std::int64_t right =
          expected[static_cast<std::size_t>((n * l.out_channels + o) * l.output_pixels() + at)];
      ++run.values;
      if (sum != right && !run.first_wrong)
        run.first_wrong = fmt::format(
            "{}: wrong value at image {}, channel {}, row {}, column {}: {} instead of {}", l.name,
            n, o, at / l.output.width, at % l.output.width, sum, right);
    }
  }
  return run;
}

std::int64_t cycles_by_the_rules(const Mapping& m) {
  std::int64_t cycles = 0;
  for (std::int64_t group = 0; group < m.groups(); ++group)
    cycles += m.columns_of(group) * m.pixels * (m.row_tiles() + m.selected_in(group));
  return cycles;
}

}  // namespace bitloom::verify
