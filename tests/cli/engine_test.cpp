#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::expect_refused;
using testing::run_bitloom;
using Arguments = std::vector<std::string>;
using Json = nlohmann::json;

Arguments by_engine(const Arguments& more) {
  Arguments all{"simulate", "--network", "resnet20", "--hardware", "bismo-edge"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Json simulated(Arguments more) {
  more.insert(more.end(), {"--json", "-"});
  const testing::ProgramResult result = run_bitloom(by_engine(more));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return Json::parse(result.out);
}

TEST(CycleEngine, AgreesWithTheAnalyticOneAndTellsOfItsStages) {
  const Json analytic = simulated({"--bits", "3/5"});
  const Json cycle = simulated({"--bits", "3/5", "--engine", "cycle", "--jobs", "2"});
  EXPECT_EQ(cycle["engine"], "cycle");
  EXPECT_EQ(cycle["total"], analytic["total"]);
  for (const Json& layer : cycle["layers"]) {
    for (const Json& stage : layer["stages"])
      EXPECT_NEAR(stage["run_cycles"].get<int>() + stage["idle_cycles"].get<int>() +
                      stage["send_cycles"].get<int>() + stage["receive_cycles"].get<int>(),
                  layer["cycles"].get<int>(), 1)
          << layer["name"];
    EXPECT_EQ(layer["stages"]["execute"]["busy_cycles"], layer["compute_cycles"]);
    EXPECT_EQ(layer["bound_by"], layer["stages"]["execute"]["bound_by"]);
  }
  EXPECT_FALSE(analytic["layers"][0].contains("stages"));
}

TEST(CycleEngine, SaysWhatBoundsEachStage) {
  const Json layer =
      simulated({"--bits", "3/5", "--engine", "cycle", "--layers", "layer1.0.conv1"})["layers"][0];
  EXPECT_EQ(layer["bound_by"], "activation fetch");
  EXPECT_EQ(layer["stages"]["fetch_activations"]["bound_by"], "port");
  EXPECT_EQ(layer["stages"]["result"]["bound_by"], "execute");

  const Arguments same{"--bits", "3/5", "--engine", "cycle", "--layers", "layer1.0.conv1"};
  Arguments csv = by_engine(same);
  csv.insert(csv.end(), {"--csv", "-"});
  const std::string rows = run_bitloom(csv).out;
  EXPECT_NE(rows.find(",bound_by,fetch_activations_bound_by,fetch_weights_bound_by,"
                      "execute_bound_by,result_bound_by\n"),
            std::string::npos)
      << rows;
  EXPECT_NE(rows.find(",activation fetch,port,port,activation fetch,execute\n"), std::string::npos)
      << rows;

  const std::string text = run_bitloom(by_engine(same)).out;
  EXPECT_NE(text.find("busy  eff% bound by\n"), std::string::npos) << text;
  EXPECT_NE(text.find(" activation fetch\nresult "), std::string::npos) << text;
}

TEST(CycleEngine, SeesRandomStallsThatRepeatBySeed) {
  const auto cycles = [](const std::string& seed) {
    return simulated({"--engine", "cycle", "--stalls", seed})["total"]["cycles"].get<int>();
  };
  EXPECT_EQ(cycles("1"), cycles("1"));
  EXPECT_NE(cycles("1"), cycles("2"));
  EXPECT_GT(cycles("1"), simulated({})["total"]["cycles"].get<int>());
}

TEST(CycleEngine, TabulatesInProcessesWhatTheAnalyticOneTabulates) {
  const testing::TemporaryFolder folder;
  const auto table = [&](const std::string& name, const Arguments& more) {
    Arguments all{"lut",        "--network", "resnet20", "--hardware",     "bismo-edge",
                  "--max-bits", "2",         "-o",       folder.file(name)};
    all.insert(all.end(), more.begin(), more.end());
    EXPECT_EQ(run_bitloom(all).exit_code, 0);
    return testing::contents(folder.file(name));
  };
  EXPECT_EQ(table("cycle.npy", {"--engine", "cycle", "--jobs", "3"}), table("analytic.npy", {}));
}

TEST(CycleEngine, WritesAWaveformAndATimelineOfChosenLayers) {
  const testing::TemporaryFolder folder;
  const testing::ProgramResult result = run_bitloom(
      by_engine({"--engine", "cycle", "--layers", "0,19", "--trace", folder.file("t.vcd")}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("layers bound by: "), std::string::npos);
  const std::string waveform = folder.file("t.vcd");
  EXPECT_TRUE(result.out.ends_with("\nwritten: " + waveform + ", the waveform, and " +
                                   folder.file("t.txt") + ", the timeline\nopen it: gtkwave " +
                                   waveform + "\n"))
      << result.out;
  EXPECT_NE(testing::contents(folder.file("t.vcd")).find("$enddefinitions $end"),
            std::string::npos);
  const std::string timeline = testing::contents(folder.file("t.txt"));
  EXPECT_NE(timeline.find("layer 'conv1'"), std::string::npos);
  EXPECT_NE(timeline.find("layer 'linear'"), std::string::npos);
  EXPECT_EQ(timeline.find("layer 'layer1.0.conv1'"), std::string::npos);
}

TEST(CycleEngine, IsNeededForStallsAndTraces) {
  expect_refused(by_engine({"--stalls", "1"}),
                 "--stalls: only the cycle engine sees memory; add --engine cycle");
  expect_refused(by_engine({"--trace", "t.vcd"}),
                 "--trace: only the cycle engine has stages; add --engine cycle");
  expect_refused(by_engine({"--engine", "cycle", "--trace", "t.txt"}),
                 "--trace 't.txt': must be a name ending in .vcd; the timeline goes beside it in "
                 ".txt");
  expect_refused(by_engine({"--engine", "cycle", "--stalls", "-1"}),
                 "--stalls '-1': must be a whole number in [0, 9223372036854775807]");
  expect_refused(by_engine({"--jobs", "2"}),
                 "--jobs: only the cycle engine shares its work; add --engine cycle");
  expect_refused(by_engine({"--engine", "cycle", "--trace", "t.vcd", "--jobs", "2"}),
                 "--jobs and --trace: a trace is recorded by one process, --jobs 1");
  expect_refused(by_engine({"--engine", "cycle", "--trace", "t.vcd", "--json", "t.txt"}),
                 "t.txt: --json and --trace cannot both write it");
  expect_refused(by_engine({"--engine", "cycle", "--jobs", "0"}),
                 "--jobs '0': must be a whole number in [1, 1024]");
  expect_refused({"simulate", "--network", "retinanet_r50", "--hardware", "bismo-edge", "--engine",
                  "cycle", "--trace", "t.vcd"},
                 "--trace: these layers take more than 2000000 steps of a tile pair and word; "
                 "choose some with --layers");
}

/// What a command that succeeds says on standard error.
std::string warned(const Arguments& arguments) {
  const testing::ProgramResult result = run_bitloom(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.err;
}

TEST(CycleEngine, ReplacesTheTimelineOfAnEarlierTraceAndNoOtherFile) {
  const testing::TemporaryFolder folder;
  const std::string notes = folder.write("w.txt", "notes\n");
  const auto traced = [&](const std::string& file) {
    return by_engine({"--engine", "cycle", "--layers", "19", "--trace", folder.file(file)});
  };
  expect_refused(traced("w.vcd"), notes +
                                      ": --trace would replace it, though bitloom did not write "
                                      "it: move it or choose another name");
  EXPECT_EQ(testing::contents(notes), "notes\n");
  for (int run = 0; run < 2; ++run) EXPECT_EQ(run_bitloom(traced("t.vcd")).exit_code, 0);
}

TEST(AnalyticEngine, SaysThatItLeavesMemorysLatencyOut) {
  const testing::TemporaryFolder folder;
  const std::string latency = "timing.memory_latency_cycles=50";
  const std::string of_bismo =
      "the analytic engine leaves timing.memory_latency_cycles out; --engine cycle counts them\n";
  EXPECT_EQ(warned(by_engine({"--set", latency})), of_bismo);
  EXPECT_EQ(warned({"lut", "--network", "resnet20", "--hardware", "bismo-edge", "--set", latency,
                    "-o", folder.file("t.npy")}),
            of_bismo);
  EXPECT_EQ(warned({"lut", "--network", "resnet20", "--hardware", "bismo-edge", "--set", latency,
                    "--layout", "apq", "-o", folder.file("t.json")}),
            of_bismo);
  EXPECT_EQ(warned({"compare", "--network", "resnet20", "--hardware", "bitfusion-edge-real",
                    "--policies", "3/3", "--sweep", "memory_latency_cycles=0,50,300"}),
            "the analytic engine leaves memory_latency_cycles out; --engine cycle counts them\n");
}

TEST(AnalyticEngine, IsSilentWhereNothingIsLeftOut) {
  const Arguments latency{"--set", "timing.memory_latency_cycles=50"};
  EXPECT_EQ(warned(by_engine({"--set", "timing.memory_latency_cycles=0"})), "");
  EXPECT_EQ(warned(by_engine({latency[0], latency[1], "--engine", "cycle"})), "");
  EXPECT_EQ(warned({"simulate", "--network", "resnet20", "--hardware", "bismo-edge-real",
                    latency[0], latency[1]}),
            "");
}

TEST(CycleEngine, TracesInOneProcess) {
  const testing::TemporaryFolder folder;
  const testing::ProgramResult result = run_bitloom(by_engine(
      {"--engine", "cycle", "--layers", "19", "--jobs", "1", "--trace", folder.file("t.vcd")}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_FALSE(testing::contents(folder.file("t.vcd")).empty());
}

TEST(CycleEngine, AgreesOnANarrowResultPort) {
  const testing::TemporaryFolder folder;
  const std::string narrow = folder.write(
      "narrow.yaml",
      "family: bismo\narray: {dm: 8, dk: 256, dn: 8}\n"
      "buffers: {activation_words: 1024, weight_words: 1024}\n"
      "ports: {activation_bits: 64, weight_bits: 64, result_bits: 64}\nclock_mhz: 200\n");
  Arguments all{"simulate", "--network", "resnet20", "--hardware", narrow,
                "--bits",   "2/2",       "--json",   "-"};
  const auto cycles = [&] {
    const testing::ProgramResult result = run_bitloom(all);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return nlohmann::json::parse(result.out)["total"]["cycles"].get<std::int64_t>();
  };
  const std::int64_t analytic = cycles();
  all.insert(all.end(), {"--engine", "cycle"});
  EXPECT_EQ(cycles(), analytic);
  all.resize(all.size() - 4);
  all.insert(all.end(), {"--engine", "cycle"});
  const testing::ProgramResult result = run_bitloom(all);
  EXPECT_NE(result.out.find(
                "% waiting for operands or the pipeline,\n         74.9 % for results to leave"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("layers bound by: result 20"), std::string::npos);
}

TEST(Simulate, PricesResultsThatAreWrittenBack) {
  const testing::TemporaryFolder folder;
  const std::string writing = folder.write(
      "writing.yaml",
      "family: bismo\narray: {dm: 8, dk: 256, dn: 8}\n"
      "buffers: {activation_words: 1024, weight_words: 1024}\n"
      "ports: {activation_bits: 64, weight_bits: 64, result_bits: 64, write_back: accumulators}\n"
      "clock_mhz: 200\n");
  const testing::ProgramResult result =
      run_bitloom({"simulate", "--network", "resnet20", "--hardware", writing});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("DRAM reads and writes"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("requantization, im2col addressing, bit-planes.\n"), std::string::npos);
}

}  // namespace
}  // namespace bitloom
