#pragma once

#include <chrono>
#include <cstdint>
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

/// A line on standard error for work that takes over two seconds: how much is done and how long is
/// left. On a terminal the line is rewritten and goes when the work ends; elsewhere one is printed
/// every ten seconds.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// `done` may count parts of what is under way.
  void update(double done, std::int64_t of);

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_;
  bool terminal_;
  bool shown_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_;
};

}  // namespace bitloom::cli
