#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "pipelines/rtl/real_tensors.h"
#include "pipelines/rtl/verify.h"
#include "rtl/verify/random_workloads.h"

namespace bitloom::pipelines {

/// Makes BISMO's workloads one after the other: the network's chosen layers, then random ones.
class CoreWorkloads {
 public:
  /// A UserError where a chosen layer cannot be mapped.
  CoreWorkloads(const VerifyOptions& options, const hardware::Bismo& hardware, const Host& host);

  std::size_t count() const { return layers_.size() + random_count_; }
  /// Workloads of layers, which come before the random ones.
  std::size_t layers() const { return layers_.size(); }
  /// Of a layer as often as it is asked for, of random ones once each, in order.
  verify::Workload make(std::size_t index);
  /// What the integer engine summed, where workload `index` is of real tensors.
  const std::vector<std::int64_t>* integer_sums(std::size_t index) const;

 private:
  void choose_layers(const NetworkToVerify& asked, const hardware::Bismo& hardware,
                     const Host& host);

  std::int64_t batch_;
  std::uint64_t seed_;
  verify::RandomWorkloads random_;
  std::size_t random_count_ = 0;
  std::vector<graph::LayerShape> layers_;
  graph::Policy policy_;
  std::vector<std::size_t> chosen_;  // of the network's layers
  std::unique_ptr<const RealTensors> real_;
};

}  // namespace bitloom::pipelines
