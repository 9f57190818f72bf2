#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/data/dataset.h"

namespace bitloom::data {

/// The indices that a file lists, one a line, in its order; blank lines are passed over. A
/// UserError names file and line of what is no index of [0, size), of a repeated one, or an empty
/// list.
std::vector<std::int64_t> read_split(const std::string& path, std::int64_t size);

/// The images of another set that a list names, in its order.
class Subset final : public Dataset {
 public:
  Subset(std::shared_ptr<const Dataset> whole, std::vector<std::int64_t> indices);

  std::int64_t size() const override { return static_cast<std::int64_t>(indices_.size()); }
  std::int64_t classes() const override { return whole_->classes(); }
  Image image(std::int64_t index) const override { return whole_->image(at(index)); }
  std::int64_t label(std::int64_t index) const override { return whole_->label(at(index)); }
  bool is_in_random_order() const override { return whole_->is_in_random_order(); }
  std::int64_t skipped() const override { return whole_->skipped(); }
  std::string place(std::int64_t index) const override { return whole_->place(at(index)); }
  std::uint64_t fingerprint(std::int64_t index) const override {
    return whole_->fingerprint(at(index));
  }

 private:
  std::int64_t at(std::int64_t index) const { return indices_.at(static_cast<std::size_t>(index)); }

  std::shared_ptr<const Dataset> whole_;
  std::vector<std::int64_t> indices_;
};

}  // namespace bitloom::data
