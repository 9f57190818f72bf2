// Training as a user meets it: killed, gone on with, refused.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

std::vector<std::string> training(const std::string& folder) {
  return {"train",      "--network",
          "resnet20",   "--data",
          "shapes32:3", "--images",
          "1024",       "--epochs",
          "3",          "--batch",
          "32",         "--validation-data",
          "shapes32:3", "--validation-images",
          "64",         "--seed",
          "5",          "-o",
          folder};
}

/// An epoch of 32 images.
std::vector<std::string> short_training(const std::string& folder) {
  auto arguments = training(folder);
  arguments[6] = "32";  // images
  arguments[8] = "1";   // epochs
  return arguments;
}

TEST(SlowTraining, KilledTenTimesEndsWithTheSameBits) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_bitloom(training(folder.file("whole"))).exit_code, 0);
  constexpr int kKills = 10;
  int kills = 0;
  // Later attempts get more time, so that the run ends at last however slow the machine is.
  for (int attempt = 0; kills < 200; ++attempt) {
    if (ends_within(training(folder.file("killed")),
                    std::chrono::milliseconds(800 + 97 * (attempt % 7) + 25 * attempt)))
      break;
    ++kills;
  }
  EXPECT_GE(kills, kKills) << "the run ended too soon to be killed often: make it longer";
  for (const char* file : {"best.safetensors", "checkpoint.safetensors", "log.csv"}) {
    const std::string whole = contents(folder.path() / "whole" / file);
    EXPECT_FALSE(whole.empty());
    EXPECT_TRUE(whole == contents(folder.path() / "killed" / file)) << file << " differs";
  }
}

TEST(Training, GivesTheNetworkTheClassesThatAreAskedForAndItsWeightsTellThem) {
  const TemporaryFolder folder;
  auto arguments = short_training(folder.file("run"));
  arguments.insert(arguments.end(), {"--classes", "12"});
  const ProgramResult trained = run_bitloom(arguments);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const std::string weights = folder.file("run/best.safetensors");
  const std::vector<std::string> evaluate{"evaluate", "--network", "resnet20", "--weights",
                                          weights,    "--data",    "shapes32", "--images",
                                          "20",       "--float"};
  const ProgramResult evaluated = run_bitloom(evaluate);
  EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
  auto of_10 = evaluate;
  of_10.insert(of_10.end(), {"--classes", "10"});
  expect_refused(of_10, weights + ": tensor 'linear.weight' is 12x64, must be 10x64");
  auto fewer = arguments;
  fewer.back() = "9";
  EXPECT_EQ(run_bitloom(fewer).exit_code, 2) << "shapes32 has 10";
}

TEST(SlowTraining, OfAFolderWithAnotherRunIsRefused) {
  const TemporaryFolder folder;
  const auto arguments = short_training(folder.file("run"));
  ASSERT_EQ(run_bitloom(arguments).exit_code, 0);
  auto other = arguments;
  other[8] = "2";
  expect_refused(other,
                 folder.file("run/manifest.json") +
                     ": the run there has epochs \"1\", not \"2\"; choose another folder, or "
                     "the same options");
  folder.write("file", "");
  other.back() = folder.path().string();
  expect_refused(other, folder.path().string() +
                            ": is there already and is no run's folder: it has no manifest.json");
}

TEST(SlowTraining, WhoseCheckpointIsGoneOrDamagedIsRefused) {
  const TemporaryFolder folder;
  const auto arguments = short_training(folder.file("run"));
  ASSERT_EQ(run_bitloom(arguments).exit_code, 0);
  const std::string checkpoint = folder.file("run/checkpoint.safetensors");
  const std::string best = folder.file("run/best.safetensors");
  const std::string whole = contents(checkpoint), whole_best = contents(best);

  std::string flipped = whole;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 16);
  folder.write("run/checkpoint.safetensors", flipped);
  ProgramResult result = run_bitloom(arguments);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find(checkpoint + ": is damaged: "), std::string::npos) << result.err;
  folder.write("run/checkpoint.safetensors", whole);

  folder.write("run/best.safetensors", "");
  expect_refused(arguments, best +
                                ": 0 bytes are no safetensors file: it begins with 8 bytes of "
                                "header length");
  folder.write("run/best.safetensors", whole_best);
  EXPECT_EQ(run_bitloom(arguments).exit_code, 0);

  std::filesystem::remove(checkpoint);
  expect_refused(arguments, checkpoint +
                                ": is missing, but log.csv says that the training had "
                                "begun: put it back, or begin anew in another folder");
  EXPECT_FALSE(std::filesystem::exists(checkpoint));
  EXPECT_EQ(contents(best), whole_best);
}

TEST(SlowTraining, FromAHalfWrittenCheckpointIsRefusedAndNothingIsOverwritten) {
  const TemporaryFolder folder;
  const auto arguments = short_training(folder.file("run"));
  ASSERT_EQ(run_bitloom(arguments).exit_code, 0);
  const std::string checkpoint = folder.file("run/checkpoint.safetensors");
  std::filesystem::resize_file(checkpoint, std::filesystem::file_size(checkpoint) / 2);
  const std::string before = contents(checkpoint);
  const ProgramResult result = run_bitloom(arguments);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find(checkpoint + ": tensor '"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("is it cut off?"), std::string::npos) << result.err;
  EXPECT_EQ(before, contents(checkpoint));
}

}  // namespace
}  // namespace bitloom::testing
