#include "sim/families/bismo/cycle/conversion.h"

#include <algorithm>

namespace bitloom::cycle {
namespace {

/// One direction of the unit: its bursts, a share of them a round.
class Pass {
 public:
  Pass(Dram& dram, bool write, Region region, Bytes bytes)
      : dram_(dram),
        write_(write),
        region_(region),
        bytes_(bytes.count()),
        bursts_(ceil_div(bytes_, dram.burst_bytes())) {}

  std::int64_t bursts() const { return bursts_; }

  /// Moves what is due after so many of all rounds, asked for in cycle `at`; the cycle in which it
  /// has been.
  Cycles move(std::int64_t round, std::int64_t rounds, Cycles at) {
    const std::int64_t due =
        std::min(bytes_, mapping::share(bursts_, round, rounds) * dram_.burst_bytes());
    Cycles moved;
    if (due > moved_)
      dram_.access(write_, region_, static_cast<std::uint64_t>(moved_), due - moved_, at,
                   {&moved, 1});
    moved_ = due;
    return moved;
  }

 private:
  Dram& dram_;
  bool write_;
  Region region_;
  std::int64_t bytes_;
  std::int64_t bursts_;
  std::int64_t moved_ = 0;
};

}  // namespace

Cycles convert(const mapping::Conversion& conversion, std::int64_t port_bits, Dram* dram) {
  const std::int64_t beats = conversion.beats(port_bits);
  Cycles end(beats);
  if (dram == nullptr || beats == 0) return end;
  Pass in(*dram, false, Region::kResults, conversion.read_bytes());
  Pass out(*dram, true, Region::kActivations, conversion.written_bytes());
  const std::int64_t rounds = ceil_div(std::max(in.bursts(), out.bursts()),
                                       dram->write_batch_bytes() / dram->burst_bytes());
  for (std::int64_t round = 0; round < rounds; ++round) {
    const Cycles at(mapping::share(beats, round, rounds));
    const Cycles read = in.move(round + 1, rounds, at);
    end = std::max({end, read, out.move(round + 1, rounds, at)});
  }
  return end;
}

}  // namespace bitloom::cycle
