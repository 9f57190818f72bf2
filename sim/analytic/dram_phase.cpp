#include "sim/analytic/dram_phase.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitloom::analytic {
namespace {

constexpr std::int64_t kOutstandingReads = 8;  // of a port (docs/timing.md, "Memory")

double real(std::int64_t count) { return static_cast<double>(count); }

/// A sum over an operand's tile-words in the order of fetching, from what one costs.
struct Cumulative {
  std::int64_t words;                          // of a tile
  double word, last_word;                      // of a whole tile
  double last_tile_word, last_tile_last_word;  // of the last tile
  std::int64_t tiles;

  double tile() const { return real(words - 1) * word + last_word; }
  /// Of all tile-words before word k of tile t.
  double before(std::int64_t t, std::int64_t k) const {
    return real(t) * tile() + real(k) * (t + 1 == tiles ? last_tile_word : word);
  }
  double of(std::int64_t t, std::int64_t k) const {
    const bool last = k + 1 == words;
    if (t + 1 == tiles) return last ? last_tile_last_word : last_tile_word;
    return last ? last_word : word;
  }
  double total() const {
    return real(tiles - 1) * tile() + real(words - 1) * last_tile_word + last_tile_last_word;
  }
};

}  // namespace

/// One operand of a phase: beats on its port, time of the channels.
class DramPhase::Stream {
 public:
  Stream(const DramPhase& model, const mapping::PhaseOperand& operand, std::int64_t words,
         bool ends, std::int64_t region_banks)
      : operand(operand) {
    const double full = real(model.word_bytes_);
    const double last = real(ends ? model.bytes_of_last_word_ : model.word_bytes_);
    const auto both = [&](auto of) {
      return Cumulative{words,
                        of(operand.rows_per_tile, false),
                        of(operand.rows_per_tile, true),
                        of(operand.rows_in_last_tile, false),
                        of(operand.rows_in_last_tile, true),
                        operand.tiles};
    };
    beats = both([&](std::int64_t rows, bool last_word) {
      return real(rows * operand.bits *
                  (last_word ? operand.beats_of_last_word : operand.beats_per_word));
    });
    time = both([&](std::int64_t rows, bool last_word) {
      return model.read_time(real(rows * operand.bits) * (last_word ? last : full), region_banks);
    });
  }

  /// The channels' time for all tile-words whose turn is before beat `turn`, or at it too.
  double time_before(double turn, bool at_too) const {
    const auto words = beats.words;
    if (turn >= beats.total()) return time.total();
    const auto t =
        std::min<std::int64_t>(static_cast<std::int64_t>(turn / beats.tile()), operand.tiles - 1);
    const double rest = turn - beats.before(t, 0);
    const double word = t + 1 == operand.tiles ? beats.last_tile_word : beats.word;
    const double begun = words == 1
                             ? (rest > 0 || at_too ? 1 : 0)
                             : (at_too ? std::floor(rest / word) + 1 : std::ceil(rest / word));
    const auto k = static_cast<std::int64_t>(begun);
    if (k < words) return time.before(t, k);
    return time.before(t, words - 1) + time.of(t, words - 1);
  }

  std::int64_t words() const { return beats.words; }

  const mapping::PhaseOperand& operand;
  Cumulative beats{}, time{};
};

DramPhase::DramPhase(const hardware::Bismo& hw, std::int64_t bytes_of_last_word)
    : dram_(*hw.dram),
      word_bytes_(bytes_holding(Bits(hw.dk)).count()),
      bytes_of_last_word_(bytes_of_last_word),
      clocks_per_cycle_(dram_.clock_mhz / hw.clock_mhz),
      memory_latency_(real(hw.memory_latency_cycles)),
      refresh_(real(dram_.refresh_clocks()) / clocks_per_cycle_ +
               dram_.rfc_ns * hw.clock_mhz * 1e-3),
      interval_(dram_.refi_ns * hw.clock_mhz * 1e-3) {}

/// Cycles that a read keeps a channel, on average over the places where it may begin in a burst. In
/// a region of one bank a new row is waited for.
double DramPhase::read_time(double bytes, std::int64_t region_banks) const {
  const auto whole = static_cast<std::int64_t>(bytes);
  const double burst = real(dram_.burst_bytes());
  const double grain = real(std::gcd(whole, dram_.burst_bytes()));
  const double bursts = (bytes + burst - grain) / burst / real(dram_.channels);
  double clocks = bursts * real(dram_.burst_spacing()) +
                  std::min(1.0, bursts) * real(dram_.ccd_same - dram_.burst_spacing());
  if (region_banks == 1) {
    const std::int64_t reopening = dram_.rtp + dram_.rp + dram_.rcd +
                                   (dram_.bank_groups - 1) * dram_.rrd - dram_.burst_spacing();
    clocks += bytes / real(dram_.channels * dram_.wide_row_bytes()) * real(reopening);
  }
  return clocks / clocks_per_cycle_;
}

/// The issue slot that first needs plane i of word k of tile t: t * tile + k * word + i * plane.
struct DramPhase::FirstUse {
  double tile;
  double word;
  double plane;
};

/// How a phase begins for one operand, in cycles of the array.
struct DramPhase::Start {
  bool activations;  // they go first in turns alike
  double own;        // its first data, with no other operand before
  double bus;        // the first data of either
  double lost;       // part of the channels' time that refreshes take
};

/// The largest of (arrival - first use) over the planes of an operand. Arrivals are bent where the
/// other operand has asked for all it needs; between bends and ends both are linear.
double DramPhase::lateness(const Stream& own, const Stream& other, const FirstUse& use,
                           const Start& start) const {
  const double burst = real(dram_.burst_clocks()) / clocks_per_cycle_;
  const double ahead = real(kOutstandingReads - 1) * own.beats.word;  // what a refresh must outlast
  const double round_trip =
      memory_latency_ + real(dram_.cl) / clocks_per_cycle_ + burst;  // of a read in an open row
  const double pace = std::max(1.0, round_trip / real(kOutstandingReads) / own.beats.word) +
                      std::max(0.0, refresh_ - ahead) * start.lost / refresh_;
  const auto bus_time = [&](std::int64_t t, std::int64_t k) {
    return own.time.before(t, k) + own.time.of(t, k) +
           other.time_before(own.beats.before(t, k), !start.activations);
  };

  const double other_beats = other.beats.total();
  const auto bend_tile =
      std::min(static_cast<std::int64_t>(other_beats / own.beats.tile()), own.operand.tiles - 1);
  const double into_tile = other_beats - own.beats.before(bend_tile, 0);
  const auto bend_word = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(std::ceil(into_tile / own.beats.word)) - 1, 0, own.words() - 1);
  const double bend_beat =
      own.beats.before(bend_tile, bend_word) + own.beats.of(bend_tile, bend_word);
  const double bend_time = bus_time(bend_tile, bend_word);

  double latest = 0;
  const auto consider = [&](std::int64_t t, std::int64_t k) {
    const double planes = real(own.operand.bits);
    const double turn = own.beats.before(t, k), beats = own.beats.of(t, k);
    const double time = own.time.of(t, k);
    for (const double plane : {1.0, planes}) {
      const double later_planes = 1 - plane / planes;
      const double last_beat = turn + beats * plane / planes;
      double arrival = std::ceil(start.own + burst) + last_beat * pace - 1;
      const auto at_least = [&](double channels) { arrival = std::max(arrival, channels + 0.5); };
      at_least(start.bus + (bus_time(t, k) - time * later_planes) / (1 - start.lost));
      at_least(start.own + own.time.before(t, k) + time * plane / planes);
      if (turn >= bend_beat)
        at_least(start.bus + bend_time / (1 - start.lost) + (last_beat - bend_beat) * pace - 1);
      latest = std::max(
          latest, arrival - (real(t) * use.tile + real(k) * use.word + (plane - 1) * use.plane));
    }
  };
  const std::int64_t tiles = own.operand.tiles, words = own.words();
  for (const std::int64_t t :
       {std::int64_t{0}, bend_tile - 1, bend_tile, bend_tile + 1, tiles - 2, tiles - 1})
    for (const std::int64_t k :
         {std::int64_t{0}, bend_word - 1, bend_word, bend_word + 1, words - 2, words - 1})
      if (t >= 0 && t < tiles && k >= 0 && k < words) consider(t, k);
  return latest;
}

double DramPhase::length(const mapping::Phase& phase, mapping::OuterOperand outer, bool ends,
                         const DramSetting& setting) const {
  const Stream activations(*this, phase.activations, phase.words, ends, dram_.banks / 2);
  const Stream weights(*this, phase.weights, phase.words, ends, dram_.banks / 4);
  const bool activations_outer = outer == mapping::OuterOperand::kActivations;
  const mapping::PhaseOperand& inner = activations_outer ? phase.weights : phase.activations;
  const double bit_pairs = real(phase.activations.bits * phase.weights.bits);
  const double row_of_tiles = real(phase.words) * bit_pairs;
  const FirstUse outer_use{real(inner.tiles) * row_of_tiles, bit_pairs, 1};
  const FirstUse inner_use{row_of_tiles, bit_pairs,
                           real(activations_outer ? phase.activations.bits : phase.weights.bits)};

  const double lost = setting.refreshes * refresh_ / interval_;
  const double first = memory_latency_ + real(dram_.cl) / clocks_per_cycle_ +
                       lost * refresh_ / 2;  // a refresh may be under way
  const double bus = first + setting.activation_opening / clocks_per_cycle_;
  const double weights_alone =
      first + (setting.weight_opening +
               (setting.activation_opening > 0 ? real(dram_.bank_groups * dram_.rrd) : 0)) /
                  clocks_per_cycle_;
  const double latest =
      std::max(lateness(activations, weights, activations_outer ? outer_use : inner_use,
                        {true, bus, bus, lost}),
               lateness(weights, activations, activations_outer ? inner_use : outer_use,
                        {false, weights_alone, bus, lost}));
  return real(phase.issue_slots()) + latest;
}

DramSetting DramPhase::setting(const mapping::Mapping& m, double cycles) const {
  const std::int64_t wide_row = dram_.wide_row_bytes() * dram_.channels;
  const double groups = real((dram_.bank_groups - 1) * dram_.rrd);
  const auto opening = [&](const mapping::OperandBlocks& own, int bits, std::int64_t fetches,
                           std::int64_t goes_back, std::int64_t gone_back_bytes,
                           std::int64_t banks) {
    const std::int64_t row_bytes =
        ((m.chunks.words - 1) * word_bytes_ + bytes_of_last_word_) * bits;
    const std::int64_t block =
        std::min(own.rows, own.tiles_per_block * own.rows_per_tile) * row_bytes / m.chunks.count();
    const double phases = real(fetches * m.gemms.count);
    const double back = real(goes_back * m.gemms.count);
    const double goes_on =
        real(std::gcd(std::max<std::int64_t>(block, 1), wide_row)) / real(wide_row);
    const bool closed_again = gone_back_bytes * row_bytes > banks * wide_row;
    const double misses = (closed_again ? back : 0) + (phases - back - 1) * goes_on;
    return (real(dram_.rcd) + groups + misses * (real(dram_.rp + dram_.rcd) + groups)) / phases;
  };
  const std::int64_t a = m.activations.count(), w = m.weights.count(), chunks = m.chunks.count();
  const std::int64_t block_rows =
      std::min(m.activations.rows, m.activations.tiles_per_block * m.activations.rows_per_tile);
  DramSetting setting;
  setting.activation_opening = opening(m.activations, m.precision.activation_bits, a * w * chunks,
                                       a * (w - 1), block_rows, dram_.banks / 2);
  setting.weight_opening = opening(m.weights, m.precision.weight_bits, a * w * chunks, a - 1,
                                   m.weights.rows, dram_.banks / 4);
  setting.refreshes = std::floor(cycles / interval_) / (cycles / interval_);
  return setting;
}

cost::DramActions DramPhase::actions(const mapping::Mapping& m, double cycles) const {
  const std::int64_t wide_row = dram_.wide_row_bytes() * dram_.channels;
  const std::int64_t a = m.activations.count(), w = m.weights.count();
  const double products = real(m.gemms.count);
  double bursts = 0, rows = 0, open_banks = 0;
  const auto add = [&](const mapping::OperandBlocks& own, int bits, std::int64_t fetches,
                       std::int64_t gone_back_rows, std::int64_t banks) {
    const std::int64_t row_bytes =
        ((m.chunks.words - 1) * word_bytes_ + bytes_of_last_word_) * bits;
    for (const std::int64_t rows_of_tile : {own.rows_per_tile, own.rows % own.rows_per_tile}) {
      const std::int64_t tiles =
          rows_of_tile == own.rows_per_tile ? own.rows / own.rows_per_tile : 1;
      const auto read = [&](std::int64_t bytes) {
        const std::int64_t grain = std::gcd(bytes, dram_.burst_bytes());
        return real(bytes + dram_.burst_bytes() - grain) / real(dram_.burst_bytes());
      };
      if (rows_of_tile > 0 && tiles > 0)
        bursts += products * real(fetches * tiles) *
                  (real(m.chunks.words - 1) * read(rows_of_tile * bits * word_bytes_) +
                   read(rows_of_tile * bits * bytes_of_last_word_));
    }
    const double of_all = real(own.rows * row_bytes) / real(wide_row);
    const bool closed_again = gone_back_rows * row_bytes > banks * wide_row;
    rows += std::ceil(products * of_all * (closed_again ? real(fetches) : 1));
    open_banks += std::min(real(banks), std::ceil(products * of_all));
  };
  add(m.activations, m.precision.activation_bits, w,
      std::min(m.activations.rows, m.activations.tiles_per_block * m.activations.rows_per_tile),
      dram_.banks / 2);
  add(m.weights, m.precision.weight_bits, a, m.weights.rows, dram_.banks / 4);
  const double opened = rows + std::floor(cycles / interval_) * open_banks;
  return {.activates = std::llround(opened * real(dram_.bank_groups * dram_.channels)),
          .read_bursts = std::llround(bursts),
          .write_bursts = 0};
}

}  // namespace bitloom::analytic
