// The knobs of docs/reference/timing-knobs.md beyond the published machine, in any combination.
#include <gtest/gtest.h>

#include "sim/families/bismo/actions.h"
#include "sim/families/bismo/cycle.h"
#include "tests/cycle/random_case.h"
#include "tests/sim/phase_walk.h"

namespace bitloom {
namespace {

/// A random layer on a machine with random knobs.
struct KnobCase : Case {
  sim::Neighbors neighbors;

  explicit KnobCase(std::mt19937& random) : Case(random) {
    const auto pick = [&](int least, int most) {
      return std::uniform_int_distribution<int>(least, most)(random);
    };
    if (pick(0, 5) == 0) batch = pick(2, 30);
    neighbors.output_bits = pick(1, 16);
    if (pick(0, 1) == 1) neighbors.input_bits = pick(1, 16);
    hardware.result_port_bits = pick(0, 2) == 0 ? 0 : pick(1, pick(0, 1) ? 16 : 400);
    if (hardware.result_port_bits > 0)
      hardware.write_back = static_cast<hardware::WriteBack>(pick(0, 2));
    hardware.fetch_sync = static_cast<hardware::FetchSync>(pick(0, 1));
    hardware.overlap = pick(0, 1) == 1;
    const auto issue = [&] { return pick(0, 2) == 0 ? pick(1, 9) : 0; };
    hardware.fetch_issue_cycles = issue();
    hardware.execute_issue_cycles = issue();
    hardware.result_issue_cycles = issue();
    layer.stride = {pick(1, 3), pick(1, 3)};
    hardware.layout.im2col = static_cast<hardware::Im2col>(pick(0, 1));
    hardware.layout.convert = static_cast<hardware::Conversion>(pick(0, 2));
    hardware.layout.port_bits = pick(1, 48);
    if (hardware.overlap)  // what else would not fit
      hardware.activation_buffer_words = hardware.weight_buffer_words = pick(32, 96);
    if (pick(0, 2) == 0) multiply();
  }
  /// By codes of as many bits as the operands need.
  void multiply() {
    hardware.coefficients = hardware::Coefficients::kFixedPoint;
    hardware.coefficient_bits = std::max(precision.weight_bits, precision.activation_bits);
  }

  mapping::Mapping mapping() const {
    return mapping::map_layer(layer, precision, hardware, batch, neighbors);
  }
  mapping::Schedule schedule() const { return analytic::schedule(mapping(), hardware); }

  std::int64_t walked(const mapping::Schedule& s) const {
    const mapping::Mapping& m = s.mapping;
    const walk::Machine machine{.dm = hardware.dm,
                                .dk = hardware.dk,
                                .dn = hardware.dn,
                                .activation_words = hardware.activation_buffer_words,
                                .weight_words = hardware.weight_buffer_words,
                                .activation_port = hardware.activation_port_bits,
                                .weight_port = hardware.weight_port_bits,
                                .pipeline = hardware.pipeline_cycles,
                                .result_port = hardware.result_port_bits,
                                .accumulator = hardware.accumulator_bits,
                                .written = m.written_bits,
                                .by_block = hardware.fetch_sync == hardware::FetchSync::kBlock,
                                .overlap = hardware.overlap,
                                .fetch_issue = hardware.fetch_issue_cycles,
                                .execute_issue = hardware.execute_issue_cycles,
                                .result_issue = hardware.result_issue_cycles,
                                .window = new_pixels(),
                                .converted_in = m.conversion.read_bits,
                                .converted_out = m.conversion.written_bits,
                                .conversion_port = hardware.layout.port_bits};
    return walk::cycles(
        {m.gemms.count, m.gemms.gemm.pixels, m.gemms.gemm.channels, m.gemms.gemm.reduction},
        precision.weight_bits, precision.activation_bits, machine,
        s.outer == mapping::OuterOperand::kActivations);
  }

  /// Pixels of a window that were not in the one before in its row, nor in the row of windows
  /// above.
  walk::NewPixels new_pixels() const {
    if (hardware.layout.im2col == hardware::Im2col::kHost) return {1, 1};
    walk::NewPixels window{0, 0};
    for (std::int64_t y = 0; y < layer.kernel.height; ++y)
      for (std::int64_t x = 0; x < layer.kernel.width; ++x) {
        const bool in_window_before = x + layer.stride.width < layer.kernel.width;
        const bool in_window_above = y + layer.stride.height < layer.kernel.height;
        window.are += !in_window_before && !in_window_above;
        ++window.of;
      }
    return window;
  }

  std::string text() const {
    const hardware::Bismo& hw = hardware;
    return fmt::format("layout {} {} {}, result port {}, written {}, {}, {}, issue {} {} {}; {}",
                       static_cast<int>(hw.layout.im2col), static_cast<int>(hw.layout.convert),
                       hw.layout.port_bits, hw.result_port_bits, mapping().written_bits,
                       hw.fetch_sync == hardware::FetchSync::kBlock ? "block" : "plane",
                       hw.overlap ? "overlap" : "no overlap", hw.fetch_issue_cycles,
                       hw.execute_issue_cycles, hw.result_issue_cycles, Case::text());
  }
};

TEST(Knobs, BothEnginesTakeTheCyclesOfAWalkBeatByBeat) {
  std::mt19937 random(31);
  int in_chunks = 0, bound_by_results = 0, many_phases = 0, converted = 0, windows = 0, scaled = 0;
  for (int i = 0; i < 4000; ++i) {
    const KnobCase c(random);
    mapping::Schedule schedule = c.schedule();
    if (i % 2 == 1)
      schedule.outer = static_cast<mapping::OuterOperand>(1 - static_cast<int>(schedule.outer));
    const cost::Timing closed = analytic::run(schedule, c.hardware);
    const cost::Timing timing = cycle::run(schedule, c.hardware).timing;
    ASSERT_EQ(closed.total, timing.total) << "case " << i << ": " << c.text();
    ASSERT_EQ(closed.compute, timing.compute) << c.text();
    ASSERT_LE(closed.result_stall, timing.result_stall) << c.text();
    ASSERT_EQ(closed.total.count(), c.walked(schedule)) << "case " << i << ": " << c.text();
    const mapping::Mapping& m = schedule.mapping;
    in_chunks += m.chunks.count() > 1;
    bound_by_results += timing.result_stall > timing.fetch_stall;
    ASSERT_EQ(closed.conversion, timing.conversion) << c.text();
    converted += closed.conversion > Cycles();
    windows += c.new_pixels().are < c.new_pixels().of;
    scaled += c.hardware.multiplies();
    many_phases += m.gemms.count * m.phases_per_gemm() > 10;
  }
  EXPECT_GT(in_chunks, 200);
  EXPECT_GT(bound_by_results, 200);
  EXPECT_GT(many_phases, 500);
  EXPECT_GT(converted, 500);
  EXPECT_GT(windows, 500);
  EXPECT_GT(scaled, 1000);
}

TEST(Knobs, OfEveryStageCyclesAddUpToTheLayers) {
  std::mt19937 random(32);
  for (int i = 0; i < 500; ++i) {
    const KnobCase c(random);
    const cycle::Result result = cycle::run(c.schedule(), c.hardware);
    for (const cycle::StageCounters& stage : result.counters.stages) {
      ASSERT_EQ(stage.total(), result.timing.total) << c.text();
      ASSERT_GE(stage.idle.count(), 0) << c.text();
      ASSERT_GE(stage.run, stage.busy + stage.issue) << c.text();
    }
    const cost::Timing& t = result.timing;
    EXPECT_EQ(t.conversion + t.compute + t.fetch_stall + t.result_stall, t.total);
  }
}

TEST(Knobs, CoefficientsTakeTheCyclesOfShiftsAndMoreEnergy) {
  std::mt19937 random(37);
  for (int i = 0; i < 1000; ++i) {
    KnobCase c(random);
    c.hardware.coefficients = hardware::Coefficients::kShift;
    const cost::Actions shifts = cost::count_actions(c.mapping(), c.hardware);
    const Cycles cycles = cycle::run(c.schedule(), c.hardware).timing.total;
    c.multiply();
    ASSERT_EQ(cycle::run(c.schedule(), c.hardware).timing.total, cycles) << c.text();
    ASSERT_EQ(analytic::run(c.schedule(), c.hardware).total, cycles) << c.text();
    const cost::Actions actions = cost::count_actions(c.mapping(), c.hardware);
    ASSERT_EQ(actions.port(), shifts.port() + actions.port_codes) << c.text();
    ASSERT_GT(actions.port_codes, Bits());
    ASSERT_EQ(actions.multiplications, actions.dpu_steps / c.hardware.dm * (c.hardware.dm + 1));
  }
}

TEST(Knobs, WriteBackIsNeverFaster) {
  std::mt19937 random(33);
  for (int i = 0; i < 2000; ++i) {
    KnobCase c(random);
    c.hardware.result_port_bits = 0;
    c.hardware.write_back = hardware::WriteBack::kNone;
    const Cycles without = analytic::run(c.schedule(), c.hardware).total;
    c.hardware.result_port_bits = 1 + i % 300;
    c.hardware.write_back = static_cast<hardware::WriteBack>(1 + i % 2);
    ASSERT_GT(analytic::run(c.schedule(), c.hardware).total, without) << c.text();
  }
}

TEST(Knobs, OverlapIsNeverSlowerAtEqualUsableDepth) {
  std::mt19937 random(34);
  int faster = 0;
  for (int i = 0; i < 3000; ++i) {
    KnobCase c(random);
    c.hardware.overlap = false;
    const Cycles one_by_one = analytic::run(c.schedule(), c.hardware).total;
    c.hardware.overlap = true;
    c.hardware.activation_buffer_words *= 2;
    c.hardware.weight_buffer_words *= 2;
    const Cycles overlapped = analytic::run(c.schedule(), c.hardware).total;
    ASSERT_LE(overlapped, one_by_one) << c.text();
    faster += overlapped < one_by_one;
  }
  EXPECT_GT(faster, 1000);
}

TEST(Knobs, WaitingForBlocksOrInstructionsIsNeverFaster) {
  std::mt19937 random(35);
  for (int i = 0; i < 3000; ++i) {
    KnobCase c(random);
    c.hardware.fetch_sync = hardware::FetchSync::kPlane;
    const Cycles before = analytic::run(c.schedule(), c.hardware).total;
    std::int64_t* const issues[] = {&c.hardware.fetch_issue_cycles,
                                    &c.hardware.execute_issue_cycles,
                                    &c.hardware.result_issue_cycles};
    if (i % 4 == 3)
      c.hardware.fetch_sync = hardware::FetchSync::kBlock;
    else
      *issues[i % 4] += 1 + i % 5;
    ASSERT_GE(analytic::run(c.schedule(), c.hardware).total, before) << c.text();
  }
}

TEST(Knobs, MakingWindowsOnTheFlyIsNeverSlowerAndConversionNeverFaster) {
  std::mt19937 random(36);
  int faster = 0;
  for (int i = 0; i < 3000; ++i) {
    KnobCase c(random);
    c.hardware.layout = {};
    const Cycles published = analytic::run(c.schedule(), c.hardware).total;
    c.hardware.layout.im2col = hardware::Im2col::kOnTheFly;
    const Cycles on_the_fly = analytic::run(c.schedule(), c.hardware).total;
    ASSERT_LE(on_the_fly, published) << c.text();
    faster += on_the_fly < published;
    c.hardware.layout.port_bits = 1 + i % 50;
    c.hardware.layout.convert = hardware::Conversion::kDiffering;
    const Cycles some = analytic::run(c.schedule(), c.hardware).total;
    ASSERT_GE(some, on_the_fly) << c.text();
    c.hardware.layout.convert = hardware::Conversion::kAll;
    ASSERT_GE(analytic::run(c.schedule(), c.hardware).total, some) << c.text();
  }
  EXPECT_GT(faster, 100);
}

}  // namespace
}  // namespace bitloom
