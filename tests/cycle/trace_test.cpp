#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "sim/families/bismo/cycle.h"
#include "sim/families/bismo/trace.h"
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
  trace.write_vcd([&](std::string_view text) { written.vcd += text; }, Megahertz(200));
  trace.write_timeline([&](std::string_view text) { written.timeline += text; });
  return written;
}

TEST(Trace, TimelineNamesInstructionsAndTokensInOrder) {
  EXPECT_EQ(trace(1).timeline,
            R"(           0  layer 'layer0'
           0  result             sends 'result free'
           0  fetch activations  begins instruction 0: 2 tiles x 1 words x 2 bits from 0x0
           0  fetch weights      begins instruction 0: 1 tiles x 1 words x 1 bits from 0x10000
           0  fetch weights      sends 'weights ready'
           0  execute            )"
            R"(begins instruction 0: 2 x 1 tiles, 1 words, 2 x 1 bits, activations outer
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
            "#0\nb1 5\nb1 a\nb1 b\nb11 c\n"
            "#5000\nb0 b\nb1 c\nb11 d\n"
            "#10000\nb11 c\n"
            "#15000\nb1 c\n"
            "#20000\nb0 5\nb1 d\n"
            "#25000\nb1 5\nb11 d\n"
            "#30000\nb0 5\nb0 a\nb0 c\nb1 d\n"
            "#35000\nb1 5\nb0 d\n");
}

TEST(Trace, ValueChangeDumpSaysItsTimeUnitAndNamesLayers) {
  const std::string vcd = trace(2).vcd;
  EXPECT_NE(vcd.find("a cycle is 5000 ps $end\n"
                     "$comment layer 0 is layer0 $end\n$comment layer 1 is layer1 $end\n"
                     "$timescale 1 ps $end\n"),
            std::string::npos)
      << vcd;
}

TEST(Trace, LayersFollowOneAnother) {
  const Written two = trace(2);
  // The last tile pair of layer 0 is copied in the first cycle of layer 1.
  EXPECT_NE(two.timeline.find("           6  result             takes 'result ready'\n"
                              "           6  layer 'layer1'\n"),
            std::string::npos)
      << two.timeline;
  EXPECT_EQ(two.vcd.substr(two.vcd.find("#30000\n")),
            "#30000\nb1 %\nb0 5\nb1 b\nb11 c\nb1 d\n"
            "#35000\nb1 5\nb0 b\nb1 c\nb11 d\n"
            "#40000\nb11 c\n"
            "#45000\nb1 c\n"
            "#50000\nb0 5\nb1 d\n"
            "#55000\nb1 5\nb11 d\n"
            "#60000\nb0 5\nb0 a\nb0 c\nb1 d\n"
            "#65000\nb1 5\nb0 d\n");
}

TEST(Trace, ValueChangeDumpRepeatsNoValueAndNoQueueOwesATokenOverLayers) {
  std::mt19937 random(42);
  cycle::Trace trace;
  for (int i = 0; i < 20; ++i) {
    Case c(random);
    c.hardware.result_port_bits = i;
    const mapping::ScheduleProgram program(c.schedule(), c.hardware);
    trace.begin_layer("layer" + std::to_string(i), program);
    cycle::run(program, c.hardware, {.observer = &trace});
  }
  std::string vcd;
  trace.write_vcd([&](std::string_view text) { vcd += text; }, Megahertz(150));
  std::istringstream lines(vcd.substr(vcd.find("$dumpvars\n")));
  std::map<char, std::string> values;
  double before = -1;
  for (std::string line; std::getline(lines, line);) {
    if (line[0] == '#') {
      EXPECT_GT(std::stod(line.substr(1)), before);
      before = std::stod(line.substr(1));
    } else if (line[0] == 'b') {
      const std::string value = line.substr(1, line.find(' ') - 1);
      EXPECT_NE(values[line.back()], value) << line;
      EXPECT_EQ(value.find('-'), std::string::npos) << line;
      values[line.back()] = value;
    }
  }
  EXPECT_EQ(values['5'], "1");
}

TEST(Trace, BeginsAfterTheConversionOfALayersActivations) {
  std::mt19937 random(44);
  Case c(random);
  const auto timeline = [&] {
    const mapping::ScheduleProgram program(c.schedule(), c.hardware);
    cycle::Trace trace;
    trace.begin_layer("one", program);
    cycle::run(program, c.hardware, {.observer = &trace});
    std::string text;
    trace.write_timeline([&](std::string_view part) { text += part; });
    return text;
  };
  EXPECT_EQ(timeline().find("converted"), std::string::npos);
  c.hardware.layout.convert = hardware::Conversion::kAll;
  c.hardware.layout.port_bits = 7;
  const std::int64_t cycles = c.schedule().mapping.conversion.beats(7);
  const std::string text = timeline();
  EXPECT_NE(text.find(fmt::format("{:>12}  activations are bit-planes now\n", cycles)),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(fmt::format("{:>12}  fetch activations  begins instruction 0", cycles)),
            std::string::npos)
      << text;
}

TEST(Trace, ALayerFollowsWhenTheResultsBeforeItAreWritten) {
  std::mt19937 random(43);
  for (int i = 0; i < 20; ++i) {
    Case c(random);
    c.hardware.result_port_bits = 1 + i;
    c.hardware.write_back = hardware::WriteBack::kAccumulators;
    const mapping::ScheduleProgram program(c.schedule(), c.hardware);
    cycle::Trace trace;
    trace.begin_layer("one", program);
    const cycle::Result one = cycle::run(program, c.hardware, {.observer = &trace});
    trace.begin_layer("two", program);
    cycle::run(program, c.hardware, {.observer = &trace});
    std::string timeline;
    trace.write_timeline([&](std::string_view text) { timeline += text; });
    EXPECT_NE(timeline.find(fmt::format("\n{:>12}  layer 'two'", one.timing.total.count())),
              std::string::npos)
        << c.text();
  }
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
