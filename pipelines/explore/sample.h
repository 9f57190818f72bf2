#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "base/random.h"

namespace bitloom::pipelines {

/// Some of many items, as likely one as another, in memory that does not grow with how many there
/// are (Vitter's algorithm R, ACM TOMS 1985). The same items make the same sample.
template <class Item>
class Sample {
 public:
  explicit Sample(std::size_t most) : most_(most) {}

  void add(const Item& item) {
    ++seen_;
    if (items_.size() < most_)
      items_.push_back(item);
    else if (const std::uint64_t place = draw_below(random_, seen_); place < most_)
      items_[place] = item;
  }
  const std::vector<Item>& items() const { return items_; }

 private:
  std::size_t most_;
  std::uint64_t seen_ = 0;
  std::mt19937_64 random_{1};
  std::vector<Item> items_;
};

}  // namespace bitloom::pipelines
