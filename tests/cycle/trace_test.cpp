#include <gtest/gtest.h>

#include "sim/cycle/cycle.h"
#include "sim/cycle/trace.h"
#include "tests/cycle/random_case.h"

namespace bitloom {
namespace {

struct Written {
  std::string vcd;
  std::string timeline;
};

/// Traces a product of 3 pixels and 1 channel, 1/2 bits, on a 2 x 8 x 1 array, `layers` times.
Written trace(int layers) {
  hardware::Bismo hw;
  hw.dm = 2;
  hw.dn = 1;
  hw.dk = hw.activation_port_bits = hw.weight_port_bits = 8;
  hw.activation_buffer_words = hw.weight_buffer_words = 8;
  graph::LayerShape layer;
  layer.in_channels = 8;
  layer.output = {1, 3};
  const mapping::Schedule schedule{mapping::map_layer(layer, {1, 2}, hw, 1)};
  const mapping::ScheduleProgram program(schedule, hw);
  cycle::Trace trace;
  for (int i = 0; i < layers; ++i) {
    trace.begin_layer("layer" + std::to_string(i), program);
    cycle::run(program, hw, {.observer = &trace});
  }
  Written written;
  trace.write_vcd([&](std::string_view text) { written.vcd += text; });
  trace.write_timeline([&](std::string_view text) { written.timeline += text; });
  return written;
}

TEST(Trace, TimelineNamesInstructionsAndTokensInOrder) {
  EXPECT_EQ(trace(1).timeline, R"(           0  layer 'layer0'
           0  result             sends 'result free'
           0  fetch activations  begins instruction 0: 2 tiles x 1 words x 2 bits from 0x0
           0  fetch weights      begins instruction 0: 1 tiles x 1 words x 1 bits from 0x6
           0  fetch weights      sends 'weights ready'
           0  execute            begins instruction 0: 2 x 1 tiles, 1 words, 2 x 1 bits, activations outer
           0  execute            takes 'weights ready'
           1  fetch activations  sends 'activations ready'
           1  fetch weights      ends instruction 0
           1  execute            takes 'activations ready'
           1  result             begins instruction 0: 2 tile pairs
           4  fetch activations  sends 'activations ready'
           4  execute            takes 'result free'
           4  execute            sends 'result ready'
           4  execute            takes 'activations ready'
           4  result             takes 'result ready'
           5  result             sends 'result free'
           6  fetch activations  ends instruction 0
           6  execute            takes 'result free'
           6  execute            sends 'result ready'
           6  execute            ends instruction 0
           6  result             takes 'result ready'
           7  result             sends 'result free'
           7  result             ends instruction 0
)");
}

TEST(Trace, ValueChangeDumpHasStatesInstructionsAndTokens) {
  const std::string vcd = trace(1).vcd;
  EXPECT_NE(vcd.find("$scope module execute $end\n$var wire 2 c state [1:0] $end\n"),
            std::string::npos)
      << vcd;
  EXPECT_NE(vcd.find("$var integer 32 4 result_ready $end\n"), std::string::npos);
  EXPECT_EQ(vcd.substr(vcd.find("#0\n")),
            "#0\nb0 %\nb0 1\nb1 5\nb0 A\nb0 B\nb0 C\nb1 a\nb1 b\nb11 c\n"
            "#1\nb0 0\nb0 D\nb0 b\nb1 c\nb11 d\n"
            "#2\nb11 c\n"
            "#3\nb1 c\n"
            "#4\nb0 0\nb0 4\nb0 5\nb1 d\n"
            "#5\nb1 5\nb11 d\n"
            "#6\nb0 4\nb0 5\nb0 a\nb0 c\nb1 d\n"
            "#7\nb1 5\nb0 d\n");
}

TEST(Trace, LayersFollowOneAnother) {
  const std::string timeline = trace(2).timeline;
  EXPECT_NE(timeline.find("           7  layer 'layer1'\n"), std::string::npos) << timeline;
}

TEST(Trace, ChangesNoResult) {
  std::mt19937 random(41);
  for (int i = 0; i < 100; ++i) {
    const Case c(random);
    const mapping::ScheduleProgram program(c.schedule(), c.hardware);
    cycle::Trace trace;
    trace.begin_layer("random", program);
    const cycle::Result traced = cycle::run(program, c.hardware, {.observer = &trace});
    EXPECT_EQ(traced.timing.total, cycle::run(program, c.hardware).timing.total);
  }
}

}  // namespace
}  // namespace bitloom
