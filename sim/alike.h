#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <vector>

#include "sim/family.h"

namespace bitloom::sim {

/// What a machine tells jobs apart by: those of one key are alike but for their layers' names, and
/// so cost the same.
using JobKey = std::array<std::int64_t, 19>;
JobKey key_of(const Machine& machine, const Job& job);

/// Which of a number of jobs are alike on a machine.
class AlikeJobs {
 public:
  explicit AlikeJobs(const Machine& machine) : machine_(machine) {}
  /// `add` each in order; the first of a kind stands for all.
  void add(const Job& job);
  /// How many kinds there are.
  std::size_t count() const { return firsts_.size(); }
  /// The first job of a kind.
  std::size_t first(std::size_t kind) const { return firsts_[kind]; }
  /// Of each job its kind.
  const std::vector<std::size_t>& kinds() const { return kinds_; }

 private:
  const Machine& machine_;
  std::map<JobKey, std::size_t> found_;
  std::vector<std::size_t> firsts_, kinds_;
};

}  // namespace bitloom::sim
