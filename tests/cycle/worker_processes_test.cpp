#include "base/worker_processes.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "sim/families/bismo/cycle.h"
#include "tests/cycle/random_case.h"

namespace bitloom {
namespace {

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD; }

TEST(WorkerProcesses, AnswerInOrderWhateverTheirNumber) {
  const auto square = [](std::int64_t i) { return std::to_string(i * i); };
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) expected.push_back(std::to_string(i * i));
  for (const int processes : {1, 2, 3, 200}) {
    std::vector<std::int64_t> progress;
    const auto answers = map_in_processes(100, processes, square,
                                          [&](std::int64_t done) { progress.push_back(done); });
    EXPECT_EQ(answers, expected);
    ASSERT_EQ(progress.size(), 100u);
    EXPECT_EQ(progress.front(), 1);
    EXPECT_EQ(progress.back(), 100);
    EXPECT_FALSE(has_children());
  }
  EXPECT_TRUE(map_in_processes(0, 4, square).empty());
}

TEST(WorkerProcesses, CarryAnswersLargerThanAPipe) {
  const auto answers =
      map_in_processes(3, 2, [](std::int64_t i) { return std::string(1 << 20, "abc"[i]); });
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(answers[i], std::string(1 << 20, static_cast<char>('a' + i)));
}

TEST(WorkerProcesses, AreOtherProcesses) {
  const pid_t here = ::getpid();
  const auto answers = map_in_processes(
      8, 2, [&](std::int64_t) { return std::string(::getpid() == here ? "here" : "elsewhere"); });
  EXPECT_EQ(answers, std::vector<std::string>(8, "elsewhere"));
}

template <class Error>
std::string message(const std::function<std::string(std::int64_t)>& work) {
  try {
    map_in_processes(50, 3, work);
  } catch (const Error& error) {
    return error.what();
  }
  return "no such error";
}

TEST(WorkerProcesses, PassOnErrorsAndLeaveNoProcessBehind) {
  EXPECT_EQ(message<UserError>([](std::int64_t i) -> std::string {
              if (i == 20) throw UserError("layer 20 is too wide");
              return "";
            }),
            "layer 20 is too wide");
  EXPECT_FALSE(has_children());
  EXPECT_EQ(message<InternalError>([](std::int64_t i) -> std::string {
              ensure(i < 5, "five at most");
              return "";
            }),
            "five at most");
  EXPECT_FALSE(has_children());
}

TEST(WorkerProcesses, ThatDieAreReported) {
  EXPECT_EQ(message<UserError>([](std::int64_t i) -> std::string {
              if (i == 7) ::raise(SIGKILL);
              return "";
            }),
            "a worker process was ended by Killed before it answered");
  EXPECT_FALSE(has_children());
}

TEST(WorkerProcesses, SimulateAsOneProcessDoes) {
  std::mt19937 random(61);
  std::vector<Case> cases;
  for (int i = 0; i < 40; ++i) cases.emplace_back(random);
  const auto simulate = [&](std::int64_t i) {
    const Case& c = cases[static_cast<std::size_t>(i)];
    return std::to_string(cycle::run(c.schedule(), c.hardware).timing.total.count());
  };
  const auto parallel = map_in_processes(40, 2, simulate);  // first: forked before any SystemC
  EXPECT_EQ(parallel, map_in_processes(40, 1, simulate));
  EXPECT_EQ(parallel, map_in_processes(40, 2, simulate));
}

}  // namespace
}  // namespace bitloom
