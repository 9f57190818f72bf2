// `evaluate --outputs`: what a network reads and answers, for other programs.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "models/weights/safetensors.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using Arguments = std::vector<std::string>;
using weights::TensorFile;

constexpr std::int64_t kImages = 20;

class Answers : public ::testing::Test {
 protected:
  ProgramResult evaluate(const Arguments& more) {
    Arguments all{"evaluate",
                  "--network",
                  "resnet20",
                  "--weights",
                  BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors",
                  "--data",
                  "shapes32",
                  "--images",
                  std::to_string(kImages)};
    all.insert(all.end(), more.begin(), more.end());
    return run_bitloom(all);
  }

  std::string kept(const std::string& name, Arguments how) {
    const std::string file = folder_.file(name);
    how.insert(how.end(), {"--outputs", file});
    const ProgramResult result = evaluate(how);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return file;
  }

  TemporaryFolder folder_;
};

TEST_F(Answers, AreThoseThatAreScored) {
  const std::string file = folder_.file("float.safetensors");
  const ProgramResult result = evaluate({"--float", "--outputs", file, "--json", "-"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const TensorFile answers = TensorFile::load(file);
  EXPECT_EQ(answers.shape("images"), (graph::Shape{kImages, 3, 32, 32}));
  EXPECT_EQ(answers.shape("outputs"), (graph::Shape{kImages, 10}));
  const std::vector<float> outputs = answers.tensor("outputs").values;
  const std::vector<float> labels = answers.tensor("labels").values;
  int right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto row = outputs.begin() + static_cast<std::ptrdiff_t>(10 * i);
    right += std::max_element(row, row + 10) - row == static_cast<std::ptrdiff_t>(labels[i]);
  }
  EXPECT_EQ(100.0 * right / kImages, nlohmann::json::parse(result.out)["top1_pct"]);
}

TEST_F(Answers, OfIntegersAreThoseOfFakeQuantization) {
  const Arguments bits{"--bits", "4/4"};
  Arguments in_integers = bits;
  in_integers.insert(in_integers.end(), {"--engine", "integer"});
  const TensorFile fake = TensorFile::load(kept("fake.safetensors", bits));
  const TensorFile integer = TensorFile::load(kept("integer.safetensors", in_integers));
  EXPECT_EQ(fake.tensor("outputs").values, integer.tensor("outputs").values);
  EXPECT_EQ(fake.tensor("images").values, integer.tensor("images").values);
}

TEST_F(Answers, AreRefusedBeforeAnythingRuns) {
  const std::string file = folder_.file("all.safetensors");
  const ProgramResult many = evaluate({"--policies", "none.json", "--outputs", file});
  EXPECT_EQ(many.exit_code, 2);
  EXPECT_EQ(many.err,
            "--policies: leave out --outputs, which keeps the answers of one "
            "policy\n");
  const ProgramResult nowhere = evaluate({"--float", "--outputs", folder_.file("no/such/file")});
  EXPECT_EQ(nowhere.exit_code, 2);
  EXPECT_EQ(nowhere.out, "");
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace bitloom::testing
