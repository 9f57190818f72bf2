// Command lines that cannot be parsed: one line each.
#include <gtest/gtest.h>

#include "tests/support/run_program.h"

namespace bitloom {
namespace {

using testing::expect_refused;
using Arguments = std::vector<std::string>;

Arguments simulate(const Arguments& more) {
  Arguments all{"simulate", "--network", "resnet20", "--hardware", "bismo-edge"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

const std::string kKnownCommands =
    "(known: simulate, compare, lut, explore, list, describe, search, report, export, import, "
    "reproduce, "
    "completion, man, verify, train, calibrate, finetune, evaluate, record, sensitivity)";

TEST(CommandLine, NeedsACommand) {
  expect_refused({},
                 "bitloom: a command is required: simulate, compare, lut, explore, list, describe, "
                 "search, report, export, import, reproduce, completion, man, verify, train, "
                 "calibrate, finetune, "
                 "evaluate, record, sensitivity "
                 "(see bitloom --help)");
  expect_refused({"describe"},
                 "bitloom describe: a command is required: network, hardware, recipe "
                 "(see bitloom describe --help)");
  expect_refused({"list"},
                 "bitloom list: WHAT is required (see "
                 "bitloom list --help)");
  expect_refused({"describe", "hardware"},
                 "bitloom describe hardware: name is required (see bitloom describe hardware "
                 "--help)");
}

TEST(CommandLine, NamesTheUnknownCommandNotTheLastWord) {
  expect_refused({"simulat", "--network", "resnet20"},
                 "unknown command 'simulat': did you mean simulate? " + kKnownCommands);
  expect_refused({"foo", "--bar"}, "unknown command 'foo' " + kKnownCommands);
  expect_refused({""}, "unknown command '' " + kKnownCommands);
  expect_refused({"help"}, "unknown command 'help' " + kKnownCommands);
  expect_refused(
      {"describe", "networ", "resnet18"},
      "unknown command 'networ': did you mean network? (known: network, hardware, recipe)");
}

TEST(CommandLine, OffersTheNearestOption) {
  const std::string unknown =
      "bitloom simulate: unknown option '--bitz': did you mean --bits? (see bitloom simulate "
      "--help)";
  expect_refused(simulate({"--bitz", "4/4"}), unknown);
  expect_refused(simulate({"--bitz=4/4"}), unknown);
  expect_refused({"simulate", "--bitz", "4/4"}, unknown);
  expect_refused({"--bogus", "list", "networks"},
                 "bitloom: unknown option '--bogus' (see bitloom --help)");
  expect_refused(
      {"describe", "hardware", "bismo-edge", "--bits", "4/4"},
      "bitloom describe hardware: unknown option '--bits' (see bitloom describe hardware "
      "--help)");
}

TEST(CommandLine, NamesTheCommandThatHasAnOption) {
  const auto unknown = [](const std::string& command, const std::string& option,
                          const std::string& hint) {
    expect_refused({command, option, "array.dk=32,64"},
                   "bitloom " + command + ": unknown option '" + option + "': " + hint +
                       " (see bitloom " + command + " --help)");
  };
  const std::string sweep = "compare --sweep prices the machines of a grid";
  for (const char* command : {"simulate", "lut", "search", "explore"})
    unknown(command, "--sweep", sweep);
  unknown("simulate", "--pareto", "search has one");
#ifdef BITLOOM_RTL
  unknown("verify", "--sweep", sweep);
#endif
}

TEST(CommandLine, NamesWhatIsRequired) {
  const auto required = [](const std::string& command, const std::string& option) {
    return "bitloom " + command + ": " + option + " is required (see bitloom " + command +
           " --help)";
  };
  expect_refused({"simulate"}, required("simulate", "--hardware"));
  expect_refused({"simulate", "--hardware", "bismo-edge"},
                 required("simulate", "--network or --layers-csv"));
  expect_refused({"simulate", "--network", "resnet20"}, required("simulate", "--hardware"));
  expect_refused({"lut", "--network", "resnet20", "--hardware", "bismo-edge"},
                 required("lut", "--output"));
}

TEST(CommandLine, TellsOfWrongValuesBeforeWhatIsMissing) {
  const std::string engines = "--engine: unknown engine 'foo' (known: analytic, cycle)";
  const std::string batch = "--batch '0': must be a whole number in [1, 65536]";
  const std::string set =
      "--set 'array.dm': must be KEY=VALUE, a key of the hardware's file and its value, such as "
      "array.dm=8";
  const std::string network = "--network: unknown network 'foo' (known: mobilenet_v1, ";
  const std::string hardware = "unknown hardware 'foo' (known: bismo-cloud, ";
  const auto begins = [](const Arguments& arguments, const std::string& complaint) {
    const testing::ProgramResult result = testing::run_bitloom(arguments);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_EQ(result.err.rfind(complaint, 0), 0u) << result.err;
  };
  for (const std::string command : {"simulate", "compare", "lut", "search"}) {
    expect_refused({command, "--engine", "foo"}, engines);
    expect_refused({command, "--batch", "0"}, batch);
    expect_refused({command, "--set", "array.dm"}, set);
    begins({command, "--network", "foo", "--hardware", "bar"}, network);
    begins({command, "--hardware", "foo"}, "--hardware: " + hardware);
  }
  expect_refused(
      {"search", "--method", "nope"},
      "--method: unknown method 'nope' (known: hawq, hawq-v2, hawq-v3, kernel-wise, haq, random, "
      "evolve, anneal, greedy, autoq)");
  expect_refused({"lut", "--metric", "foo"},
                 "--metric: unknown metric 'foo' (known: cycles, energy_pj, dram_bytes)");
  begins({"compare", "--policies", "99/4"}, "--policies '99/4': must be W/A");
  expect_refused({"compare", "--policies", "4/4,8/8"},
                 "--policies '4/4,8/8': policies are parted by spaces, such as --policies 4/4 8/8");
  begins({"compare", "--sweep", "dm"}, "--sweep 'dm': must be KEY=VALUE,VALUE");
  begins({"describe", "hardware", "foo", "--set", "x"}, hardware);
}

TEST(CommandLine, HelpsWhereAValueIsWrong) {
  const testing::ProgramResult help = testing::run_bitloom({"lut", "--engine", "foo", "--help"});
  EXPECT_EQ(help.exit_code, 0) << help.err;
  EXPECT_NE(help.out.find("--max-bits"), std::string::npos) << help.out;
}

TEST(CommandLine, TakesAnOptionOnceAndWithAValue) {
  const std::string see = " (see bitloom simulate --help)";
  expect_refused(simulate({"--bits", "4/4", "--bits", "8/8"}),
                 "bitloom simulate: --bits is given more than once" + see);
  expect_refused(simulate({"--network", "resnet18"}),
                 "bitloom simulate: --network is given more than once" + see);
  expect_refused(simulate({"--bits"}), "bitloom simulate: --bits: its value is missing" + see);
  expect_refused(simulate({"--bits="}), "bitloom simulate: --bits: its value is missing" + see);
  expect_refused(simulate({"--bits", "4/4", "--policy", "p.json"}),
                 "bitloom simulate: --bits excludes --policy" + see);
}

TEST(CommandLine, NamesAWordTooMany) {
  expect_refused(simulate({"extra"}),
                 "bitloom simulate: unexpected argument 'extra' (see bitloom simulate --help)");
  expect_refused(simulate({"list", "networks"}),
                 "bitloom simulate: unexpected argument 'list' (see bitloom simulate --help)");
  expect_refused(simulate({"-"}),
                 "bitloom simulate: unexpected argument '-' (see bitloom simulate --help)");
  expect_refused({"list", "networks", "hardware"},
                 "bitloom list: unexpected argument 'hardware' (see bitloom list --help)");
}

TEST(CommandLine, MayHoldControlCharactersAndEndlessWords) {
  expect_refused(simulate({"--\n\x1b[31m"}),
                 "bitloom simulate: unknown option '--  [31m' (see bitloom simulate --help)");
  expect_refused(
      {"list", "a\nb"},
      "unknown list 'a b' (known: networks, hardware, dram, memories, data, recipes, searches, "
      "quantizers)");
  const std::string endless(100'000, 'x');
  expect_refused({endless}, "unknown command '" + std::string(40, 'x') + "...' " + kKnownCommands);
  expect_refused(simulate({endless}), "bitloom simulate: unexpected argument '" +
                                          std::string(40, 'x') +
                                          "...' (see bitloom simulate --help)");
}

TEST(CommandLine, RefusesBitsThatAreNoPair) {
  for (const std::string bits :
       {"4", "0/4", "-1/4", "4/99", "a/b", "", "/", "4/", "/4", "4/4/4", " 4/4", "4/4 ", "04/4",
        "4/04", "+4/4", "4.0/4", "4/17", "99999999999999999999/4", "4\n/4"}) {
    std::string shown = bits;
    for (char& c : shown) c = c == '\n' ? ' ' : c;
    const std::string why = " '" + shown +
                            "': must be W/A, weight and activation bits, each in [1, 16], such as "
                            "4/6";
    expect_refused(simulate({"--bits", bits}), "--bits" + why);
    expect_refused(simulate({"--edge-layers", bits}), "--edge-layers" + why);
  }
}

TEST(CommandLine, RefusesBatchesAndBitLimitsOutOfRange) {
  for (const std::string batch : {"0", "-3", "65537", "1e3", "", "x", "4 ", "99999999999999999999"})
    expect_refused(simulate({"--batch", batch}),
                   "--batch '" + batch + "': must be a whole number in [1, 65536]");
  for (const std::string bits : {"0", "17", "eight"})
    expect_refused({"lut", "--network", "resnet20", "--hardware", "bismo-edge", "-o", "t.npy",
                    "--max-bits", bits},
                   "--max-bits '" + bits + "': must be a whole number in [1, 16]");
}

}  // namespace
}  // namespace bitloom
