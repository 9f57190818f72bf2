#include "cli/interruption.h"

#include <unistd.h>

#include <csignal>
#include <string_view>

namespace bitloom::cli {
namespace {

extern "C" void end_with_a_word(int signal) {
  constexpr std::string_view kWord = "\nstopped; the same command goes on from here\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kWord.data(), kWord.size());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

void promise_to_go_on() {
  if (std::signal(SIGINT, end_with_a_word) == SIG_IGN) std::signal(SIGINT, SIG_IGN);
}

}  // namespace bitloom::cli
