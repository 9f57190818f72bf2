#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "base/document.h"
#include "base/fields.h"
#include "sim/kit/sourced_constant.h"

namespace bitloom::hardware {

/// DRAM behind the ports (docs/reference/dram.md): channels of one double-data-rate part each,
/// closed by one controller. Timings are in clocks of the memory unless their name says otherwise,
/// as data sheets name them.
struct Dram {
  std::string part;
  std::string source;  // of structure and timings

  std::int64_t channels = 1;
  std::int64_t bus_bits = 0;      // of a channel
  std::int64_t burst_length = 8;  // transfers, two a clock
  std::int64_t bank_groups = 1;
  std::int64_t banks = 0;      // of a group
  std::int64_t row_bytes = 0;  // of a bank, over the whole bus
  double clock_mhz = 0;        // half the transfer rate

  std::int64_t cl = 0;
  std::int64_t cwl = 0;
  std::int64_t rcd = 0;
  std::int64_t rp = 0;
  std::int64_t ras = 0;
  std::int64_t rrd = 0;
  std::int64_t faw = 0;
  std::int64_t ccd = 0;       // between bursts of different bank groups
  std::int64_t ccd_same = 0;  // of the same bank group
  std::int64_t rtp = 0;
  std::int64_t wr = 0;
  std::int64_t wtr = 0;
  double refi_ns = 0;
  double rfc_ns = 0;

  SourcedConstant activate_pj;    // a row of one bank opened and closed again
  SourcedConstant read_bit_pj;    // device and interface
  SourcedConstant write_bit_pj;   // device and interface
  SourcedConstant refresh_pj;     // of a channel
  SourcedConstant background_mw;  // of a channel

  std::int64_t burst_bytes() const { return bus_bits / 8 * burst_length; }
  std::int64_t burst_clocks() const { return burst_length / 2; }
  /// Bytes of the rows of the same number in all groups, which open and close together.
  std::int64_t wide_row_bytes() const { return row_bytes * bank_groups; }
  /// Clocks from burst to burst of a row: they take the bank groups in turn.
  std::int64_t burst_spacing() const {
    return std::max(ccd, (ccd_same + bank_groups - 1) / bank_groups);
  }
  /// Clocks before a refresh in which no burst starts, so that every bank can be closed in time.
  std::int64_t refresh_margin() const {
    return std::max({ras - rcd, rtp, cwl + burst_clocks() + wr});
  }
  /// Bytes of results that are written together between reads: 32 bursts of every channel.
  std::int64_t write_batch_bytes() const { return 32 * channels * burst_bytes(); }
  /// Clocks from one activate to the next when rows are opened again after a refresh.
  std::int64_t reopening_slot() const { return std::max(rrd, (faw + 3) / 4); }
  /// Clocks in which no burst starts around a refresh, without the refresh itself.
  std::int64_t refresh_clocks() const {
    return refresh_margin() + rp + (banks * bank_groups - 1) * reopening_slot() + rcd;
  }
  /// At the peak, of all channels, in units of 1e9 bytes a second.
  double peak_gigabytes_per_second() const;

  static constexpr FieldInfo kSection{
      "dram", "", "DRAM behind the ports (docs/reference/dram.md; bitloom list dram)"};
  void show(FieldVisitor& visitor);
  /// Refuses fields that do not go together; `section` is the document's `dram`.
  void check(const DocumentValue& section) const;
};

}  // namespace bitloom::hardware
