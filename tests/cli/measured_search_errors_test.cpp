#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

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
                                     "--data",
                                     "shapes32",
                                     "-o",
                                     folder};
  arguments.insert(arguments.end(), more.begin(), more.end());
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
       "no policy keeps latency_ms"},
      {{"--budget", "latency=1x", "--weight-bits", "8", "--activation-bits", "8"},
       "there is nothing to search: every layer has its bits fixed"},
      {{"--budget", "latency=0.5x", "--pareto", "5"},
       "bitloom search: --pareto is of searches by sensitivities: leave out --weights, and choose "
       "--method hawq-v3, hawq-v2 or hawq"},
      {{"--budget", "latency=0.5x", "--episodes", "0"}, "--episodes '0': must be"},
  };
  for (const auto& [more, complaint] : cases) {
    const ProgramResult result = run_bitloom(search(more, folder.file("run")));
    EXPECT_EQ(result.exit_code, 2) << complaint;
    EXPECT_NE(result.err.find(complaint), std::string::npos) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_FALSE(std::filesystem::exists(folder.file("run"))) << complaint;
  }
}

}  // namespace
}  // namespace bitloom::testing
