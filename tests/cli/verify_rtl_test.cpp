#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "base/processes.h"
#include "base/text.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

namespace fs = std::filesystem;
using testing::expect_refused;
using testing::ProgramResult;
using testing::run_bitloom;

/// Whether `out` says `text`, wherever its lines are broken.
void expect_said(const std::string& out, const std::string& text) {
  EXPECT_NE(on_one_line(out).find(on_one_line(text)), std::string::npos) << text << "\n" << out;
}

/// A small machine, a folder for RTL, and a cache of cores that outlives the test.
class VerifyRtl : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_.write("tiny.yaml",
                  "family: bismo\narray: {dm: 2, dk: 8, dn: 2}\n"
                  "buffers: {activation_words: 64, weight_words: 64}\n"
                  "ports: {activation_bits: 8, weight_bits: 8}\nclock_mhz: 100\n");
    fs::create_directories(folder_.path() / "mine");
    setting_.folder = folder_.path().string();
    setting_.environment = {
        {"XDG_CACHE_HOME", (fs::path(BITLOOM_PROGRAM).parent_path() / "verify_rtl_cache").string()},
        {"COLUMNS", "200"}};
  }

  /// Puts a module of the project into `mine`, with `from` replaced by `to`.
  void change(const std::string& module, const std::string& from, const std::string& to) {
    std::string text = testing::contents(fs::path(BITLOOM_SOURCE_DIR) / "rtl" / module);
    ASSERT_NE(text.find(from), std::string::npos);
    text.replace(text.find(from), from.size(), to);
    std::ofstream(folder_.path() / "mine" / module) << text;
  }
  void forget_signs() { change("dpu.sv", "term_q ^ {AccumulatorWidth{negate_i}}", "term_q"); }

  ProgramResult verify(std::vector<std::string> more) {
    more.insert(more.begin(), {"verify", "--hardware", "tiny.yaml"});
    return run_bitloom(more, setting_);
  }
  std::string written(const std::string& file) const {
    return testing::contents(folder_.path() / file);
  }

  const testing::TemporaryFolder folder_;
  testing::ProgramSetting setting_;
};

TEST_F(VerifyRtl, ShowsTheFirstMismatchOfAChangedCopyAndItsWaveform) {
  forget_signs();
  const ProgramResult result = verify({"--random", "4", "--rtl", "mine"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const auto says = [&](const std::string& text) { expect_said(result.out, text); };
  says("\nfrom mine: dpu.sv changed; 11 missing, taken from bitloom\n");
  says(": wrong value at pixel ");
  says(", which is image 0, output channel ");
  says("; in cycle 25 of the layer, waveform time 290\n");
  says(
      "\nwritten: mismatch.fst, the waveform of cycles 0 to 75 of random 0\n"
      "the mismatch is in cycle 25, at time 290\n");
  says("\nopen it: gtkwave mismatch.fst\n");
  EXPECT_GT(fs::file_size(folder_.path() / "mismatch.fst"), 100U);
}

TEST_F(VerifyRtl, FindsFaultsThatShowOnlyWhereStreamsWait) {
  change("fetch_unit.sv", "end else if (fetching_q && beat_valid_i) begin",
         "end else if (fetching_q) begin");
  const ProgramResult result = verify({"--random", "4", "--rtl", "mine"});
  EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
  EXPECT_NE(result.out.find("\nrandom 0, streams waiting: "), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("ran again, with streams that wait at random (seed 1)."),
            std::string::npos)
      << result.out;
  EXPECT_GT(fs::file_size(folder_.path() / "mismatch.fst"), 100U);
}

TEST_F(VerifyRtl, RunsTheProjectsOwnRtlUnderStallsToo) {
  const ProgramResult result = verify({"--random", "60", "--stalls", "7", "--json", "v.json"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_NE(written("v.json").find("\"stall_seed\": 7,"), std::string::npos);
  expect_refused({"verify", "--hardware", "bitfusion-haq", "--stalls", "7"},
                 "--stalls: BitFusion's fusion unit has no streams; leave it out", setting_);
}

TEST_F(VerifyRtl, SaysWhereACoreStandsStill) {
  change("sequencer.sv", "word_q == words_i - 1'b1", "word_q == words_i");
  const ProgramResult result = verify({"--random", "8", "--rtl", "mine"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const auto says = [&](const std::string& text) { expect_said(result.out, text); };
  says("\nrandom 0: stands still after cycle ");
  says(
      " values came; phase 0 (product 0, activation block 0, weight block 0, chunk 0) does not "
      "end; ");
  says("the core takes no more activations and takes no more weights\n");
  says("\n3 more layers fail; --json FILE holds what each showed.\n");
}

TEST_F(VerifyRtl, PassesACopyThatIsRightAndWritesNothing) {
  change("popcount.sv", "// ", "// the same: ");
  const ProgramResult result = verify({"--random", "4", "--rtl", "mine"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_NE(result.out.find("from mine: popcount.sv changed"), std::string::npos) << result.out;
  EXPECT_FALSE(fs::exists(folder_.path() / "mismatch.fst"));
}

TEST_F(VerifyRtl, TellsVerilatorsFirstLineOfACopyThatDoesNotCompile) {
  change("dpu.sv", "always_comb begin", "always_comb begn");
  const ProgramResult result = verify({"--random", "4", "--rtl", "mine"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err.find("building a core of 2x8x2: verilator failed: "
                            "%Error: mine/dpu.sv:"),
            0U)
      << result.err;
  EXPECT_EQ(result.err.find('\n'), result.err.size() - 1) << result.err;
}

TEST_F(VerifyRtl, TellsWhereACopyEndsTheSimulation) {
  const auto refusal = [&](const std::string& statement) {
    change("dpu.sv", "endmodule", statement + "\nendmodule");
    const ProgramResult result =
        verify({"--random", "1", "--rtl", "mine", "--json", folder_.file("verdicts.json")});
    EXPECT_EQ(result.exit_code, 2) << statement << result.out;
    EXPECT_FALSE(fs::exists(folder_.path() / "verdicts.json"));
    return result.err;
  };
  for (const char* what : {"$finish", "$stop", "$error(\"mine\")", "$fatal(1, \"mine\")"}) {
    const std::string err = refusal(std::string("always_ff @(posedge clk_i) ") + what + ";");
    EXPECT_NE(err.find("layer 'random 0': the RTL ends the simulation in clock cycle 0: "),
              std::string::npos)
        << err;
    EXPECT_NE(err.find("dpu.sv:"), std::string::npos) << err;
  }
  EXPECT_NE(refusal("initial $finish;").find("$finish"), std::string::npos);
  // Assertions of a copy count.
  const std::string err = refusal("always_ff @(posedge clk_i) assert (0) else $error(\"mine\");");
  EXPECT_NE(err.find("ends the simulation"), std::string::npos) << err;
  change("dpu.sv", "endmodule", "always_ff @(posedge clk_i) $display(\"hello\");\nendmodule");
  const ProgramResult result = verify({"--random", "1", "--rtl", "mine", "--json", "-"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out.find("hello"), std::string::npos);
  EXPECT_NE(result.err.find("hello"), std::string::npos);
}

TEST_F(VerifyRtl, TellsOfFilesThatTheCoreDoesNotRead) {
  change("popcount.sv", "// ", "// the same: ");
  for (const char* name : {"my_dpu.sv", "dpu.v", "notes.sv"})
    std::ofstream(folder_.path() / "mine" / name) << "no module of the core ((\n";
  const ProgramResult result = verify({"--random", "1", "--rtl", "mine"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  expect_said(result.out,
              "from mine: popcount.sv changed; 11 missing, taken from bitloom; dpu.v, my_dpu.sv, "
              "notes.sv not used, as nothing in the core names them\n");
}

TEST_F(VerifyRtl, WritesALineThatRunsADumpOfACopyWithAPackageInAFolderOfTwoWords) {
  std::ofstream(folder_.path() / "mine" / "my_pkg.sv")
      << "package my_pkg; localparam int Nothing = 0; endpackage\n";
  change("dpu.sv", "module dpu", "module dpu import my_pkg::*;");
  fs::rename(folder_.path() / "mine", folder_.path() / "my copy");
  const ProgramResult result = verify({"--random", "1", "--rtl", "my copy", "--dump", "bench"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  expect_said(result.out, "from my copy: dpu.sv changed; my_pkg.sv added; 11 missing");
  const std::string text = on_one_line(result.out), mark = "run it: ";
  const std::string line = text.substr(text.find(mark) + mark.size());
  const std::string command =
      fmt::format("cd {} && {} > run.txt 2>&1", shell_word(setting_.folder), line);
  EXPECT_TRUE(run_program({"/bin/sh", "-c", command}).succeeded()) << command;
}

TEST_F(VerifyRtl, RefusesOptionsThatRandomLayersDoNotHave) {
  for (const auto& [option, value] : {std::pair("--batch", "3"), {"--image-size", "64"}})
    expect_refused(
        {"verify", "--hardware", "tiny.yaml", "--random", "1", option, value},
        "--image-size, --classes, --input and --batch are a network's, and random layers have "
        "their own: add --network",
        setting_);
}

TEST_F(VerifyRtl, RunsTheLayersOfATable) {
  folder_.write("mine.csv",
                "layer,kind,K,I,P,S,groups,IC,OC\na,conv,3,5,1,2,1,3,4\nb,fc,1,1,0,1,1,16,10\n");
  const ProgramResult result = verify({"--layers-csv", "mine.csv", "--bits", "3/5"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  expect_said(result.out, "PASS: 2 of 2 layers pass");
}

TEST_F(VerifyRtl, SaysThatAWaveformsNameIsTooLongBeforeItBuilds) {
  const std::string name = std::string(248, 'n') + ".fst";
  const ProgramResult result = verify({"--random", "1", "--trace", name});
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_NE(result.err.find("File name too long"), std::string::npos) << result.err;
}

TEST_F(VerifyRtl, ReadsHeadersBesideTheModulesOnly) {
  std::ofstream(folder_.path() / "mine" / "my.svh") << "// nothing\n";
  change("dpu.sv", "module dpu", "`include \"my.svh\"\nmodule dpu");
  const ProgramResult result = verify({"--random", "1", "--rtl", "mine"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  expect_said(result.out, "dpu.sv changed; my.svh added");
  fs::create_directories(folder_.path() / "mine/inc");
  std::ofstream(folder_.path() / "mine/inc/z.svh") << "// nothing\n";
  change("dpu.sv", "module dpu", "`include \"inc/z.svh\"\nmodule dpu");
  expect_refused({"verify", "--hardware", "tiny.yaml", "--random", "1", "--rtl", "mine"},
                 "mine/dpu.sv:9: `include \"inc/z.svh\": headers of a copy lie beside its modules",
                 setting_);
}

TEST_F(VerifyRtl, RefusesEmptyNamesAndAWaveformTwice) {
  const auto refused = [&](std::vector<std::string> more, const std::string& complaint) {
    more.insert(more.begin(), {"verify", "--hardware", "tiny.yaml", "--random", "1"});
    expect_refused(more, complaint, setting_);
  };
  refused({"--rtl", ""}, "--rtl '': an empty text is no folder's name");
  refused({"--dump", ""}, "--dump '': an empty text is no folder's name");
  refused({"--trace", "a.fst", "--mismatch", "b.fst"},
          "--mismatch and --trace: the waveform of all that runs has the mismatch, too; leave one "
          "out");
}

TEST_F(VerifyRtl, RefusesFoldersWithoutModulesOfTheCore) {
  expect_refused({"verify", "--hardware", "tiny.yaml", "--rtl", "nowhere"},
                 "nowhere: no such folder", setting_);
  folder_.write("mine/DPU.sv", "module DPU; endmodule\n");
  expect_refused({"verify", "--hardware", "tiny.yaml", "--rtl", "mine"},
                 "mine: holds no module of the core: no bismo_core.sv, dpu.sv, ...", setting_);
  expect_refused(
      {"verify", "--hardware", "bitfusion-haq", "--rtl", "mine"},
      "--rtl, --mismatch and --dump: BitFusion's fusion unit is built in, and is verified "
      "as it is; leave them out",
      setting_);
}

/// Runs the testbench in `dump` on the project's RTL, or on `mine` first; its exit status.
int run_testbench(const fs::path& folder, const std::string& log, bool mine) {
  const std::string rtl = (fs::path(BITLOOM_SOURCE_DIR) / "rtl").string();
  const std::string command =
      "cd '" + (folder / "dump").string() + "' && verilator --binary -Wno-lint --top-module " +
      "testbench" + (mine ? " -y ../mine" : "") + " -y '" + rtl +
      "' testbench.sv > build.log 2>&1 && obj_dir/Vtestbench > ../" + log + " 2>&1";
  return std::system(command.c_str());
}

TEST_F(VerifyRtl, DumpsATestbenchThatPassesOnTheRtlAndFailsOnWrongRtl) {
  const ProgramResult result = verify({"--random", "10", "--dump", "dump"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("\nwritten: dump, a testbench of 10 layers, "), std::string::npos);
  EXPECT_NE(result.out.find("\nrun it: cd dump && verilator --binary "), std::string::npos);

  EXPECT_EQ(run_testbench(folder_.path(), "right.log", false), 0) << written("dump/build.log");
  EXPECT_NE(written("right.log").find("\n9_random_9: pass\nPASS: 10 of 10 layers pass\n"),
            std::string::npos)
      << written("right.log");
  forget_signs();
  EXPECT_NE(run_testbench(folder_.path(), "wrong.log", true), 0);
  EXPECT_NE(written("wrong.log").find("0_random_0: product 0, pixel 0, channel 0: expected "),
            std::string::npos)
      << written("wrong.log");
  EXPECT_NE(written("wrong.log").find("FAIL: "), std::string::npos);
}

TEST_F(VerifyRtl, RunsRandomCodesAndDumpsThemForTheTestbench) {
  const ProgramResult result =
      verify({"--set", "coefficients=fixed_point", "--random", "10", "--dump", "dump"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_EQ(run_testbench(folder_.path(), "right.log", false), 0) << written("dump/build.log");
  EXPECT_NE(written("right.log").find("PASS: 10 of 10 layers pass\n"), std::string::npos)
      << written("right.log");
  change("plane_factor.sv", " * FactorWidth'(activation_code_i)", "");
  EXPECT_NE(run_testbench(folder_.path(), "wrong.log", true), 0);
  EXPECT_NE(written("wrong.log").find("FAIL: "), std::string::npos) << written("wrong.log");
}

TEST_F(VerifyRtl, TakesTheLayersOfAnEarlierDumpAwayAndNothingElse) {
  for (const char* old : {"dump/8_old", "dump/9_old"}) fs::create_directories(folder_.path() / old);
  folder_.write("dump/README.txt", "A testbench of bitloom's core\n");
  for (const char* file : {"dump/8_old/tiles.hex", "dump/9_old/weights.hex", "dump/9_old/own.txt"})
    folder_.write(file, "0\n");
  const ProgramResult result = verify({"--random", "1", "--dump", "dump"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(fs::exists(folder_.path() / "dump/0_random_0/tiles.hex"));
  EXPECT_FALSE(fs::exists(folder_.path() / "dump/8_old"));
  EXPECT_FALSE(fs::exists(folder_.path() / "dump/9_old/weights.hex"));
  EXPECT_TRUE(fs::exists(folder_.path() / "dump/9_old/own.txt"));
}

TEST_F(VerifyRtl, RefusesDumpsThatAreTooLargeOrNotItsOwn) {
  expect_refused(
      {"verify", "--hardware", "bismo-edge", "--network", "retinanet_r50", "--layers", "0",
       "--dump", "dump"},
      "--dump: with layer 'backbone.body.conv1' the files would hold 151 MiB, at most 32 MiB: "
      "choose smaller or fewer layers with --layers",
      setting_);
  // Of a whole network before any of its layers runs.
  expect_refused({"verify", "--hardware", "bismo-edge", "--network", "resnet18", "--dump", "dump"},
                 "--dump: with layer 'layer1.1.conv2' the files would hold 37 MiB, at most 32 MiB: "
                 "choose smaller or fewer layers with --layers",
                 setting_);
  folder_.write("mine/notes.txt", "not a dump\n");
  expect_refused({"verify", "--hardware", "bismo-edge", "--random", "1", "--dump", "mine"},
                 "--dump: mine: is there, and is no folder of a dump: name another", setting_);
  folder_.write("mine/README.txt", "A testbench of bitloom's core that the disk did not take\n");
  const ProgramResult again = run_bitloom(
      {"verify", "--hardware", "bismo-edge", "--random", "1", "--dump", "mine"}, setting_);
  EXPECT_EQ(again.exit_code, 0) << again.err;
}

TEST_F(VerifyRtl, FindsThatAWaveformCannotBeWrittenBeforeItBuildsACore) {
  expect_refused({"verify", "--hardware", "bismo-edge", "--random", "1", "--trace", "none/w.fst"},
                 "none/w.fst: cannot be written: No such file or directory", setting_);
}

}  // namespace
}  // namespace bitloom
