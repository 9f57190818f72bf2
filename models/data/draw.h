#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "models/data/dataset.h"

namespace bitloom::data {

/// Images drawn from a set, and the others, both in the set's order.
struct Drawn {
  std::shared_ptr<const Dataset> taken, left;
};

/// Draws `count` images, of [0, size()], at random within each class and from the classes in their
/// proportions: files may be sorted by class, or go through the classes in turn. A function of
/// labels and seed. Of a set whose order is random (Dataset::is_in_random_order()) the first ones.
Drawn draw(const std::shared_ptr<const Dataset>& images, std::int64_t count,
           std::uint64_t seed = 0);

}  // namespace bitloom::data
