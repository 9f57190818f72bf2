// A run's folder: one process at a time, and the same options each time.
#include "pipelines/run_folder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>

#include <nlohmann/json.hpp>

#include "pipelines/manifest.h"
#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::pipelines {
namespace {

using testing::complaint;

Manifest asking(const std::string& seed) {
  Manifest manifest("train");
  manifest.option("seed", seed);
  manifest.option("split", std::optional<std::string>());
  return manifest;
}

std::string complaint_of(const std::string& path, const std::string& seed) {
  return complaint([&] { RunFolder(path, asking(seed), {}); });
}

TEST(RunFolder, StartedManyTimesAtOnceIsOneRuns) {
  constexpr int kStarts = 16;
  for (int round = 0; round < 20; ++round) {
    const testing::TemporaryFolder folder;
    const std::string path = folder.file("run");
    std::latch start(kStarts), end(kStarts);
    std::atomic<int> winner = -1, winners = 0, refused = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < kStarts; ++i)
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        std::unique_ptr<RunFolder> mine;
        try {
          mine = std::make_unique<RunFolder>(path, asking(std::to_string(i)), Host{});
          winner = i;
          ++winners;
        } catch (const std::exception& error) {
          if (error.what() == path + ": another process is at work there") ++refused;
        }
        end.arrive_and_wait();  // held until all have tried
      });
    threads.clear();
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(refused, kStarts - 1);
    const auto manifest = nlohmann::json::parse(testing::contents(path + "/manifest.json"));
    EXPECT_EQ(manifest["seed"], std::to_string(winner));
  }
}

TEST(RunFolder, IsGoneOnWithByTheSameOptionsAlone) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.file("a/run");
  { const RunFolder first(path, asking("1"), {.arguments = {"bitloom", "train"}}); }
  EXPECT_EQ(complaint_of(path, "2"),
            path +
                "/manifest.json: the run there has seed \"1\", not \"2\"; choose another folder, "
                "or the same options");
  EXPECT_EQ(complaint_of(path, "1"), "no complaint");
  const auto manifest = nlohmann::json::parse(testing::contents(path + "/manifest.json"));
  EXPECT_EQ(manifest["arguments"], (nlohmann::json{"bitloom", "train"}));
  EXPECT_TRUE(manifest["split"].is_null());
}

TEST(RunFolder, IsGoneOnWithWhereAnOptionIsNoUtf8) {
  const testing::TemporaryFolder folder;
  const std::string path = folder.file("run");
  for (int run = 0; run < 2; ++run)
    EXPECT_EQ(complaint_of(path, "caf\xe9.bin"), "no complaint") << run;
}

TEST(RunFolder, TellsTheOptionThatDiffersBeforeWhatItCameTo) {
  const nlohmann::ordered_json there{{"images", 64}, {"data_hash", "a"}, {"epochs", "1"}};
  nlohmann::ordered_json wanted{{"images", 65}, {"data_hash", "b"}, {"epochs", "2"}};
  EXPECT_EQ(difference(there, wanted), "epochs \"1\", not \"2\"");
  wanted["epochs"] = "1";
  EXPECT_EQ(difference(there, wanted), "images 64, not 65");
  EXPECT_EQ(difference(there, there), std::nullopt);
}

TEST(RunFolder, IsNoFolderOfSomethingElse) {
  const testing::TemporaryFolder folder;
  folder.write("file", "");
  for (const std::string& path : {folder.path().string(), folder.file("file")})
    EXPECT_EQ(complaint_of(path, "1"),
              path + ": is there already and is no run's folder: it has no manifest.json");
  EXPECT_EQ(complaint_of("", "1"), "--output '': an empty text is no folder's name");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"file"});
}

}  // namespace
}  // namespace bitloom::pipelines
