// `--recipe`, `list recipes` and `describe recipe`.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

using Arguments = std::vector<std::string>;
using Json = nlohmann::json;

TEST(RecipeCommands, AreListedAndDescribed) {
  const ProgramResult listed = run_bitloom({"list", "recipes"});
  EXPECT_EQ(listed.exit_code, 0) << listed.err;
  EXPECT_EQ(lines_beyond(80, listed.out), Arguments{});
  for (const char* recipe : {"\nlsq ", "\nqil ", "\nlq-nets ", "\nadabits ", "\nhawq-v3 "})
    EXPECT_NE(listed.out.find(recipe), std::string::npos) << recipe;
  const ProgramResult described = run_bitloom({"describe", "recipe", "lsq"});
  EXPECT_EQ(described.exit_code, 0) << described.err;
  for (const char* part : {"learning_rate.start", "0.01", "distillation.temperature", "lsq.yaml"})
    EXPECT_NE(described.out.find(part), std::string::npos) << part << " in\n" << described.out;
  const Json json = Json::parse(run_bitloom({"describe", "recipe", "qil", "--json", "-"}).out);
  EXPECT_EQ(json["progressive"], (std::vector<int>{5, 4, 3}));
  EXPECT_EQ(json["learning_rate"]["schedule"], "cosine");
}

TEST(RecipeCommands, AreCompletedByTheirNames) {
  EXPECT_EQ(run_bitloom({"complete", "list", ""}).out, "");
#ifdef BITLOOM_LEARN
  EXPECT_EQ(run_bitloom({"complete", "finetune", "--recipe", "qi"}).out, "qil\nqil-direct\n");
#endif
}

TEST(RecipeCommands, OfNoNameAreRefused) {
  const ProgramResult unknown = run_bitloom({"describe", "recipe", "lsqq"});
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_EQ(unknown.err.rfind("unknown recipe 'lsqq': did you mean lsq? (known: adabits, ", 0), 0u)
      << unknown.err;
}

#ifdef BITLOOM_LEARN

constexpr const char* kWeights = BITLOOM_SOURCE_DIR "/models/trained/resnet20-shapes32.safetensors";

/// Two steps of a recipe, which is given the options.
Arguments short_finetuning(const std::string& recipe, const std::string& run) {
  return {"finetune", "--network",
          "resnet20", "--weights",
          kWeights,   "--data",
          "shapes32", "--images",
          "32",       "--batch",
          "16",       "--validation-data",
          "shapes32", "--validation-images",
          "20",       "--recipe",
          recipe,     "-o",
          run};
}

TEST(FinetuningByRecipe, DropsNoQuantizerForPostTraining) {
  const TemporaryFolder folder;
  Arguments arguments = short_finetuning("lsq", folder.file("run"));
  arguments.insert(arguments.end(), {"--ptq", "good"});
  expect_refused(arguments,
                 "--ptq chooses the levels of weights=least-error, not of lsq; --quantizer "
                 "least-error, or none, would be right");
}

TEST(FinetuningByRecipe, TakesItsValuesAndOptionsWin) {
  const TemporaryFolder folder;
  const std::string recipe = folder.write(
      "r.yaml", "quantizer: qil\nbits: 3/3\nedge_layers: 8/8\nprogressive: [4]\nepochs: 2\n");
  Arguments arguments = short_finetuning(recipe, folder.file("run"));
  arguments.insert(arguments.end(), {"--epochs", "1", "--bits", "2/3", "--learning-rate", "0.02"});
  const ProgramResult trained = run_bitloom(arguments);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const Json manifest = Json::parse(contents(folder.path() / "run/manifest.json"));
  EXPECT_EQ(manifest["epochs"], "1");
  EXPECT_EQ(manifest["learning_rate.start"], "0.02");
  EXPECT_EQ(manifest["learning_rate.of_epochs"], "2");
  EXPECT_EQ(manifest["progressive"], "4");
  EXPECT_EQ(manifest["quantization"]["quantizer"], "qil");
  EXPECT_EQ(manifest["quantization"]["policy"][0], (std::vector<int>{8, 8}));
  EXPECT_EQ(manifest["quantization"]["policy"][1], (std::vector<int>{2, 3}));
  // The recipe as it is now is another run.
  folder.write("r.yaml",
               "quantizer: qil\nbits: 3/3\nedge_layers: 8/8\nprogressive: [5]\nepochs: 2\n");
  expect_refused(arguments, folder.file("run/manifest.json") +
                                ": the run there has progressive \"4\", not \"5\"; choose another "
                                "folder, or the same options");
}

TEST(FinetuningByRecipe, RefusesWhatDoesNotGoTogether) {
  const TemporaryFolder folder;
  const std::string run = folder.file("run");
  Arguments both = short_finetuning("qil", run);
  both.insert(both.end(), {"--widths", "4/4,2/2"});
  expect_refused(both, "--widths: goes without a recipe with progressive bits");
  const ProgramResult unknown = run_bitloom(short_finetuning("lsqq", run));
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_EQ(unknown.err.rfind("--recipe: unknown recipe 'lsqq': did you mean lsq? (known: ", 0), 0u)
      << unknown.err;
  expect_refused(
      {"train", "--network", "resnet20", "--data", "shapes32", "--recipe", "lsq", "-o", run},
      "--recipe lsq: has quantizer, which is of quantized networks; `bitloom finetune` "
      "trains them");
}

#endif

}  // namespace
}  // namespace bitloom::testing
