#pragma once

#include <cstdint>

namespace bitloom::cost {

/// What a layer makes DRAM do, over all channels (docs/reference/dram.md).
struct DramActions {
  std::int64_t activates = 0;  // rows of one bank
  std::int64_t read_bursts = 0;
  std::int64_t write_bursts = 0;

  DramActions& operator+=(const DramActions& other) {
    activates += other.activates;
    read_bursts += other.read_bursts;
    write_bursts += other.write_bursts;
    return *this;
  }
  bool operator==(const DramActions&) const = default;
};

}  // namespace bitloom::cost
