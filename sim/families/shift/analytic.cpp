#include "sim/families/shift/analytic.h"

#include <algorithm>

#include "sim/families/shift/beats.h"

namespace bitloom::analytic::shift {
namespace {

using cost::shift::Spent;
using mapping::shift::Beats;
using mapping::shift::Mapping;

std::int64_t beyond(std::int64_t event, std::int64_t meanwhile) {
  return std::max<std::int64_t>(0, event - meanwhile);
}

class LayerTime {
 public:
  LayerTime(const Mapping& m, const hardware::Shift& hw)
      : m_(m), beats_(m, hw), groups_(m.groups_per_product()), blocks_(m.blocks()) {}

  Spent all() const {
    Spent sum;
    sum.fill = std::max(beats_.activations_of(0), beats_.weights_of(0, 0));
    for (std::int64_t product = 0; product < m_.products; ++product) add_product(product, sum);
    sum.drain = beats_.results_of(m_.groups() - 1, blocks_ - 1);
    return sum;
  }

 private:
  /// Blocks that are whole, as are those around them, take the same time.
  void add_product(std::int64_t product, Spent& sum) const {
    const std::int64_t whole = m_.pixels / m_.block_pixels;
    for (std::int64_t block = 0; block < blocks_; ++block) {
      const std::int64_t times = block == 1 ? std::max<std::int64_t>(1, whole - 2) : 1;
      const Spent one = of_block(product, block);
      sum.compute += times * one.compute;
      sum.weight_wait += times * one.weight_wait;
      sum.activation_wait += times * one.activation_wait;
      sum.result_wait += times * one.result_wait;
      block += times - 1;
    }
  }

  Spent of_block(std::int64_t product, std::int64_t block) const {
    Spent sum;
    for (std::int64_t c = 0; c < groups_; ++c) {
      const std::int64_t group = product * groups_ + c;
      const std::int64_t compute = m_.pixels_of(block) * (m_.row_tiles() + m_.selected_in(group));
      const std::int64_t wait = weight_wait(group, block);
      sum.compute += compute;
      sum.weight_wait += wait;
      sum.result_wait += beyond(results_before(group, block), compute + wait);
    }
    sum.activation_wait = beyond(activations_after(product, block), sum.total());
    return sum;
  }

  /// Of a column group's tiles, each for the weights of the next.
  std::int64_t weight_wait(std::int64_t group, std::int64_t block) const {
    const std::int64_t pixels = m_.pixels_of(block), tiles = m_.row_tiles();
    const std::int64_t selected = m_.selected_in(group), columns = m_.columns_of(group);
    const std::int64_t once = beats_.weights(m_.rows, columns, 1);
    const std::int64_t twice = beats_.weights(m_.rows, columns, 2);
    const std::int64_t last_passes = m_.passes(group, tiles - 1);
    std::int64_t wait = beyond(weights_after(group, block), last_passes * pixels);
    if (tiles == 1) return wait;
    wait += beyond(beats_.weights_of(group, tiles - 1), m_.passes(group, tiles - 2) * pixels);
    const std::int64_t steps = tiles - 2;  // from one tile to the next, which is no last one
    const std::int64_t to_selected = std::clamp<std::int64_t>(selected - 1, 0, steps);
    const std::int64_t from_selected = selected > 0 && selected <= steps ? 1 : 0;
    return wait + to_selected * beyond(twice, 2 * pixels) +
           from_selected * beyond(once, 2 * pixels) +
           (steps - to_selected - from_selected) * beyond(once, pixels);
  }

  /// Beats of the first tile that follows a column group.
  std::int64_t weights_after(std::int64_t group, std::int64_t block) const {
    if ((group + 1) % groups_ != 0) return beats_.weights_of(group + 1, 0);
    if (block + 1 < blocks_) return beats_.weights_of(group + 1 - groups_, 0);
    return group + 1 < m_.groups() ? beats_.weights_of(group + 1, 0) : 0;
  }
  /// Beats of the results that leave while a column group is computed.
  std::int64_t results_before(std::int64_t group, std::int64_t block) const {
    if (group % groups_ != 0) return beats_.results_of(group - 1, block);
    if (block > 0) return beats_.results_of(group + groups_ - 1, block - 1);
    return group > 0 ? beats_.results_of(group - 1, blocks_ - 1) : 0;
  }
  /// Beats of the activations that come while a block is computed.
  std::int64_t activations_after(std::int64_t product, std::int64_t block) const {
    if (block + 1 < blocks_) return beats_.activations_of(block + 1);
    return product + 1 < m_.products ? beats_.activations_of(0) : 0;
  }

  const Mapping& m_;
  Beats beats_;
  std::int64_t groups_;
  std::int64_t blocks_;
};

}  // namespace

Spent run(const Mapping& mapping, const hardware::Shift& hardware) {
  return LayerTime(mapping, hardware).all();
}

}  // namespace bitloom::analytic::shift
