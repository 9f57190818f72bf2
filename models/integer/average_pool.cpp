#include "models/integer/average_pool.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace bitloom::integer {

void lower_average(Lowering& lowering, const graph::Window& window, const Reaches& reaches) {
  const std::int64_t positions = window.kernel.height * window.kernel.width;
  if (positions > INT32_MAX) throw UserError("its window has more than 2^31 - 1 positions");
  AveragePool pool{.window = window, .shift = 0, .factors = {}};
  bool is_partial = false;
  for (const Reach& row : reaches.rows)
    for (const Reach& column : reaches.columns) {
      const std::int64_t counted = row.counted * column.counted;
      is_partial |= counted != positions;
      pool.factors.push_back(counted == 0 ? Dyadic{}
                                          : dyadic_from(static_cast<double>(positions) /
                                                        static_cast<double>(counted)));
    }
  if (!is_partial) pool.factors.clear();
  const Step& in = lowering.input();
  const auto bound_of = [&](std::int64_t bound) {
    const std::int64_t half = pool.shift == 0 ? 0 : std::int64_t{1} << (pool.shift - 1);
    return positions * ((bound + half) >> pool.shift) + (is_partial && bound > 0 ? 1 : 0);
  };
  const std::int64_t largest = *std::max_element(in.bounds.begin(), in.bounds.end());
  while (pool.shift < 30 && bound_of(largest) > INT32_MAX) ++pool.shift;
  for (std::size_t c = 0; c < in.scales.size(); ++c) {
    const double scale = std::ldexp(in.scales[c] / static_cast<double>(positions), pool.shift);
    lowering.add_channels(1, scale, bound_of(in.bounds[c]));
  }
  lowering.result(std::move(pool));
}

}  // namespace bitloom::integer
