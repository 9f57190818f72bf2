#pragma once

#include <algorithm>
#include <cstdint>

#include "models/graph/layer_shape.h"
#include "models/graph/precision.h"
#include "sim/families/shift/description.h"

namespace bitloom::mapping::shift {

/// How a layer is cut (docs/reference/shift.md, "Tiles"). Column groups are counted through all
/// products, row tiles within a column group, blocks within a product.
struct Mapping {
  graph::Precision precision;
  std::int64_t products = 1;
  std::int64_t pixels = 1;     // of a product
  std::int64_t filters = 1;    // of a product
  std::int64_t reduction = 1;  // K
  std::int64_t rows = 1;       // of the array
  std::int64_t columns = 1;
  std::int64_t block_pixels = 1;
  std::int64_t result_bits = 1;
  std::int64_t selected = 0;  // tiles of the layer with a second word

  std::int64_t row_tiles() const { return ceil_div(reduction, rows); }
  std::int64_t groups_per_product() const { return ceil_div(filters, columns); }
  std::int64_t groups() const { return products * groups_per_product(); }
  std::int64_t blocks() const { return ceil_div(pixels, block_pixels); }
  std::int64_t tiles() const { return groups() * row_tiles(); }

  std::int64_t rows_of(std::int64_t row_tile) const {
    return std::min(rows, reduction - row_tile * rows);
  }
  std::int64_t columns_of(std::int64_t group) const {
    return std::min(columns, filters - group % groups_per_product() * columns);
  }
  std::int64_t pixels_of(std::int64_t block) const {
    return std::min(block_pixels, pixels - block * block_pixels);
  }
  /// Selected tiles of a column group: its first row tiles.
  std::int64_t selected_in(std::int64_t group) const {
    return selected / groups() + (group < selected % groups() ? 1 : 0);
  }
  /// Weights of a column's selected tiles.
  std::int64_t selected_rows(std::int64_t group) const {
    return std::min(reduction, selected_in(group) * rows);
  }
  std::int64_t passes(std::int64_t group, std::int64_t row_tile) const {
    return row_tile < selected_in(group) ? 2 : 1;
  }
};

/// A UserError says why a layer cannot be mapped.
Mapping map_layer(const graph::LayerShape& layer, graph::Precision precision,
                  const hardware::Shift& hardware, std::int64_t batch);

}  // namespace bitloom::mapping::shift
