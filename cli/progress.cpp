#include "cli/progress.h"

#include <unistd.h>

#include <cmath>
#include <iostream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace bitloom::cli {

using namespace std::chrono_literals;

Notice::Notice(const std::string& text) {
  if (::isatty(STDERR_FILENO) != 0) std::cerr << text << std::flush;
}

Notice::~Notice() {
  if (::isatty(STDERR_FILENO) != 0) std::cerr << "\r\x1b[K" << std::flush;
}

Progress::Progress(std::string what, std::string unit)
    : what_(std::move(what)),
      unit_(std::move(unit)),
      terminal_(::isatty(STDERR_FILENO) != 0),
      next_(start_ + 2s) {}

Progress::~Progress() {
  if (terminal_ && shown_) std::cerr << "\r\x1b[K" << std::flush;
}

namespace {

/// `42 s`, `3 min 20 s`, `13 min`, `2 h 5 min`.
std::string duration_text(double seconds) {
  const auto whole = std::llround(seconds);
  if (whole < 100) return fmt::format("{} s", whole);
  if (whole < 600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  if (whole < 6000) return fmt::format("{} min", whole / 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

}  // namespace

std::string progress_text(ProgressParts parts, std::size_t columns) {
  const auto text = [&] {
    return fmt::format("{}{}{}{}{}{}, {} left", parts.count, parts.unit, parts.rate, parts.percent,
                       parts.note, parts.more, parts.left);
  };
  for (std::string* part : {&parts.percent, &parts.rate, &parts.unit, &parts.more}) {
    if (text().size() <= columns) break;
    part->clear();
  }
  return text();
}

bool Progress::is_due(Clock::time_point now) {
  if (now < next_) return false;
  next_ = now + (terminal_ ? Clock::duration(200ms) : Clock::duration(10s));
  return true;
}

void Progress::show(const std::string& line) {
  shown_ = true;
  std::cerr << fmt::format("{}{}: {}{}", terminal_ ? "\r" : "", what_, line,
                           terminal_ ? "\x1b[K" : "\n")
            << std::flush;
}

void Progress::update(double done, std::int64_t of, const std::string& note,
                      const std::function<std::string()>& more) {
  const Clock::time_point now = Clock::now();
  const auto all = static_cast<double>(of);
  if (done <= already_ || done >= all || !is_due(now)) return;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double rate = (done - already_) / elapsed;
  const auto columns = kColumns - what_.size() - 2;
  show(progress_text({.count = fmt::format("{} of {}", static_cast<std::int64_t>(done), of),
                      .unit = unit_.empty() ? "" : " " + unit_,
                      .rate = unit_.empty() ? "" : fmt::format(", {:.0f}/s", rate),
                      .percent = fmt::format(" ({:.0f} %)", std::floor(100 * done / all)),
                      .note = note,
                      .more = more ? more() : "",
                      .left = duration_text((all - done) / rate)},
                     columns));
}

void Progress::tell(const std::string& how) {
  const Clock::time_point now = Clock::now();
  if (is_due(now))
    show(fmt::format("{}, {}", how,
                     duration_text(std::chrono::duration<double>(now - start_).count())));
}

}  // namespace bitloom::cli
