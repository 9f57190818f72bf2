#include "cli/progress.h"

#include <unistd.h>

#include <cmath>
#include <iostream>

#include <fmt/format.h>

namespace bitloom::cli {

using namespace std::chrono_literals;

Notice::Notice(const std::string& text) {
  if (::isatty(STDERR_FILENO) != 0) std::cerr << text << std::flush;
}

Notice::~Notice() {
  if (::isatty(STDERR_FILENO) != 0) std::cerr << "\r\x1b[K" << std::flush;
}

Progress::Progress(std::string what)
    : what_(std::move(what)), terminal_(::isatty(STDERR_FILENO) != 0), next_(start_ + 2s) {}

Progress::~Progress() {
  if (terminal_ && shown_) std::cerr << "\r\x1b[K" << std::flush;
}

void Progress::update(double done, std::int64_t of) {
  const Clock::time_point now = Clock::now();
  const auto all = static_cast<double>(of);
  if (now < next_ || done <= 0 || done >= all) return;
  next_ = now + (terminal_ ? Clock::duration(200ms) : Clock::duration(10s));
  shown_ = true;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double left = elapsed * (all - done) / done;
  std::cerr << fmt::format("{}{}: {} of {} ({:.0f} %), {:.0f} s left{}", terminal_ ? "\r" : "",
                           what_, static_cast<std::int64_t>(done), of, std::floor(100 * done / all),
                           left, terminal_ ? "\x1b[K" : "\n")
            << std::flush;
}

}  // namespace bitloom::cli
