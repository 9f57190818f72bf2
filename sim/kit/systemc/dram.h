#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/quantity.h"
#include "sim/kit/dram.h"
#include "sim/kit/dram_actions.h"

namespace bitloom::cycle {

/// What is kept in DRAM; each kind has banks of its own.
enum class Region { kActivations, kWeights, kResults };

/// Time in which both clocks tick in whole numbers: a cycle of the array takes `per_cycle`, a clock
/// of the memory `per_clock`.
struct DramTime {
  std::int64_t per_cycle;
  std::int64_t per_clock;
};

/// A command on a channel, for those who watch.
struct DramCommand {
  enum class Kind { kActivate, kRead, kWrite, kRefresh };
  Kind kind;
  std::int64_t channel;
  std::int64_t group;  // of banks
  std::int64_t bank;   // in the group
  std::int64_t row;
  std::int64_t at;  // DramTime
};

class DramObserver {
 public:
  virtual ~DramObserver() = default;
  virtual void command(const DramCommand& command) = 0;
};

/// One channel with its controller: accesses in the order in which they are given, rows left open,
/// opened as soon as an access is known (docs/reference/dram.md). Every time is a maximum of sums
/// of earlier ones.
class DramChannel {
 public:
  /// Bursts of one access that follow one another without a gap: the last data of the first pass at
  /// `first`, of each further one `spacing` later.
  struct Run {
    std::int64_t bursts;
    std::int64_t first;
    std::int64_t spacing;
  };

  DramChannel(const hardware::Dram& part, DramTime time, std::int64_t channel,
              DramObserver* observer);

  /// Bursts `first` to `first + bursts - 1` of a region's part in this channel, asked for at `at`;
  /// appends to `runs`.
  void access(bool write, Region region, std::int64_t first, std::int64_t bursts, std::int64_t at,
              std::vector<Run>& runs);

  const cost::DramActions& actions() const { return actions_; }

 private:
  struct Bank {             // those of one number in all groups
    std::int64_t row;       // -1: none is open
    std::int64_t closable;  // earliest precharge of an open row
    std::int64_t closed;    // earliest activate where none is open
  };
  struct Place {
    std::int64_t bank;
    std::int64_t row;
    std::int64_t column;  // in bursts
  };
  using Activates = std::array<std::int64_t, 4>;  // the last ones, oldest first

  Place place(Region region, std::int64_t burst) const;
  std::int64_t activate(const Bank& bank, std::int64_t at, Activates& activates) const;
  void refresh(std::int64_t before);
  std::int64_t bus_free(bool write) const;
  void tell_activates(const Place& place, const Activates& activates) const;
  void tell_bursts(bool write, const Place& place, std::int64_t at, std::int64_t bursts) const;
  std::int64_t clocks(std::int64_t count) const { return count * time_.per_clock; }

  const hardware::Dram& part_;
  DramTime time_;
  std::int64_t channel_;
  DramObserver* observer_;
  std::int64_t refresh_interval_, refresh_time_;

  std::vector<Bank> banks_;
  Activates activates_;
  std::int64_t last_burst_;
  bool last_write_ = false;
  std::int64_t next_refresh_;
  std::int64_t open_from_ = 0;  // all rows are open again after the last refresh
  cost::DramActions actions_;
};

/// All channels of the DRAM behind an array of `array_mhz`. They take bursts in turn.
class Dram {
 public:
  Dram(const hardware::Dram& part, Megahertz array, DramObserver* observer = nullptr);
  Dram(const Dram&) = delete;
  Dram& operator=(const Dram&) = delete;

  /// Reads or writes `bytes` of a region from `address`, asked for in cycle `at`, after all
  /// accesses before. Into `parts` goes when each equal part of the bytes is complete: the
  /// first cycle of the array that begins no earlier. Returns the same of the first burst.
  Cycles access(bool write, Region region, std::uint64_t address, std::int64_t bytes, Cycles at,
                std::span<Cycles> parts);

  cost::DramActions actions() const;
  std::int64_t burst_bytes() const { return part_.burst_bytes(); }
  std::int64_t write_batch_bytes() const { return part_.write_batch_bytes(); }

 private:
  Cycles cycle_after(std::int64_t time) const { return Cycles(ceil_div(time, time_.per_cycle)); }

  hardware::Dram part_;
  DramTime time_;
  std::vector<DramChannel> channels_;
  std::vector<DramChannel::Run> runs_;
};

}  // namespace bitloom::cycle
