#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "pipelines/rtl/real_tensors.h"
#include "pipelines/rtl/verify.h"
#include "rtl/verify/random_workloads.h"

namespace bitloom::pipelines {

/// Makes BISMO's workloads one after the other: the network's chosen layers, those with
/// bits by filter as their parts, then random ones.
class CoreWorkloads {
 public:
  /// A UserError where a chosen layer cannot be mapped.
  CoreWorkloads(const VerifyOptions& options, const hardware::Bismo& hardware, const Host& host);

  std::size_t count() const { return parts_.size() + random_count_; }
  /// Workloads of layers, which come before the random ones.
  std::size_t layers() const { return parts_.size(); }
  /// Of a layer as often as it is asked for, of random ones once each, in order.
  verify::Workload make(std::size_t index);
  /// Whether the input's codes take more bits than the network's, which `simulate` counts.
  bool has_more_bits(std::size_t index) const;
  /// What the integer engine summed, where workload `index` is of real tensors.
  std::optional<std::vector<std::int64_t>> integer_sums(std::size_t index) const;

 private:
  void choose_layers(const NetworkToVerify& asked, const hardware::Bismo& hardware,
                     const Host& host);

  std::int64_t batch_;
  std::int64_t code_bits_;  // of planes' codes; 0: the machine shifts
  std::uint64_t seed_;
  verify::RandomWorkloads random_;
  std::size_t random_count_ = 0;
  std::vector<graph::FilterPart> parts_;  // of the chosen layers; whole but for bits by filter
  std::vector<std::size_t> chosen_;       // the network's layer of each
  std::set<std::size_t> wider_;  // layers of the network: input codes take more bits than its own
  std::unique_ptr<const RealTensors> real_;
};

}  // namespace bitloom::pipelines
