#include "cli/host.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "cli/interruption.h"
#include "cli/progress.h"

namespace bitloom::cli {
namespace {

/// Steps that have begun and not ended, each with its line; the last one is told of.
class Steps {
 public:
  void hear(const pipelines::Progress& told) {
    if (told.ended) return lines_.pop_back();
    if (lines_.empty() || lines_.back().first != told.step) {
      lines_.emplace_back(
          told.step, std::make_unique<Progress>(std::string(told.step), std::string(told.unit)));
      return;
    }
    Progress& line = *lines_.back().second;
    line.begin_at(told.already);
    if (told.of > 0)
      line.update(told.done, told.of, told.note);
    else
      line.tell(told.note);
  }

 private:
  std::vector<std::pair<std::string, std::unique_ptr<Progress>>> lines_;
};

/// The command line: the program's name and its arguments.
std::vector<std::string> own_arguments() {
  std::vector<std::string> arguments;
  std::ifstream stream("/proc/self/cmdline", std::ios::binary);
  for (std::string one; std::getline(stream, one, '\0');)
    arguments.push_back(arguments.empty() ? "bitloom" : one);
  return arguments;
}

}  // namespace

pipelines::Host host() {
  const char* configs = std::getenv("BITLOOM_CONFIGS");
  const auto steps = std::make_shared<Steps>();
  return {
      .progress = [steps](const pipelines::Progress& told) { steps->hear(told); },
      .resumable = promise_to_go_on,
      .warning = [](const std::string& line) { std::cerr << line + "\n"; },
      .hardware_folder = configs && *configs ? std::string(configs) + "/hardware" : std::string(),
      .arguments = own_arguments()};
}

}  // namespace bitloom::cli
