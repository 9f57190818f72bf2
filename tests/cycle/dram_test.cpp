// The DRAM model by itself: a sequence worked out by hand from the data sheet's timings, every
// command of random traffic against those timings, and direction.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include <fmt/format.h>

#include "sim/kit/systemc/dram.h"
#include "tests/support/shipped_hardware.h"

namespace bitloom {
namespace {

using cycle::DramCommand;
using cycle::Region;

hardware::Dram part(const std::string& machine) { return *testing::shipped_hardware(machine).dram; }

class Log final : public cycle::DramObserver {
 public:
  void command(const DramCommand& command) override { commands.push_back(command); }
  std::vector<DramCommand> commands;
};

/// In clocks of the memory, for an array of the same clock: time then has one unit.
struct InClocks {
  explicit InClocks(const hardware::Dram& part) : dram(part, Megahertz(part.clock_mhz), &log) {}
  std::int64_t access(bool write, Region region, std::uint64_t address, std::int64_t bytes,
                      std::int64_t at) {
    Cycles end;
    dram.access(write, region, address, bytes, Cycles(at), {&end, 1});
    return end.count();
  }
  Log log;
  cycle::Dram dram;
};

TEST(Dram, FollowsTheDataSheetOfTheEdgesDdr3) {
  // CL 7, CWL 6, tRCD 7, tRP 7, tRAS 19, tRTP 4, tWR 8, tWTR 4; a burst is 16 bytes in 4 clocks, a
  // row 128 bursts.
  InClocks m(part("bismo-edge-real"));
  const std::int64_t row = 2048, banks = 4;
  // Closed: activate at 0, read at 7, data from 14 to 18.
  EXPECT_EQ(m.access(false, Region::kActivations, 0, 16, 0), 18);
  // Hit: read at 100.
  EXPECT_EQ(m.access(false, Region::kActivations, 16, 16, 100), 100 + 7 + 4);
  // Three bursts of a hit lie 4 clocks apart; one byte of a burst takes all of it.
  EXPECT_EQ(m.access(false, Region::kActivations, 31, 33, 200), 200 + 2 * 4 + 7 + 4);
  // Another row of the same bank: precharge at 300, activate 307, read 314.
  EXPECT_EQ(m.access(false, Region::kActivations, banks * row, 16, 300), 314 + 11);
  // Yet another at once: the bank was activated at 307 and closes at 326, tRAS later.
  EXPECT_EQ(m.access(false, Region::kActivations, 2 * banks * row, 16, 301), 326 + 7 + 7 + 11);
  // A bank known early opens under the data before: read follows read after 4 clocks (340 + 4).
  EXPECT_EQ(m.access(false, Region::kWeights, 0, 16, 320), 344 + 11);
  // Write after read: CL + 4 + 2 - CWL = 7 clocks after it, at 351; its data end at 351 + 6 + 4.
  EXPECT_EQ(m.access(true, Region::kResults, 0, 16, 320), 351 + 10);
  // Read after write: tWTR after its data, 361 + 4.
  EXPECT_EQ(m.access(false, Region::kWeights, 16, 16, 320), 365 + 11);
  EXPECT_EQ(m.dram.actions(), (cost::DramActions{5, 9, 1}));
}

TEST(Dram, RefreshesEveryRefreshIntervalAndOpensRowsAgain) {
  // 7800 ns are 4095 clocks, 260 ns 136.5. No burst starts in the 18 clocks before (CWL 6 + 4 + tWR
  // 8); precharge takes 7, opening eight banks 7 slots of tFAW / 4 = 6 and tRCD 7.
  const auto ends_at = [](std::int64_t at) {
    InClocks m(part("bismo-edge-real"));
    m.access(false, Region::kWeights, 0, 16, 0);
    return m.access(false, Region::kWeights, 16, 16, at);
  };
  EXPECT_EQ(ends_at(4095 - 19), 4095 - 19 + 11);
  const std::int64_t open = 4095 + 7 + 137 + 7 * 6 + 7;
  for (const std::int64_t at : {std::int64_t{4095 - 18}, std::int64_t{4095}, open})
    EXPECT_EQ(ends_at(at), open + 11) << at;
  EXPECT_EQ(ends_at(6000), 6000 + 11);
}

TEST(Dram, TakesBankGroupsAndChannelsInTurn) {
  const hardware::Dram ddr4 = part("bismo-cloud-real");
  Log log;
  cycle::Dram dram(ddr4, Megahertz(ddr4.clock_mhz), &log);
  std::array<Cycles, 2> halves;
  dram.access(false, Region::kActivations, 0, 16 * 64, Cycles(0), halves);
  // Both groups open, tRRD apart; each channel gives 8 bursts, 4 clocks apart.
  EXPECT_EQ(halves[0].count(), 8 + 17 + 3 * 4 + 17 + 4);
  EXPECT_EQ(halves[1].count(), 8 + 17 + 7 * 4 + 17 + 4);
  EXPECT_EQ(dram.actions(), (cost::DramActions{4, 16, 0}));
  std::map<std::int64_t, int> of_group;
  for (const DramCommand& c : log.commands)
    if (c.kind == DramCommand::Kind::kRead) ++of_group[c.channel * 2 + c.group];
  EXPECT_EQ(of_group, (std::map<std::int64_t, int>{{0, 4}, {1, 4}, {2, 4}, {3, 4}}));
}

TEST(Dram, GivesEachRegionBanksOfItsOwn) {
  const hardware::Dram ddr3 = part("bismo-edge-real");
  const auto banks_of = [&](Region region) {
    InClocks m(ddr3);
    for (std::uint64_t row = 0; row < 8; ++row)
      m.access(false, region, row * 2048, 16, static_cast<std::int64_t>(100 * row));
    std::vector<std::int64_t> banks;
    for (const DramCommand& c : m.log.commands)
      if (c.kind == DramCommand::Kind::kActivate) banks.push_back(c.bank);
    return banks;
  };
  using Banks = std::vector<std::int64_t>;
  EXPECT_EQ(banks_of(Region::kActivations), (Banks{0, 1, 2, 3, 0, 1, 2, 3}));
  EXPECT_EQ(banks_of(Region::kWeights), (Banks{4, 5, 4, 5, 4, 5, 4, 5}));
  EXPECT_EQ(banks_of(Region::kResults), (Banks{6, 7, 6, 7, 6, 7, 6, 7}));
}

/// What the data sheet demands of the commands of one channel, each against all that matter before
/// it.
class TimingCheck {
 public:
  explicit TimingCheck(const hardware::Dram& part, double clocks_per_ns)
      : p_(part), rfc_(part.rfc_ns * clocks_per_ns) {}

  void take(const DramCommand& c) {
    switch (c.kind) {
      case DramCommand::Kind::kActivate:
        return activate(c);
      case DramCommand::Kind::kRefresh:
        return refresh(c);
      default:
        return burst(c);
    }
  }

 private:
  struct Bank {
    bool open = false;
    std::int64_t row = 0, activated = kLongAgo, closable = kLongAgo;
  };
  static constexpr std::int64_t kLongAgo = -(std::int64_t{1} << 40);

  Bank& bank(const DramCommand& c) { return banks_[{c.group, c.bank}]; }
  void activate(const DramCommand& c) {
    Bank& b = bank(c);
    if (b.open) {
      EXPECT_NE(b.row, c.row);
      EXPECT_GE(c.at, b.closable + p_.rp);
      EXPECT_GE(c.at, b.activated + p_.ras + p_.rp);
    }
    EXPECT_GE(static_cast<double>(c.at), static_cast<double>(refreshed_) + rfc_);
    if (!activates_.empty()) {
      EXPECT_GE(c.at, activates_.back() + p_.rrd);
    }
    if (activates_.size() >= 4) {
      EXPECT_GE(c.at, activates_[activates_.size() - 4] + p_.faw);
    }
    activates_.push_back(c.at);
    b = {true, c.row, c.at, c.at + p_.ras};
  }
  void burst(const DramCommand& c) {
    const bool write = c.kind == DramCommand::Kind::kWrite;
    Bank& b = bank(c);
    EXPECT_TRUE(b.open);
    EXPECT_EQ(b.row, c.row);
    EXPECT_GE(c.at, b.activated + p_.rcd);
    if (last_) {
      const bool wrote = last_->kind == DramCommand::Kind::kWrite;
      std::int64_t gap = c.group == last_->group ? p_.ccd_same : p_.ccd;
      if (write && !wrote) gap = p_.cl + p_.burst_clocks() + 2 - p_.cwl;
      if (!write && wrote) gap = p_.cwl + p_.burst_clocks() + p_.wtr;
      EXPECT_GE(c.at, last_->at + gap);
    }
    b.closable = std::max(b.closable, c.at + (write ? p_.cwl + p_.burst_clocks() + p_.wr : p_.rtp));
    last_ = c;
  }
  void refresh(const DramCommand& c) {
    for (auto& [where, b] : banks_) {
      if (b.open) {
        EXPECT_GE(c.at, b.closable + p_.rp);
      }
      b.open = false;
    }
    EXPECT_GE(static_cast<double>(c.at), static_cast<double>(refreshed_) + rfc_);
    refreshed_ = c.at;
  }

  hardware::Dram p_;
  double rfc_;
  std::map<std::pair<std::int64_t, std::int64_t>, Bank> banks_;
  std::vector<std::int64_t> activates_;
  std::optional<DramCommand> last_;
  std::int64_t refreshed_ = kLongAgo;
};

struct Access {
  bool write;
  Region region;
  std::uint64_t address;
  std::int64_t bytes;
  std::int64_t pause;
};

std::vector<Access> random_traffic(std::mt19937& random, int count) {
  const auto pick = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  std::vector<Access> accesses;
  std::array<std::uint64_t, 3> next{};
  for (int i = 0; i < count; ++i) {
    const int kind = pick(0, 2);
    std::uint64_t& address = next[static_cast<std::size_t>(kind)];
    if (pick(0, 4) == 0) address = static_cast<std::uint64_t>(pick(0, 1 << 18));
    const std::int64_t bytes = pick(1, pick(1, 6000));
    accesses.push_back({kind == 2, static_cast<Region>(kind), address, bytes,
                        pick(0, 3) == 0 ? pick(0, 3000) : pick(0, 20)});
    address += static_cast<std::uint64_t>(bytes);
  }
  return accesses;
}

TEST(Dram, KeepsEveryTimingOfTheDataSheet) {
  for (const std::string machine : {"bismo-edge-real", "bismo-cloud-real"}) {
    const hardware::Dram p = part(machine);
    std::mt19937 random(1);
    InClocks m(p);
    std::int64_t at = 0;
    for (const Access& a : random_traffic(random, 3000)) {
      at += a.pause;
      m.access(a.write, a.region, a.address, a.bytes, at);
    }
    std::map<DramCommand::Kind, int> counts;
    std::map<std::int64_t, std::vector<DramCommand>> by_channel;
    for (const DramCommand& c : m.log.commands) {
      ++counts[c.kind];
      by_channel[c.channel].push_back(c);
    }
    for (auto& [channel, commands] : by_channel) {
      std::stable_sort(commands.begin(), commands.end(),
                       [](const DramCommand& a, const DramCommand& b) { return a.at < b.at; });
      TimingCheck check(p, p.clock_mhz * 1e-3);
      for (const DramCommand& c : commands) check.take(c);
    }
    EXPECT_EQ(by_channel.size(), static_cast<std::size_t>(p.channels));
    EXPECT_GT(counts[DramCommand::Kind::kRefresh], 20);
    EXPECT_GT(counts[DramCommand::Kind::kActivate], 1000);
    EXPECT_GT(counts[DramCommand::Kind::kWrite], 1000);
    EXPECT_EQ(counts[DramCommand::Kind::kActivate], m.dram.actions().activates);
    EXPECT_EQ(counts[DramCommand::Kind::kRead], m.dram.actions().read_bursts);
    EXPECT_EQ(counts[DramCommand::Kind::kWrite], m.dram.actions().write_bursts);
  }
}

TEST(Dram, WithOneTimingSlowerIsNeverFaster) {
  const auto ends = [](const hardware::Dram& p, const std::vector<Access>& accesses) {
    cycle::Dram dram(p, Megahertz(200));
    std::vector<std::int64_t> ends;
    std::int64_t at = 0;
    for (const Access& a : accesses) {
      at += a.pause;
      Cycles end;
      dram.access(a.write, a.region, a.address, a.bytes, Cycles(at), {&end, 1});
      ends.push_back(end.count());
    }
    return ends;
  };
  using Timing = std::int64_t hardware::Dram::*;
  constexpr std::array<Timing, 12> kTimings{
      &hardware::Dram::cl,  &hardware::Dram::rcd, &hardware::Dram::rp,       &hardware::Dram::ras,
      &hardware::Dram::rrd, &hardware::Dram::faw, &hardware::Dram::ccd_same, &hardware::Dram::rtp,
      &hardware::Dram::wr,  &hardware::Dram::wtr, &hardware::Dram::ccd,      &hardware::Dram::cwl};
  std::mt19937 random(2);
  for (const std::string machine : {"bismo-edge-real", "bismo-cloud-real"}) {
    const hardware::Dram p = part(machine);
    for (int round = 0; round < 20; ++round) {
      const auto accesses = random_traffic(random, 300);
      const auto fast = ends(p, accesses);
      const auto compare = [&](const hardware::Dram& slower, std::size_t which) {
        const auto slow = ends(slower, accesses);
        for (std::size_t i = 0; i < fast.size(); ++i)
          ASSERT_GE(slow[i], fast[i]) << machine << ", timing " << which << ", access " << i;
      };
      for (std::size_t t = 0; t < kTimings.size(); ++t) {
        hardware::Dram slower = p;
        slower.*kTimings[t] += std::uniform_int_distribution<int>(1, 9)(random);
        if (slower.ccd > slower.ccd_same) slower.ccd_same = slower.ccd;
        compare(slower, t);
      }
      hardware::Dram slower = p;
      slower.clock_mhz *= 0.93;
      compare(slower, kTimings.size());
      slower = p;
      slower.rfc_ns += 50;
      compare(slower, kTimings.size() + 1);
    }
  }
}

}  // namespace
}  // namespace bitloom
