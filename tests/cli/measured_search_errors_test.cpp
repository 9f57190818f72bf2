#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

std::vector<std::string> search(const std::vector<std::string>& more, const std::string& folder) {
  std::vector<std::string> arguments{"search",
                                     "--network",
                                     "resnet20",
                                     "--hardware",
                                     "bismo-edge",
                                     "--weights",
                                     BITLOOM_SOURCE_DIR
                                     "/models/trained/resnet20-shapes32.safetensors",
                                     "-o",
                                     folder};
  arguments.insert(arguments.end(), more.begin(), more.end());
  if (std::find(more.begin(), more.end(), "--data") == more.end())
    arguments.insert(arguments.end(), {"--data", "shapes32"});
  return arguments;
}

TEST(MeasuredSearchErrors, AreOneLineAndLeaveNoFolder) {
  const TemporaryFolder folder;
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"--method", "haqq", "--budget", "latency=0.5x"},
       "--method: unknown method 'haqq': did you mean haq, hawq?"},
      {{"--method", "haq"}, "--budget: give one at least, such as latency=0.6x, or --minimize"},
      {{"--minimize", "latency"}, "--minimize and --max-loss: each needs the other"},
      {{"--budget", "latency=0.5x", "--init", "hawq-v3"},
       "--sensitivity: hawq-v3 needs the file that `bitloom sensitivity` writes"},
      {{"--budget", "latency=0.5x", "--init", "best"},
       "--init 'best': must be a method that goes by sensitivities: hawq-v3, hawq-v2 or hawq"},
      {{"--budget", "latency=0.5x", "--weight-bits", "8", "--activation-bits", "8"},
       "no policy keeps latency 0.8"},
      {{"--budget", "latency=1x", "--weight-bits", "8", "--activation-bits", "8"},
       "there is nothing to search: every layer has its bits fixed"},
      {{"--budget", "latency=0.5x", "--pareto", "5"},
       "bitloom search: --pareto is of searches by sensitivities: leave out --weights, and choose "
       "--method hawq-v3, hawq-v2, hawq or kernel-wise"},
      {{"--budget", "latency=0.5x", "--episodes", "0"}, "--episodes '0': must be"},
      {{"--budget", "latency=0.5x", "--method", "anneal", "--bits-by", "layer"},
       "--bits-by: is of --method autoq, which may give each filter its own bits; anneal gives "
       "bits to layers; leave it out"},
      {{"--budget", "latency=0.5x", "--method", "autoq", "--bits-by", "kernel"},
       "--bits-by: unknown choice 'kernel' (known: filter, layer, network)"},
      {{"--budget", "latency=0.5x", "--method", "anneal", "--warmup", "3"},
       "--warmup: is of --method haq and autoq, whose agents begin at random; anneal has no agent; "
       "leave it out"},
      {{"--budget", "latency=0.5x", "--method", "autoq", "--init", "hawq-v3", "--sensitivity", "s"},
       "--init and --method autoq: it begins nowhere; leave --init out"},
  };
  for (const auto& [more, complaint] : cases) {
    const ProgramResult result = run_bitloom(search(more, folder.file("run")));
    EXPECT_EQ(result.exit_code, 2) << complaint;
    EXPECT_NE(result.err.find(complaint), std::string::npos) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_FALSE(std::filesystem::exists(folder.file("run"))) << complaint;
  }
}

/// The long options that a help lists.
std::set<std::string> options_in(const std::string& help) {
  const std::regex option("\n +(?:-[a-z],)?(--[a-z0-9-]+)");
  std::set<std::string> found;
  for (std::sregex_iterator each(help.begin(), help.end(), option), end; each != end; ++each)
    found.insert((*each)[1]);
  return found;
}

TEST(MeasuredSearchErrors, TellWhichSearchAnOptionIsOf) {
  const std::vector<std::string> kinds[] = {{"search"}, {"search", "--method", "haq"}};
  const std::string whose[] = {" is of searches by sensitivities: ",
                               " is of searches that measure accuracy: "};
  std::set<std::string> options[2];
  for (const int i : {0, 1}) {
    std::vector<std::string> help = kinds[i];
    help.emplace_back("--help");
    options[i] = options_in(run_bitloom(help).out);
    ASSERT_GT(options[i].size(), 20u);
  }
  for (const int i : {0, 1})
    for (const std::string& option : options[i]) {
      if (options[1 - i].count(option) > 0 || option == "--weights") continue;
      std::vector<std::string> given = kinds[1 - i];
      given.insert(given.end(), {option, "x"});
      const ProgramResult result = run_bitloom(given);
      EXPECT_EQ(result.exit_code, 2);
      EXPECT_NE(result.err.find(option + whose[i]), std::string::npos) << result.err;
    }
}

/// CIFAR-10's records, each of one grey.
std::string records(int first, int count) {
  std::string bytes;
  for (int i = first; i < first + count; ++i)
    bytes += std::string(1, static_cast<char>(i % 10)) + std::string(3072, static_cast<char>(i));
  return bytes;
}

TEST(MeasuredSearchErrors, KnowFinalImagesByWhatIsInThem) {
  const TemporaryFolder folder;
  const std::string data = "cifar10:" + folder.write("data.bin", records(0, 100));
  const auto complaint = [&](const std::string& test) {
    const ProgramResult result = run_bitloom(
        search({"--data", data, "--test-data", "cifar10:" + test, "--reward-images", "100",
                "--budget", "latency=1x", "--weight-bits", "8", "--activation-bits", "8"},
               folder.file("run")));
    EXPECT_EQ(result.exit_code, 2);
    return result.err;
  };
  const std::string copy = folder.write("copy.bin", records(0, 100));
  EXPECT_NE(complaint(copy).find("is also among the images of the final figures (" + copy),
            std::string::npos);
  // One of a hundred may be there twice, as in published sets.
  EXPECT_NE(complaint(folder.write("one.bin", records(99, 50))).find("there is nothing to search"),
            std::string::npos);
}

}  // namespace
}  // namespace bitloom::testing
