#include "sim/kit/systemc/dram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitloom::cycle {
namespace {

constexpr std::int64_t kLongAgo = -(std::int64_t{1} << 60);

/// Clocks to the kilohertz.
DramTime common_time(Megahertz array, Megahertz memory) {
  const auto kilohertz = [](Megahertz clock) {
    return std::max<std::int64_t>(1, std::llround(clock.count() * 1e3));
  };
  const std::int64_t a = kilohertz(array), m = kilohertz(memory), common = std::gcd(a, m);
  return {m / common, a / common};
}

}  // namespace

DramChannel::DramChannel(const hardware::Dram& part, DramTime time, std::int64_t channel,
                         DramObserver* observer)
    : part_(part),
      time_(time),
      channel_(channel),
      observer_(observer),
      banks_(static_cast<std::size_t>(part.banks), {-1, kLongAgo, kLongAgo}),
      last_burst_(kLongAgo) {
  const double clocks_per_ns = part.clock_mhz * 1e-3;
  const auto of_ns = [&](double ns) {
    return std::llround(ns * clocks_per_ns * static_cast<double>(time.per_clock));
  };
  refresh_interval_ = of_ns(part.refi_ns);
  refresh_time_ = of_ns(part.rfc_ns);
  next_refresh_ = refresh_interval_;
  activates_.fill(kLongAgo);
}

/// Rows of a region follow one another through its banks: half of all for the activations, a
/// quarter each for weights and results.
DramChannel::Place DramChannel::place(Region region, std::int64_t burst) const {
  const std::int64_t quarter = part_.banks / 4;
  const std::int64_t columns = part_.wide_row_bytes() / part_.burst_bytes();
  const std::int64_t row = burst / columns;
  const std::int64_t column = burst % columns;
  switch (region) {
    case Region::kActivations:
      return {row % (2 * quarter), row / (2 * quarter), column};
    case Region::kWeights:
      return {2 * quarter + row % quarter, row / quarter, column};
    case Region::kResults:
      break;
  }
  return {3 * quarter + row % quarter, row / quarter, column};
}

/// When the last of the bank's groups is activated, after what is open has been closed.
std::int64_t DramChannel::activate(const Bank& bank, std::int64_t at, Activates& activates) const {
  std::int64_t earliest =
      bank.row < 0 ? std::max(at, bank.closed) : std::max(at, bank.closable) + clocks(part_.rp);
  for (std::int64_t group = 0; group < part_.bank_groups; ++group) {
    earliest = std::max(
        {earliest, activates.back() + clocks(part_.rrd), activates.front() + clocks(part_.faw)});
    std::rotate(activates.begin(), activates.begin() + 1, activates.end());
    activates.back() = earliest;
  }
  return earliest;
}

/// Does the refreshes that no burst may start before once it is `before`: each closes all banks and
/// opens again those that were open, in slots of their own.
void DramChannel::refresh(std::int64_t before) {
  const std::int64_t last =
      (before + clocks(part_.refresh_margin())) / refresh_interval_ * refresh_interval_;
  for (; next_refresh_ <= last; next_refresh_ += refresh_interval_) {
    if (observer_)
      observer_->command(
          {DramCommand::Kind::kRefresh, channel_, 0, 0, 0, next_refresh_ + clocks(part_.rp)});
    const std::int64_t first_slot = next_refresh_ + clocks(part_.rp) + refresh_time_;
    const std::int64_t slot = clocks(part_.reopening_slot());
    const auto banks = static_cast<std::int64_t>(banks_.size());
    open_from_ = first_slot + (banks * part_.bank_groups - 1) * slot + clocks(part_.rcd);
    for (std::int64_t i = 0; i < banks; ++i) {
      Bank& bank = banks_[static_cast<std::size_t>(i)];
      bank.closable = bank.closed = open_from_;
      if (bank.row < 0) continue;
      for (std::int64_t group = 0; group < part_.bank_groups; ++group) {
        std::rotate(activates_.begin(), activates_.begin() + 1, activates_.end());
        activates_.back() = first_slot + (i * part_.bank_groups + group) * slot;
      }
      bank.closable = std::max(bank.closable, activates_.back() + clocks(part_.ras));
      actions_.activates += part_.bank_groups;
      tell_activates({i, bank.row, 0}, activates_);
    }
  }
}

/// When the data bus takes a burst of another row or access.
std::int64_t DramChannel::bus_free(bool write) const {
  const std::int64_t data = part_.burst_clocks();
  constexpr std::int64_t kBusTurns = 2;
  if (write == last_write_) return last_burst_ + clocks(part_.ccd_same);
  return last_burst_ +
         clocks(write ? part_.cl + data + kBusTurns - part_.cwl : part_.cwl + data + part_.wtr);
}

void DramChannel::access(bool write, Region region, std::int64_t first, std::int64_t bursts,
                         std::int64_t at, std::vector<Run>& runs) {
  const std::int64_t spacing = clocks(part_.burst_spacing());
  const std::int64_t to_data = clocks((write ? part_.cwl : part_.cl) + part_.burst_clocks());
  const std::int64_t to_close = write ? to_data + clocks(part_.wr) : clocks(part_.rtp);
  while (bursts > 0) {
    const Place to = place(region, first);
    Bank& bank = banks_[static_cast<std::size_t>(to.bank)];
    Activates activates = activates_;
    const bool open = bank.row == to.row;
    const std::int64_t activated = open ? at : activate(bank, at, activates);
    const std::int64_t burst =
        std::max({open ? at : activated + clocks(part_.rcd), bus_free(write), open_from_});
    const std::int64_t limit = next_refresh_ - clocks(part_.refresh_margin());
    if (burst >= limit) {
      refresh(burst);
      continue;
    }
    if (!open) {
      bank = {to.row, activated + clocks(part_.ras), 0};
      activates_ = activates;
      actions_.activates += part_.bank_groups;
      tell_activates(to, activates);
    }
    const std::int64_t count =
        std::min({bursts, part_.wide_row_bytes() / part_.burst_bytes() - to.column,
                  (limit - 1 - burst) / spacing + 1});
    last_burst_ = burst + (count - 1) * spacing;
    last_write_ = write;
    bank.closable = std::max(bank.closable, last_burst_ + to_close);
    (write ? actions_.write_bursts : actions_.read_bursts) += count;
    tell_bursts(write, to, burst, count);
    runs.push_back({count, burst + to_data, spacing});
    first += count;
    bursts -= count;
  }
}

void DramChannel::tell_activates(const Place& place, const Activates& activates) const {
  if (!observer_) return;
  for (std::int64_t group = 0; group < part_.bank_groups; ++group)
    observer_->command(
        {DramCommand::Kind::kActivate, channel_, group, place.bank, place.row,
         activates[activates.size() - static_cast<std::size_t>(part_.bank_groups - group)]});
}

void DramChannel::tell_bursts(bool write, const Place& place, std::int64_t at,
                              std::int64_t bursts) const {
  if (!observer_) return;
  const auto kind = write ? DramCommand::Kind::kWrite : DramCommand::Kind::kRead;
  for (std::int64_t i = 0; i < bursts; ++i)
    observer_->command({kind, channel_, (place.column + i) % part_.bank_groups, place.bank,
                        place.row, at + i * clocks(part_.burst_spacing())});
}

Dram::Dram(const hardware::Dram& part, Megahertz array, DramObserver* observer)
    : part_(part), time_(common_time(array, Megahertz(part.clock_mhz))) {
  for (std::int64_t i = 0; i < part.channels; ++i)
    channels_.emplace_back(part_, time_, i, observer);
}

Cycles Dram::access(bool write, Region region, std::uint64_t address, std::int64_t bytes, Cycles at,
                    std::span<Cycles> parts) {
  const auto count = static_cast<std::int64_t>(channels_.size());
  const auto start = static_cast<std::int64_t>(address);
  const std::int64_t first = start / part_.burst_bytes();
  const std::int64_t last = (start + bytes - 1) / part_.burst_bytes();
  std::fill(parts.begin(), parts.end(), Cycles());
  Cycles first_data;
  for (std::int64_t i = 0; i < count; ++i) {
    // The channel's own bursts: those of a remainder i.
    const std::int64_t own_first = ceil_div(std::max<std::int64_t>(first - i, 0), count);
    const auto own_last = [&](std::int64_t burst) { return (burst - i + count) / count - 1; };
    if (own_last(last) < own_first) continue;
    runs_.clear();
    channels_[static_cast<std::size_t>(i)].access(write, region, own_first,
                                                  own_last(last) - own_first + 1,
                                                  at.count() * time_.per_cycle, runs_);
    if (first % count == i) first_data = cycle_after(runs_.front().first);
    auto run = runs_.begin();
    std::int64_t before = own_first;  // the first burst of the run
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const std::int64_t end = start + bytes * static_cast<std::int64_t>(p + 1) /
                                           static_cast<std::int64_t>(parts.size());
      const std::int64_t burst = own_last((end - 1) / part_.burst_bytes());
      if (burst < own_first) continue;
      for (; burst >= before + run->bursts; ++run) before += run->bursts;
      parts[p] = std::max(parts[p], cycle_after(run->first + (burst - before) * run->spacing));
    }
  }
  return first_data;
}

cost::DramActions Dram::actions() const {
  cost::DramActions sum;
  for (const DramChannel& channel : channels_) sum += channel.actions();
  return sum;
}

}  // namespace bitloom::cycle
