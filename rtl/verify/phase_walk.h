#pragma once

#include <cstdint>
#include <memory>

#include "rtl/verify/core.h"
#include "rtl/verify/lowering.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::verify {

/// A phase's place in a layer.
struct PhaseIndex {
  std::int64_t gemm = 0;
  std::int64_t activation_block = 0;
  std::int64_t weight_block = 0;
  std::int64_t chunk = 0;
  bool operator==(const PhaseIndex&) const = default;
};

/// Walks a layer's phases in the order of the schedule.
class PhaseWalk {
 public:
  explicit PhaseWalk(const mapping::Schedule& schedule) : schedule_(&schedule) { enter(); }

  bool done() const { return index_.gemm == schedule_->mapping.gemms.count; }
  const PhaseIndex& index() const { return index_; }
  const mapping::Phase& phase() const { return phase_; }
  std::int64_t first_word() const;
  bool starts_sums() const { return index_.chunk == 0; }
  bool ends_sums() const { return index_.chunk + 1 == schedule_->mapping.chunks.count(); }
  void next();

 private:
  void enter();

  const mapping::Schedule* schedule_;
  PhaseIndex index_;
  mapping::Phase phase_{};
};

/// The instruction of the phase at which `walk` stands.
Instruction instruction_of(const PhaseWalk& walk, const mapping::Schedule& schedule,
                           const Workload& workload);

/// The operands of a layer's products, made when first asked for; the newest two are kept.
class OperandStore {
 public:
  OperandStore(const Workload& workload, const mapping::Schedule& schedule)
      : workload_(&workload), gemm_(schedule.mapping.gemms.gemm) {}
  std::shared_ptr<const GemmOperands> get(std::int64_t gemm);
  const Workload& workload() const { return *workload_; }

 private:
  struct Entry {
    std::int64_t gemm = -1;
    std::shared_ptr<const GemmOperands> operands;
  };
  const Workload* workload_;
  mapping::Gemm gemm_;
  Entry newest_;
  Entry before_;
};

}  // namespace bitloom::verify
