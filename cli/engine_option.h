#pragma once

#include <optional>
#include <string>

#include "pipelines/choices.h"

namespace CLI {
class App;
}  // namespace CLI

namespace bitloom::cli {

/// `--engine`, `--stalls` and `--jobs`: how the schedule is priced.
struct EngineOption {
  std::string engine = "analytic";
  std::optional<std::string> stalls;
  std::optional<std::string> jobs;
  void add_to(CLI::App& command);
  sim::EngineOptions load() const;
  pipelines::EngineChoice choice() const { return {load(), processes()}; }
  /// Processes to use: `--jobs`, else the machine's processors for the cycle engine and one for the
  /// analytic one, which is done before a process has started.
  int processes() const;
};

}  // namespace bitloom::cli
