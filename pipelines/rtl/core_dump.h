#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipelines/rtl/core_making.h"
#include "rtl/verify/testbench.h"
#include "rtl/verify/workload.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::pipelines {

/// The layers of a verification as a testbench in SystemVerilog, kept in memory until written.
class CoreDump {
 public:
  /// A UserError where `folder` holds other things than a dump, or cannot be made.
  CoreDump(const std::string& folder, const verify::CoreTools& tools);

  /// Counts a layer that is to be added. A UserError where it would make the dump too large.
  void admit(const std::string& layer, const mapping::Schedule& schedule,
             const verify::CoreParameters& core);
  /// `cycles`: what the engines expect.
  void add(const verify::Workload& workload, const mapping::Schedule& schedule,
           const verify::CoreParameters& core, std::int64_t cycles);
  /// Returns lines that say what was written and how to run it.
  std::string write(const verify::CoreParameters& core) const;

 private:
  std::filesystem::path folder_;
  verify::CoreTools tools_;
  std::int64_t admitted_bytes_ = 0;
  std::int64_t bytes_ = 0;  // of those that were added
  std::vector<verify::DumpedLayer> layers_;
};

}  // namespace bitloom::pipelines
