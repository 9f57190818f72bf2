#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rtl/verify/core.h"
#include "rtl/verify/workload.h"
#include "sim/families/bismo/mapping.h"

namespace bitloom::verify {

/// A file for $readmemh: a number a line, in hexadecimal digits.
class HexFile {
 public:
  explicit HexFile(std::int64_t bits) : bits_(bits) {}
  /// `words`: a number's 32-bit words, low word first, bits past the file's width zero.
  void add(const std::uint32_t* words);
  const std::string& text() const { return text_; }
  std::int64_t lines() const { return lines_; }

 private:
  std::int64_t bits_;
  std::int64_t lines_ = 0;
  std::string text_;
};

/// What a testbench needs to run a layer: all beats of its streams, and the results by the loop
/// nest. rtl/testbench/testbench.sv tells the fields of instructions and tiles.
struct LayerDump {
  HexFile instructions, activations, weights;  // a line a phase, a beat, a beat
  HexFile codes;                               // beside the beats of weights, where there are any
  HexFile tiles, results;                      // a line a tile each: its place, its accumulators
  std::int64_t bytes() const;
};

/// Bytes of the files of a layer that runs by `schedule`.
std::int64_t dump_bytes(const mapping::Schedule& schedule, const CoreParameters& core);

/// `reference`: reference_outputs(workload).
LayerDump dump_layer(const Workload& workload, const mapping::Schedule& schedule,
                     const CoreParameters& core, const std::vector<std::int64_t>& reference);

}  // namespace bitloom::verify
