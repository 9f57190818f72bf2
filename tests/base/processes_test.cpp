#include "base/processes.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "base/worker_processes.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

ProcessEnd shell(const std::string& script) { return run_program({"sh", "-c", script}); }

TEST(RunProgram, TellsHowItEnded) {
  EXPECT_TRUE(shell("exit 0").succeeded());
  EXPECT_EQ(shell("exit 7").exit_code, 7);
  EXPECT_FALSE(shell("exit 7").succeeded());
  const ProcessEnd killed = shell("kill -9 $$");
  EXPECT_EQ(killed.signal, SIGKILL);
  EXPECT_FALSE(killed.succeeded());
}

TEST(RunProgram, WritesItsOutputToAFile) {
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("out", "what was there before, and longer");
  const std::vector<std::string> program{"sh", "-c", "echo out; echo error >&2"};
  run_program(program, OutputToFile{file, true});
  EXPECT_EQ(testing::contents(file), "out\nerror\n");
}

TEST(RunProgram, SaysWhyItCannotStart) {
  const auto start = [] { run_program({"bitloom-nowhere", "x"}); };
  EXPECT_EQ(testing::complaint(start),
            "bitloom-nowhere cannot be started: No such file or directory");
  try {
    start();
  } catch (const UserError& error) {
    EXPECT_EQ(error.kind(), UserError::Kind::kResource);
  }
}

TEST(IsRunning, KnowsProcessesThatAreThere) {
  EXPECT_TRUE(is_running(::getpid()));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  wait_for_end(child);
  EXPECT_FALSE(is_running(child));
}

TEST(Pipe, EndsWithItsWriter) {
  Pipe pipe = make_pipe();
  EXPECT_TRUE(write_all(pipe.write, "abc", 3));
  pipe.write = Descriptor();
  char text[4] = {};
  EXPECT_TRUE(read_all(pipe.read, text, 2));
  EXPECT_FALSE(read_all(pipe.read, text, 2)) << "one byte is left";
}

UserError::Kind kind_of_failure(void (*fail)()) {
  try {
    map_in_processes(2, 2, [&](std::int64_t) {
      fail();
      return std::string();
    });
  } catch (const UserError& error) {
    return error.kind();
  }
  return UserError::Kind::kInput;
}

TEST(WorkerProcesses, HandOnTheKindOfAnError) {
  EXPECT_EQ(kind_of_failure([] { throw unsupported("no such engine"); }),
            UserError::Kind::kUnsupported);
  EXPECT_EQ(kind_of_failure([] { throw UserError("full", UserError::Kind::kResource); }),
            UserError::Kind::kResource);
}

TEST(WorkerProcesses, ThatDieAreTheirOwnKindOfError) {
  EXPECT_EQ(kind_of_failure([] { ::raise(SIGKILL); }), UserError::Kind::kWorkerDied);
}

/// As LibTorch's, which wait for work where bitloom-learn prices layers.
TEST(WorkerProcesses, WorkBesideThreadsThatTheyDoNotHave) {
  std::atomic<bool> runs = false, ends = false;
  std::thread waits([&] {
    runs = true;
    runs.notify_all();
    ends.wait(false);
  });
  // A thread that is starting takes AddressSanitizer's locks, which a fork of that moment would
  // hand to a worker for ever.
  runs.wait(false);
  for (int round = 0; round < 20; ++round)
    EXPECT_EQ(map_in_processes(4, 2,
                               [](std::int64_t index) {
                                 try {
                                   throw UserError(std::string(1000, 'y'));
                                 } catch (const UserError& error) {
                                   return error.what() + std::to_string(index);
                                 }
                               })
                  .back(),
              std::string(1000, 'y') + "3");
  ends = true;
  ends.notify_all();
  waits.join();
}

TEST(ShellWord, IsOneWordForAShell) {
  EXPECT_EQ(shell_word("a/b-c_1.sv"), "a/b-c_1.sv");
  const testing::TemporaryFolder folder;
  for (const std::string text : {"", "a b", "it's", "$HOME", "a;b", "x\ny", "*"}) {
    const std::string file = folder.file("out.txt");
    run_program({"/bin/sh", "-c", "printf %s " + shell_word(text)}, OutputToFile{file});
    EXPECT_EQ(read_file(file), text);
  }
}

}  // namespace
}  // namespace bitloom
