#include "cli/host.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "cli/configs.h"
#include "cli/interruption.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "reports/text/text_table.h"

namespace bitloom::cli {
namespace {

/// A step that has begun and not ended.
struct StepLine {
  explicit StepLine(const pipelines::Progress& told)
      : step(told.step), progress(step, std::string(told.unit)) {
    if (!told.note.empty()) notice.emplace(fmt::format("{}: {}", step, told.note));
  }
  std::string step;
  std::optional<Notice> notice;  // what takes its time
  Progress progress;
};

/// Steps, each with its line; the last one is told of.
class Steps {
 public:
  void hear(const pipelines::Progress& told) {
    if (told.ended) return lines_.pop_back();
    if (lines_.empty() || lines_.back()->step != told.step) {
      lines_.push_back(std::make_unique<StepLine>(told));
      return;
    }
    Progress& line = lines_.back()->progress;
    line.begin_at(told.already);
    if (told.of > 0)
      line.update(told.done, told.of, told.note, told.more);
    else
      line.tell(told.note);
  }

 private:
  std::vector<std::unique_ptr<StepLine>> lines_;
};

/// A line, and in a terminal as many as it takes.
std::string warning_text(const std::string& line) {
  const std::size_t width = terminal_width(STDERR_FILENO);
  return width == reports::TextTable::kUnlimited ? line + "\n" : reports::wrapped(line, width, "");
}

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
  const auto told = std::make_shared<std::set<std::string>>();  // warnings, each of them once
  return {
      .progress = [steps](const pipelines::Progress& told) { steps->hear(told); },
      .resumable = promise_to_go_on,
      .warning =
          [told](const std::string& line) {
            if (told->insert(line).second) std::cerr << warning_text(line);
          },
      .hardware_folder = configs && *configs ? std::string(configs) + "/hardware" : std::string(),
      .cache_folder = cache_folder(),
      .arguments = own_arguments()};
}

}  // namespace bitloom::cli
