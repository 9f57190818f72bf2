#include "base/worker_processes.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/processes.h"

namespace bitloom {
namespace {

enum class Outcome : char { kAnswer, kUserError, kInternalError };

/// What precedes an answer's text in the pipe.
struct Header {
  Outcome outcome;
  UserError::Kind kind;  // of a kUserError
  std::int64_t length;
};

/// A worker's life: indices in, answers out, until there are no more indices or nobody listens.
/// Nothing may leave it: the caller's code would run twice.
void serve(const Descriptor& indices, const Descriptor& answers,
           const std::function<std::string(std::int64_t)>& work) noexcept {
  std::signal(SIGTERM, SIG_DFL);
  for (std::int64_t index = 0; read_all(indices, &index, sizeof index);) {
    Header header{Outcome::kAnswer, UserError::Kind::kInput, 0};
    std::string text;
    try {
      text = work(index);
    } catch (const UserError& error) {
      header.outcome = Outcome::kUserError;
      header.kind = error.kind();
      text = error.what();
    } catch (const std::exception& error) {
      header.outcome = Outcome::kInternalError;
      text = error.what();
    }
    header.length = static_cast<std::int64_t>(text.size());
    if (!write_all(answers, &header, sizeof header)) return;
    if (!write_all(answers, text.data(), text.size())) return;
  }
}

/// A forked process, seen from its parent; ended and reaped with its owner.
class Worker {
 public:
  /// `others` are those of the workers before it, whose pipes the new process closes.
  Worker(const std::function<std::string(std::int64_t)>& work, std::vector<Worker>& others) {
    Pipe indices = make_pipe();
    Pipe answers = make_pipe();
    process_ = ::fork();
    if (process_ < 0)
      throw UserError(std::string("no worker process can be started: ") + std::strerror(errno),
                      UserError::Kind::kResource);
    if (process_ == 0) {
      for (Worker& other : others) other.forget();
      indices.write = Descriptor();
      answers.read = Descriptor();
      serve(indices.read, answers.write, work);
      ::_exit(0);
    }
    indices_ = std::move(indices.write);
    answers_ = std::move(answers.read);
  }
  Worker(Worker&& other) noexcept
      : process_(std::exchange(other.process_, -1)),
        index_(other.index_),
        indices_(std::move(other.indices_)),
        answers_(std::move(other.answers_)) {}
  Worker& operator=(Worker&&) = delete;
  ~Worker() {
    if (process_ <= 0) return;
    ::kill(process_, SIGTERM);
    wait_for_end(process_);
  }

  int answers() const { return answers_.number(); }
  std::optional<std::int64_t> index() const { return index_; }

  void give(std::int64_t index) {
    index_ = index;
    // A worker that has died is noticed when it does not answer.
    write_all(indices_, &index, sizeof index);
  }

  /// Its answer to the index that it was given; throws what it threw.
  std::string take() {
    Header header{};
    if (!read_all(answers_, &header, sizeof header)) throw died();
    std::string text(static_cast<std::size_t>(header.length), '\0');
    if (!read_all(answers_, text.data(), text.size())) throw died();
    index_.reset();
    if (header.outcome == Outcome::kUserError) throw UserError(text, header.kind);
    if (header.outcome == Outcome::kInternalError) throw InternalError(text);
    return text;
  }

 private:
  void forget() {
    process_ = -1;
    indices_ = Descriptor();
    answers_ = Descriptor();
  }
  UserError died() {
    const ProcessEnd end = wait_for_end(std::exchange(process_, -1));
    const std::string how = end.signal != 0 ? std::string("was ended by ") + ::strsignal(end.signal)
                                            : "ended by itself";
    return UserError("a worker process " + how + " before it answered",
                     UserError::Kind::kWorkerDied);
  }

  pid_t process_ = -1;
  std::optional<std::int64_t> index_;  // that it works on
  Descriptor indices_;
  Descriptor answers_;
};

/// Until restored, writing to a worker that has died is an error and not the end of this process.
class IgnorePipeSignal {
 public:
  IgnorePipeSignal() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~IgnorePipeSignal() { std::signal(SIGPIPE, before_); }

 private:
  void (*before_)(int);
};

/// Waits until one of the workers has something to say.
std::vector<pollfd> wait_for(const std::vector<Worker>& workers) {
  std::vector<pollfd> waits;
  waits.reserve(workers.size());
  for (const Worker& worker : workers)
    waits.push_back({worker.index() ? worker.answers() : -1, POLLIN, 0});
  while (::poll(waits.data(), waits.size(), -1) < 0)
    if (errno != EINTR) throw InternalError(std::string("poll: ") + std::strerror(errno));
  return waits;
}

}  // namespace

std::vector<std::string> map_in_processes(std::int64_t count, int processes,
                                          const std::function<std::string(std::int64_t)>& work,
                                          const std::function<void(std::int64_t)>& done) {
  std::vector<std::string> answers(static_cast<std::size_t>(count));
  std::int64_t finished = 0;
  const auto finish = [&](std::int64_t index, std::string answer) {
    answers[static_cast<std::size_t>(index)] = std::move(answer);
    ++finished;
    if (done) done(finished);
  };
  if (processes <= 1) {
    for (std::int64_t i = 0; i < count; ++i) finish(i, work(i));
    return answers;
  }

  const IgnorePipeSignal ignore;
  std::vector<Worker> workers;
  workers.reserve(static_cast<std::size_t>(processes));
  std::int64_t next = 0;
  for (; next < std::min<std::int64_t>(processes, count); ++next) {
    workers.emplace_back(work, workers);
    workers.back().give(next);
  }
  while (finished < count) {
    const std::vector<pollfd> waits = wait_for(workers);
    for (std::size_t i = 0; i < workers.size(); ++i) {
      if (waits[i].revents == 0) continue;
      const std::int64_t index = *workers[i].index();
      finish(index, workers[i].take());
      if (next < count) workers[i].give(next++);
    }
  }
  return answers;
}

}  // namespace bitloom
