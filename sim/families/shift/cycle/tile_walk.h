#pragma once

#include "sim/families/shift/mapping.h"

namespace bitloom::cycle::shift {

/// The tiles of a layer in the order in which the array holds them.
class TileWalk {
 public:
  explicit TileWalk(const mapping::shift::Mapping& mapping) : m_(mapping) {}

  bool at_end() const { return product_ == m_.products; }
  std::int64_t product() const { return product_; }
  std::int64_t block() const { return block_; }
  std::int64_t group() const { return product_ * m_.groups_per_product() + in_product_; }
  std::int64_t row_tile() const { return row_tile_; }
  bool begins_block() const { return in_product_ == 0 && row_tile_ == 0; }
  bool ends_group() const { return row_tile_ + 1 == m_.row_tiles(); }
  bool ends_block() const { return ends_group() && in_product_ + 1 == m_.groups_per_product(); }

  void advance() {
    if (++row_tile_ < m_.row_tiles()) return;
    row_tile_ = 0;
    if (++in_product_ < m_.groups_per_product()) return;
    in_product_ = 0;
    if (++block_ < m_.blocks()) return;
    block_ = 0;
    ++product_;
  }

 private:
  const mapping::shift::Mapping& m_;
  std::int64_t product_ = 0;
  std::int64_t block_ = 0;
  std::int64_t in_product_ = 0;  // the column group
  std::int64_t row_tile_ = 0;
};

}  // namespace bitloom::cycle::shift
