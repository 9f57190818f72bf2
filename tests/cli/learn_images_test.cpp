// Images and options of the commands that run networks: what is told of them, and that none is
// ignored in silence.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using Arguments = std::vector<std::string>;

const std::string kShapesWeights =
    std::string(BITLOOM_SOURCE_DIR) + "/models/trained/resnet20-shapes32.safetensors";

Arguments with_shapes(const std::string& command, const Arguments& more,
                      const std::string& weights = kShapesWeights) {
  Arguments all{command, "--network", "resnet20", "--weights", weights, "--data", "shapes32"};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string warning_of(const Arguments& arguments) {
  const ProgramResult result = run_bitloom(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.err;
}

TEST(EvaluatedImages, AreInItsJsonWithSplitsAndCounts) {
  const TemporaryFolder folder;
  const std::string split = folder.write("split.txt", "5\n3\n11\n");
  std::string indices;
  for (int i = 0; i < 40; ++i) indices += std::to_string(i) + "\n";
  const std::string calibration = folder.write("calibration.txt", indices);
  const auto told = [&](const Arguments& more) {
    Arguments all = with_shapes("evaluate", {"--split", split, "--json", "-"});
    all.insert(all.end(), more.begin(), more.end());
    return nlohmann::json::parse(run_bitloom(all).out);
  };
  const auto own = told({});
  EXPECT_EQ(own["split"], split);
  EXPECT_EQ(own["images"], 3);
  EXPECT_EQ(own["calibration"], "256 training images of shapes32");
  EXPECT_EQ(own["calibration_images"], 256);
  EXPECT_FALSE(own.contains("calibration_split"));
  const auto chosen = told({"--calibration-data", "shapes32", "--calibration-split", calibration});
  EXPECT_EQ(chosen["calibration"], "40 images of shapes32");
  EXPECT_EQ(chosen["calibration_images"], 40);
  EXPECT_EQ(chosen["calibration_split"], calibration);
  const auto real = told({"--float"});
  EXPECT_FALSE(real.contains("calibration_images"));
  std::string pairs;
  for (int layer = 0; layer < 20; ++layer) pairs += (layer == 0 ? "[" : ",[") + std::string("8,8]");
  const auto policies = told({"--policies", folder.write("8.json", "[" + pairs + "]")});
  EXPECT_EQ(policies["split"], split);
  EXPECT_EQ(policies["calibration_images"], 256);
}

TEST(EvaluatedImages, ThatAreAllRightGiveARangeInPlaceOfAnError) {
  const ProgramResult all = run_bitloom(with_shapes("evaluate", {"--images", "12", "--float"}));
  EXPECT_NE(all.out.find("\ntop-1      100.00 (77.91 to 100) %\n"), std::string::npos) << all.out;
  EXPECT_EQ(all.out.find("100.00 +- 0.00"), std::string::npos) << all.out;
  const ProgramResult most = run_bitloom(with_shapes("evaluate", {"--images", "500", "--float"}));
  EXPECT_NE(most.out.find(" +- "), std::string::npos) << most.out;
  EXPECT_EQ(most.out.find(" to 100) %\nt"), std::string::npos) << most.out;
}

TEST(EvaluatedImages, ThatAreAllRightHaveARangeInJsonAndNoError) {
  const auto told = [](const char* images) {
    return nlohmann::json::parse(
        run_bitloom(with_shapes("evaluate", {"--images", images, "--float", "--json", "-"})).out);
  };
  const auto all = told("12"), most = told("500"), one = told("1");
  EXPECT_TRUE(all.at("top1_stderr_pct").is_null());
  EXPECT_NEAR(all.at("top1_range_pct")[0], 77.91, 0.005);
  EXPECT_EQ(all.at("top1_range_pct")[1], 100);
  EXPECT_GT(all.at("loss_stderr"), 0);
  EXPECT_GT(most.at("top1_stderr_pct"), 0);
  EXPECT_FALSE(most.contains("top1_range_pct"));
  EXPECT_TRUE(one.at("loss_stderr").is_null()) << one;
  EXPECT_NEAR(one.at("top1_range_pct")[0], 5, 1e-9);
}

TEST(EvaluatedImages, OfWhichThereIsOneGiveALossWithoutAnError) {
  const ProgramResult one = run_bitloom(with_shapes("evaluate", {"--images", "1", "--float"}));
  EXPECT_NE(one.out.find(" (one image)\n"), std::string::npos) << one.out;
  EXPECT_EQ(one.out.find("+-"), std::string::npos) << one.out;
}

TEST(EvaluatedImages, AreToldWhereThereAreFewerThanAsked) {
  const TemporaryFolder folder;
  const std::string split = folder.write("split.txt", "5\n3\n11\n");
  EXPECT_EQ(warning_of(with_shapes("evaluate", {"--split", split, "--images", "4", "--float"})),
            "--images 4: there are 3, and all are taken\n");
  EXPECT_EQ(warning_of(with_shapes("evaluate", {"--split", split, "--images", "3", "--float"})),
            "");
  EXPECT_EQ(warning_of(with_shapes("evaluate",
                                   {"--images", "2", "--calibration-data", "shapes32",
                                    "--calibration-split", split, "--calibration-images", "50"})),
            "--calibration-images 50: there are 3, and all are taken\n");
  EXPECT_EQ(warning_of(with_shapes("sensitivity", {"--split", split, "--images", "9", "--method",
                                                   "mse", "-o", folder.file("s.json")})),
            "--images 9: there are 3, and all are taken\n");
  const std::string searched = warning_of(with_shapes(
      "search", {"--test-data", "shapes32", "--test-split", split, "--final-images", "100",
                 "--reward-images", "5", "--hardware", "bismo-edge", "--budget", "latency=0.5x",
                 "--method", "greedy", "--episodes", "1", "-o", folder.file("run")}));
  EXPECT_NE(searched.find("--final-images 100: there are 3, and all are taken\n"),
            std::string::npos)
      << searched;
}

TEST(UnusedOptions, ThatCalibrateAreTold) {
  const TemporaryFolder folder;
  const std::string levels = folder.file("4.safetensors");
  EXPECT_EQ(
      warning_of(with_shapes("calibrate", {"--bits", "4/4", "--calibration-data", "shapes32",
                                           "--calibration-images", "8", "--quiet", "-o", levels})),
      "--data: is not used, as --calibration-data sets the levels\n");
  const std::string held = " is not used, as " + levels +
                           " holds its levels; --bits chooses them "
                           "anew\n";
  EXPECT_EQ(
      warning_of(with_shapes("calibrate", {"--quiet", "-o", folder.file("5.safetensors")}, levels)),
      "--data:" + held);
  EXPECT_EQ(warning_of(with_shapes("evaluate", {"--images", "4", "--calibration-data", "shapes32"},
                                   levels)),
            "--calibration-data:" + held);
  expect_refused(with_shapes("evaluate", {"--float", "--calibration-data", "shapes32"}),
                 "--float: nothing is calibrated; leave out --calibration-data");
}

TEST(UnusedOptions, OfMeasurementsAndSearchesAreRefused) {
  const TemporaryFolder folder;
  const std::string out = folder.file("s.json");
  expect_refused(with_shapes("sensitivity", {"--method", "fisher", "--probes", "60", "-o", out}),
                 "--probes: fisher has no probes; leave it out, or --method trace");
  expect_refused(
      with_shapes("sensitivity", {"--method", "sqnr", "--relative-error", "0.1", "-o", out}),
      "--relative-error: sqnr has no probes; leave it out, or --method trace");
  const auto refused = [&](const Arguments& more, const std::string& complaint) {
    Arguments all = with_shapes("search", {"--hardware", "bismo-edge", "--budget", "latency=0.5x",
                                           "-o", folder.file("run")});
    all.insert(all.end(), more.begin(), more.end());
    expect_refused(all, complaint);
  };
  refused({"--method", "random", "--warmup", "3"},
          "--warmup: is of --method haq and autoq, whose agents begin at random; random has no "
          "agent; leave it out");
  refused({"--finetune-rate", "0.1"},
          "--finetune-rate: nothing is trained; add --finetune-epochs or --episode-finetune");
  refused({"--method", "hawq-v3", "--sensitivity", out, "--episodes", "5"},
          "--episodes: hawq-v3 measures none; leave it out");
  EXPECT_TRUE(folder.names().empty());
}

TEST(SensitivityTable, TellsAtWhichBitsItsFiguresHold) {
  const TemporaryFolder folder;
  const auto table_of = [&](const Arguments& more) {
    Arguments all = with_shapes("sensitivity", {"--images", "4", "-o", folder.file("s.json")});
    all.insert(all.end(), more.begin(), more.end());
    return run_bitloom(all).out;
  };
  const std::string factors = table_of({"--method", "mse"});
  EXPECT_NE(factors.find("\nlayer          weights omega 2 omega 4 inputs omega 2 omega 4\n"),
            std::string::npos)
      << factors;
  EXPECT_NE(factors.find("\nweights, inputs: mse, whatever the bits; omega N: the loss expected at "
                         "N bits\n"),
            std::string::npos)
      << factors;
  const std::string changes = table_of({"--method", "sqnr", "--least-bits", "7"});
  EXPECT_NE(changes.find(" omega 7 "), std::string::npos) << changes;
  EXPECT_EQ(changes.find(" omega 2 "), std::string::npos) << changes;
  EXPECT_NE(changes.find("\nweights, inputs: sqnr at 7 bits, the fewest measured; omega N: at N "
                         "bits, at\nmost\n"),
            std::string::npos)
      << changes;
}

TEST(Calibrate, BlamesAnImageThatIsBrokenAlone) {
  const testing::TemporaryFolder folder;
  folder.write("a.png", "\x89PNG\r\n\x1a\n");
  folder.write("b.png", "\x89PNG\r\n\x1a\n");
  const std::string data =
      "images:" + folder.write("labels.csv", "file,class_index\na.png,0\nb.png,1\n");
  const std::vector<std::string> network{"--network", "resnet20", "--weights", kShapesWeights};
  for (const std::string command : {"calibrate", "evaluate"}) {
    std::vector<std::string> all{command};
    all.insert(all.end(), network.begin(), network.end());
    all.insert(all.end(), {"--data", data});
    if (command == "calibrate") all.insert(all.end(), {"-o", folder.file("c.safetensors")});
    const testing::ProgramResult result = testing::run_bitloom(all);
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_TRUE(result.err.starts_with(folder.file(""))) << result.err;
    EXPECT_NE(result.err.find(".png: "), std::string::npos) << result.err;
  }
}

TEST(Sensitivity, NeedsTwoImages) {
  const testing::TemporaryFolder folder;
  expect_refused({"sensitivity", "--network", "resnet20", "--weights", kShapesWeights, "--data",
                  "shapes32", "--images", "1", "-o", folder.file("s.json")},
                 "--data shapes32: is one image, whose figures have no error; at least 2 images "
                 "would be right");
}

TEST(Calibrate, DoesNotReplaceWhatItReads) {
  expect_refused({"calibrate", "--network", "resnet20", "--weights", kShapesWeights, "--data",
                  "shapes32", "-o", kShapesWeights},
                 kShapesWeights + ": --output would replace what --weights reads");
  const testing::TemporaryFolder folder;
  const std::string labels = folder.write("labels.csv", "a.png,0\n");
  const std::vector<std::string> calibrate{"calibrate",    "--network", "resnet20", "--weights",
                                           kShapesWeights, "-o",        labels,     "--data"};
  std::vector<std::string> listed = calibrate, split = calibrate;
  listed.push_back("images:" + labels);
  expect_refused(listed, labels + ": --output would replace what --data reads");
  split.insert(split.end(), {"shapes32", "--split", labels});
  expect_refused(split, labels + ": --output would replace what --split reads");
  EXPECT_EQ(testing::contents(labels), "a.png,0\n");
}

}  // namespace
}  // namespace bitloom::testing
