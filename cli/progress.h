#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace bitloom::cli {

/// A line on a terminal's standard error for as long as it lives, for work that cannot tell how far
/// it is.
class Notice {
 public:
  explicit Notice(const std::string& text);
  ~Notice();
  Notice(const Notice&) = delete;
  Notice& operator=(const Notice&) = delete;
};

/// What a line of progress tells, each part with what parts it from the one before.
struct ProgressParts {
  std::string count;  // `3072 of 16384`
  std::string unit, rate, percent, note, more;
  std::string left;  // `13 s`
};

/// The line, of which parts are left out until it has no more than so many columns: the percentage
/// first, then the rate, the unit and `more`.
std::string progress_text(ProgressParts parts, std::size_t columns);

/// A line on standard error for work that takes over two seconds: how much is done and how long is
/// left. On a terminal the line is rewritten and goes when the work ends; elsewhere one is printed
/// every ten seconds.
class Progress {
 public:
  /// `unit`, such as `images`, is told with its rate where it is given.
  explicit Progress(std::string what, std::string unit = {});
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Work that an earlier run did: it says nothing of the time that is left.
  void begin_at(double done) { already_ = done; }
  /// `done` may count parts of what is under way; `note` is said behind the count, and then `more`,
  /// which is asked for only where a line is shown.
  void update(double done, std::int64_t of, const std::string& note = {},
              const std::function<std::string()>& more = {});
  /// For work that cannot tell how much is left: how it stands.
  void tell(const std::string& how);

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kColumns = 79;  // that a terminal shows without a break
  /// Whether it is time for a line; says when the next one is due.
  bool is_due(Clock::time_point now);
  void show(const std::string& line);
  std::string what_, unit_;
  bool terminal_;
  bool shown_ = false;
  double already_ = 0;  // done before this run
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_;
};

}  // namespace bitloom::cli
