#include "sim/families/bismo/dram_phase.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/families/bismo/dram_bursts.h"

namespace bitloom::analytic {
namespace {

constexpr std::int64_t kOutstandingReads =
    8;  // of a port (docs/reference/timing-stages.md, "Memory")

double real(std::int64_t count) { return static_cast<double>(count); }

}  // namespace

/// A sum over an operand's tile-words in the order of fetching, from what one costs.
struct DramPhase::Cumulative {
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

/// One operand of a phase: beats on its port, time of the channels.
class DramPhase::Stream {
 public:
  Stream(const DramPhase& model, const mapping::PhaseOperand& operand,
         const mapping::WordTransfers& transfers, std::int64_t words, bool ends,
         std::int64_t region_banks)
      : operand(operand) {
    const double full = real(transfers.full.bytes);
    const double last = real(ends ? transfers.last.bytes : transfers.full.bytes);
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

DramPhase::DramPhase(const mapping::Mapping& m, const hardware::Bismo& hw)
    : m_(m),
      dram_(*hw.dram),
      conversion_beats_(m.conversion.beats(hw.layout.port_bits)),
      clocks_per_cycle_(dram_.clock_mhz / hw.clock_mhz),
      memory_latency_(real(hw.memory_latency_cycles)),
      overlap_(hw.overlap),
      refresh_(real(dram_.refresh_clocks()) / clocks_per_cycle_ +
               dram_.rfc_ns * hw.clock_mhz * 1e-3),
      interval_(dram_.refi_ns * hw.clock_mhz * 1e-3) {}

void DramPhase::refresh_during(std::int64_t cycles) {
  const double intervals = real(cycles) / interval_;
  befalls_ = intervals > 0 ? std::floor(intervals) / intervals : 0;
}

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
  double writes;     // time of the channels, a beat of the phase
};

/// Arrivals are bent where the other operand has asked for all it needs; between bends and ends
/// they and first uses are linear.
DramPhase::Arrivals DramPhase::arrivals(const Stream& own, const Stream& other, const FirstUse& use,
                                        const Start& start) const {
  const double burst = real(dram_.burst_clocks()) / clocks_per_cycle_;
  const auto pace_of = [&](const Stream& stream) {  // cycles a beat
    const double ahead = real(kOutstandingReads - 1) * stream.beats.word;
    const double round_trip =
        std::ceil(memory_latency_ + real(dram_.cl) / clocks_per_cycle_ + burst) + stream.beats.word;
    return std::max(1.0, round_trip / real(kOutstandingReads) / stream.beats.word) +
           std::max(0.0, refresh_ - ahead) * start.lost / refresh_;
  };
  const double pace = pace_of(own);
  const double shared_pace = std::max(pace, pace_of(other));
  const auto bus_time = [&](std::int64_t t, std::int64_t k) {
    const double turn = own.beats.before(t, k);
    return own.time.before(t, k) + own.time.of(t, k) + turn * start.writes +
           other.time_before(turn, !start.activations);
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

  Arrivals of{0, 0};
  const auto consider = [&](std::int64_t t, std::int64_t k) {
    const double planes = real(own.operand.bits);
    const double turn = own.beats.before(t, k), beats = own.beats.of(t, k);
    const double time = own.time.of(t, k);
    for (const double plane : {1.0, planes}) {
      const double later_planes = 1 - plane / planes;
      const double last_beat = turn + beats * plane / planes;
      double arrival = std::ceil(start.own + burst) + last_beat * pace - 1 +
                       std::min(last_beat, other_beats) * (shared_pace - pace);
      const auto at_least = [&](double channels) { arrival = std::max(arrival, channels + 0.5); };
      at_least(start.bus + (bus_time(t, k) - time * later_planes) / (1 - start.lost));
      at_least(start.own + own.time.before(t, k) + time * plane / planes);
      if (turn >= bend_beat)
        at_least(start.bus + bend_time / (1 - start.lost) + (last_beat - bend_beat) * pace - 1);
      of.late = std::max(
          of.late, arrival - (real(t) * use.tile + real(k) * use.word + (plane - 1) * use.plane));
      of.last = std::max(of.last, arrival);
    }
  };
  const std::int64_t tiles = own.operand.tiles, words = own.words();
  for (const std::int64_t t :
       {std::int64_t{0}, bend_tile - 1, bend_tile, bend_tile + 1, tiles - 2, tiles - 1})
    for (const std::int64_t k :
         {std::int64_t{0}, bend_word - 1, bend_word, bend_word + 1, words - 2, words - 1})
      if (t >= 0 && t < tiles && k >= 0 && k < words) consider(t, k);
  return of;
}

void DramPhase::delay(PhaseTerms& terms, const mapping::Phase& phase, mapping::OuterOperand outer,
                      bool ends) const {
  const Stream activations(*this, phase.activations, m_.activation_words, phase.words, ends,
                           dram_.banks / 2);
  const Stream weights(*this, phase.weights, m_.weight_words, phase.words, ends, dram_.banks / 4);
  const bool activations_outer = outer == mapping::OuterOperand::kActivations;
  const mapping::PhaseOperand& inner = activations_outer ? phase.weights : phase.activations;
  const double bit_pairs = real(phase.activations.bits * phase.weights.bits);
  const double slots = real(phase.words) * bit_pairs;  // of a tile pair
  const std::int64_t pairs = phase.activations.tiles * phase.weights.tiles;
  const double distance = pairs == 1 ? slots : (real(terms.from_start) - slots) / real(pairs - 1);
  const FirstUse outer_use{real(inner.tiles) * distance, bit_pairs, 1};
  const FirstUse inner_use{distance, bit_pairs,
                           real(activations_outer ? phase.activations.bits : phase.weights.bits)};

  const double lost = befalls_ * refresh_ / interval_;
  const double first = memory_latency_ + real(dram_.cl) / clocks_per_cycle_ +
                       lost * refresh_ / 2;  // a refresh may be under way
  const double bus = first + opening(mapping::Operand::kActivations);
  const double weights_alone = first + opening(mapping::Operand::kWeights) +
                               real(dram_.bank_groups * dram_.rrd) / clocks_per_cycle_;
  const double writes = ends ? write_time(phase) : 0;
  const double writes_a_beat = writes / std::max(activations.beats.total(), weights.beats.total());
  const auto set = [&](const Stream& own, const Stream& other, bool is_outer, const Start& start,
                       std::int64_t& from, std::int64_t& beats) {
    const Arrivals of = arrivals(own, other, is_outer ? outer_use : inner_use, start);
    from = terms.from_start + std::llround(of.late);
    beats = std::llround(of.last) + 1;
  };
  set(activations, weights, activations_outer, {true, bus, bus, lost, writes_a_beat},
      terms.from_activations, terms.activation_beats);
  set(weights, activations, !activations_outer, {false, weights_alone, bus, lost, writes_a_beat},
      terms.from_weights, terms.weight_beats);
  if (overlap_)  // an operand's next block has its turn behind the other's last
    terms.activation_beats = terms.weight_beats =
        std::max(terms.activation_beats, terms.weight_beats);
}

/// Cycles in which the channels write what a phase has computed, with the turns of the bus.
double DramPhase::write_time(const mapping::Phase& phase) const {
  if (m_.written_bits == 0) return 0;
  const double bytes = real(phase.result_bytes(m_.written_bits).count());
  const double batches = std::ceil(bytes / real(dram_.write_batch_bytes()));
  return read_time(bytes, dram_.banks / 4) + batches * bus_turns();
}

/// Cycles that the bus loses from reading to writing and back.
double DramPhase::bus_turns() const {
  return real(dram_.cl + 2 + dram_.wtr + 2 * dram_.burst_clocks() - 2 * dram_.burst_spacing()) /
         clocks_per_cycle_;
}

std::int64_t DramPhase::conversion() const {
  if (conversion_beats_ == 0) return 0;
  const std::int64_t burst = dram_.burst_bytes();
  const std::int64_t reads = ceil_div(m_.conversion.read_bytes().count(), burst);
  const std::int64_t writes = ceil_div(m_.conversion.written_bytes().count(), burst);
  const std::int64_t rounds = ceil_div(std::max(reads, writes) * burst, dram_.write_batch_bytes());
  const double moved = read_time(real(reads * burst), dram_.banks / 4) +
                       read_time(real(writes * burst), dram_.banks / 2) +
                       real(rounds) * bus_turns();
  const std::int64_t turn_to_reading =
      dram_.cwl + dram_.burst_clocks() + dram_.wtr - dram_.burst_spacing();
  const double around =  // the first row, the last data; none is read after these
      real(dram_.rcd + dram_.cwl + dram_.burst_clocks() - dram_.burst_spacing() - turn_to_reading) /
      clocks_per_cycle_;
  const double lost = befalls_ * refresh_ / interval_;
  const double last_round_asked = real(mapping::share(conversion_beats_, rounds - 1, rounds));
  return std::llround(std::ceil(std::max({real(conversion_beats_), around + moved / (1 - lost),
                                          last_round_asked + around + moved / real(rounds)})));
}

std::int64_t DramPhase::bytes(mapping::Operand operand, std::int64_t rows) const {
  const bool activations = operand == mapping::Operand::kActivations;
  return rows * (activations ? m_.precision.activation_bits : m_.precision.weight_bits) *
         words_of(m_, operand).bytes(m_.chunks.words);
}

DramPhase::Passes DramPhase::passes(mapping::Operand operand) const {
  const std::int64_t a = m_.activations.count(), w = m_.weights.count();
  const std::int64_t fetches = a * w * m_.chunks.count();
  if (operand == mapping::Operand::kWeights)
    return {fetches, a - 1, bytes(operand, m_.weights.rows), dram_.banks / 4};
  const std::int64_t block_rows =
      std::min(m_.activations.rows, m_.activations.tiles_per_block * m_.activations.rows_per_tile);
  return {fetches, a * (w - 1), bytes(operand, block_rows), dram_.banks / 2};
}

/// Cycles for which a phase's first read waits for its row, on average over the layer's phases.
double DramPhase::opening(mapping::Operand operand) const {
  const mapping::OperandBlocks& own =
      operand == mapping::Operand::kActivations ? m_.activations : m_.weights;
  const Passes to = passes(operand);
  const std::int64_t wide_row = dram_.wide_row_bytes() * dram_.channels;
  const std::int64_t block_bytes =
      bytes(operand, std::min(own.rows, own.tiles_per_block * own.rows_per_tile)) /
      m_.chunks.count();
  const double phases = real(to.fetches * m_.gemms.count);
  const double returns = real(to.returns * m_.gemms.count);
  const double new_rows =
      real(std::gcd(std::max<std::int64_t>(block_bytes, 1), wide_row)) / real(wide_row);
  const bool closed_again = to.returned_bytes > to.region_banks * wide_row;
  const double misses = (closed_again ? returns : 0) + (phases - returns - 1) * new_rows;
  const double activate = real(dram_.rcd + (dram_.bank_groups - 1) * dram_.rrd);
  return (activate + misses * (real(dram_.rp) + activate)) / phases / clocks_per_cycle_;
}

cost::DramActions DramPhase::actions(Cycles cycles) const {
  const std::int64_t burst = dram_.burst_bytes();
  const std::int64_t wide_row = dram_.wide_row_bytes() * dram_.channels;
  const double products = real(m_.gemms.count);
  double rows = 0, open_banks = 0;
  const auto add = [&](mapping::Operand operand, const mapping::OperandBlocks& own,
                       std::int64_t times) {
    const Passes to = passes(operand);
    const double once = products * real(bytes(operand, own.rows)) / real(wide_row);
    const bool closed_again = to.returned_bytes > to.region_banks * wide_row;
    rows += std::ceil(once * (closed_again ? real(times) : 1));
    open_banks += std::min(real(to.region_banks), std::ceil(once));
  };
  add(mapping::Operand::kActivations, m_.activations, m_.weights.count());
  add(mapping::Operand::kWeights, m_.weights, m_.activations.count());
  if (m_.written_bits > 0) {
    const double bytes =
        products * real(m_.activations.rows * m_.weights.rows) * real(m_.written_bits) / 8;
    rows += std::ceil(bytes / real(wide_row));
    open_banks += real(dram_.banks / 4);
  }
  const std::int64_t read = m_.conversion.read_bytes().count();
  const std::int64_t written = m_.conversion.written_bytes().count();
  rows += real(ceil_div(read, wide_row) + ceil_div(written, wide_row));
  const double opened = rows + std::floor(real(cycles.count()) / interval_) * open_banks;
  return {.activates = std::llround(opened * real(dram_.bank_groups * dram_.channels)),
          .read_bursts = read_bursts(m_, mapping::Operand::kActivations, burst) +
                         read_bursts(m_, mapping::Operand::kWeights, burst) + ceil_div(read, burst),
          .write_bursts = write_bursts(m_, dram_) + ceil_div(written, burst)};
}

}  // namespace bitloom::analytic
