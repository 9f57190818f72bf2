#pragma once

#include <cstdint>
#include <vector>

namespace bitloom::search {

/// What the first groups of a program can reach: sums of weights and objectives.
struct Labels {
  std::vector<double> objectives;
  std::vector<std::int64_t> weights;            // [label][limit]
  std::vector<std::uint32_t> parents, options;  // the label before, and what came to it

  std::size_t size() const { return objectives.size(); }
};

Labels gathered(const Labels& from, const std::vector<std::uint32_t>& which, std::size_t limits);

/// Those which no other is as light and as good as, by their weights. Of three limits and more only
/// some are compared.
Labels undominated(const Labels& labels, std::size_t limits);

}  // namespace bitloom::search
