// Mistakes of those who evaluate and train: one line each, exit code 2, nothing written.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "base/descriptor.h"
#include "base/lock.h"
#include "models/weights/parameters.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {
namespace {

const std::string kWeights =
    std::string(BITLOOM_SOURCE_DIR) + "/models/trained/resnet20-shapes32.safetensors";

std::vector<std::string> evaluating(const std::vector<std::string>& more) {
  std::vector<std::string> all{"evaluate", "--network", "resnet20",  "--data", "shapes32",
                               "--images", "8",         "--weights", kWeights};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

TEST(Evaluate, RefusesBitsThatAreNone) {
  for (const char* bits : {"0/4", "4/99", "4", "-1/4"})
    expect_refused(evaluating({std::string("--bits=") + bits}),
                   std::string("--bits '") + bits +
                       "': must be W/A, weight and activation bits, each in [1, 16] (or A 32, "
                       "single precision), such as 4/6");
}

TEST(Evaluate, RefusesWhatContradictsItself) {
  expect_refused(
      evaluating({"--float", "--bits", "4/4"}),
      "--float: leave out --bits, --policy, --edge-layers, --quantizer, --granularity and --ptq");
  expect_refused(evaluating({"--bits", "4/32", "--engine", "integer"}),
                 "--engine integer: activations of 'conv1' are single precision");
  expect_refused(evaluating({"--quantizer", "kmeans", "--engine", "integer"}),
                 "--engine integer: the levels of quantizer kmeans are neither multiples of one "
                 "step nor sums of planes");
}

TEST(Evaluate, ScoresManyPoliciesAsEachAlone) {
  const TemporaryFolder folder;
  std::string pairs;
  for (int layer = 0; layer < 20; ++layer) pairs += (layer == 0 ? "[" : ",[") + std::string("4,5]");
  const std::string a = folder.write("a.json", "[" + pairs + "]");
  for (char& c : pairs) c = c == '4' ? '2' : c;
  const std::string b = folder.write("b.json", "[" + pairs + "]");
  std::string real;  // activations in single precision
  for (int layer = 0; layer < 20; ++layer) real += (layer == 0 ? "[" : ",[") + std::string("4,32]");
  const std::string c = folder.write("c.json", "[" + real + "]");
  const auto many = run_bitloom(evaluating({"--policies", a, b, a, c, "--json", "-"}));
  ASSERT_EQ(many.exit_code, 0) << many.err;
  const auto rows = nlohmann::json::parse(many.out)["policies"];
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[1]["policy"], b);
  for (const auto& [row, file] : {std::pair(1, b), {3, c}}) {
    const auto alone = run_bitloom(evaluating({"--policy", file, "--json", "-"}));
    EXPECT_EQ(rows[row]["loss"], nlohmann::json::parse(alone.out)["loss"]);
  }
  EXPECT_EQ(rows[0]["loss"], rows[2]["loss"]);
  EXPECT_NE(rows[0]["loss"], rows[1]["loss"]);
  expect_refused(evaluating({"--policies", a, "--float"}),
                 "--policies: leave out --float and --engine; answers are those of --engine fake");
  expect_refused(evaluating({"--policies", a, "none.json"}), "none.json: no such file");
}

TEST(Evaluate, OffersTheNearestNames) {
  expect_refused(evaluating({"--engine", "fast"}),
                 "--engine: unknown engine 'fast' (known: fake, integer)");
  expect_refused(
      evaluating({"--quantizer", "kmean"}),
      "--quantizer: unknown quantizer 'kmean': did you mean kmeans? (known: uniform, haq, "
      "least-error, dorefa, kmeans, dsq, inq, stlq, stlq-tile, lsq, tqt, qil, qil-gamma, sat, "
      "adabits, "
      "adabits-centred, fixed, lq-nets, "
      "twn, ttq, bwn, xnor, bnn, abc-net, kcnn, pact, hwgq)");
  expect_refused(
      {"evaluate", "--network", "resnet20", "--data", "shape32", "--weights", kWeights},
      "--data: unknown data set 'shape32': did you mean shapes32? (known: cifar10, cifar100, "
      "idx, npy, images, "
      "folder, shapes32)");
}

TEST(Evaluate, RefusesWeightsThatAreCutOffOrAnothersOrAbsent) {
  const TemporaryFolder folder;
  const std::string cut = folder.write("cut.safetensors", contents(kWeights).substr(0, 100000));
  const ProgramResult result =
      run_bitloom({"evaluate", "--network", "resnet20", "--data", "shapes32", "--weights", cut});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err.rfind(cut + ": tensor '", 0), 0u) << result.err;
  EXPECT_NE(result.err.find("is it cut off?"), std::string::npos) << result.err;
  expect_refused({"evaluate", "--network", "resnet20", "--data", "shapes32"},
                 "bitloom evaluate: --weights is required (see bitloom evaluate --help)");
  expect_refused({"evaluate", "--network", "resnet56", "--data", "shapes32", "--weights", kWeights},
                 kWeights + ": has no tensor 'layer1.3.conv1.weight'");
  expect_refused({"evaluate", "--network", "resnet20", "--data", "shapes32", "--weights", "/no/w"},
                 "/no/w: cannot be read: No such file or directory");
}

TEST(Evaluate, RefusesLabelsThatTheNetworkHasNoOutputFor) {
  const TemporaryFolder folder;
  std::string record(3073, '\0');
  record[0] = 10;
  const std::string file = folder.write("images.bin", record);
  const ProgramResult result = run_bitloom(
      {"evaluate", "--network", "resnet20", "--data", "cifar10:" + file, "--weights", kWeights});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("label 10"), std::string::npos) << result.err;
}

TEST(Evaluate, TakesBitsAndSinglePrecisionFromAPolicy) {
  const TemporaryFolder folder;
  std::string layers;
  for (int i = 0; i < 20; ++i) layers += i == 0 ? "[8, -1]" : ", [3, 32]";
  const std::string policy = folder.write("policy.json", "[" + layers + "]");
  const ProgramResult result = run_bitloom(evaluating({"--policy", policy}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("mixed by uniform"), std::string::npos) << result.out;
  expect_refused(evaluating({"--policy", policy, "--engine", "integer"}),
                 "--engine integer: activations of 'layer1.0.conv1' are single precision");
  expect_refused(
      {"simulate", "--network", "resnet20", "--hardware", "bismo-edge", "--policy", policy},
      policy +
          ":1:15: [1][1]: must be in [1, 16], or -1 for 8, got 32: single precision runs on no "
          "integers");
}

TEST(Evaluate, CalibratesOnImagesThatItDoesNotScore) {
  const TemporaryFolder folder;
  std::string records(std::size_t{3073} * 48, '\0');
  for (std::size_t i = 0; i < records.size(); ++i)
    records[i] = i % 3073 == 0 ? static_cast<char>(i / 3073 % 10)
                               : static_cast<char>((i * 2654435761U) >> 8);
  const std::string file = folder.write("images.bin", records);
  const auto calibrated_on = [&](const char* images) {
    const ProgramResult result =
        run_bitloom({"evaluate", "--network", "resnet20", "--weights", kWeights, "--data",
                     "cifar10:" + file, "--images", images});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const std::size_t at = result.out.find("calibrated on ");
    return result.out.substr(at, result.out.find('\n', at) - at);
  };
  EXPECT_EQ(calibrated_on("8"), "calibrated on 40 images of --data that are not scored");
  EXPECT_EQ(calibrated_on("40"),
            "calibrated on 40 of the scored images: --calibration-data names others");
}

TEST(Evaluate, SaysThatAQuantizerIsToBeTrained) {
  const ProgramResult result = run_bitloom(evaluating({"--quantizer", "dorefa", "--bits", "2/2"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("\ndorefa is made to be trained with: `bitloom finetune` first\n"),
            std::string::npos)
      << result.out;
}

TEST(Calibrate, RefusesBitsWhoseSumsNothingHolds) {
  const TemporaryFolder folder;
  for (const char* data : {"shapes32", "images:none.csv"})  // no image is needed to say so
    expect_refused({"calibrate", "--network", "resnet20", "--weights", kWeights, "--data", data,
                    "--images", "8", "--bits", "16/16", "-o", folder.file("out.safetensors")},
                   kWeights +
                       ": layer 'conv1' at 16/16: a sum of 27 products needs 37 accumulator bits, "
                       "32 are available");
  EXPECT_TRUE(folder.names().empty());
}

TEST(Calibrate, KeepsTheNetworkAsItWasTrained) {
  const TemporaryFolder folder;
  const std::string out = folder.file("calibrated.safetensors");
  const ProgramResult calibrated =
      run_bitloom({"calibrate", "--network", "resnet20", "--weights", kWeights, "--data",
                   "shapes32", "--images", "32", "--bits", "3/5", "-o", out});
  ASSERT_EQ(calibrated.exit_code, 0) << calibrated.err;
  const auto trained = weights::TensorFile::load(kWeights);
  const auto kept = weights::TensorFile::load(out);
  for (const std::string& name : trained.names())
    EXPECT_EQ(kept.tensor(name).values, trained.tensor(name).values) << name;
  EXPECT_TRUE(kept.has("quantizer.conv1.bias_correction"));
  const auto figures = [&](const std::string& weights, const char* how) {
    const ProgramResult result =
        run_bitloom({"evaluate", "--network", "resnet20", "--weights", weights, "--data",
                     "shapes32", "--images", "50", how});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out.substr(result.out.find("top-1"));
  };
  for (const char* how : {"--float", "--bits=4/4"})
    EXPECT_EQ(figures(out, how), figures(kWeights, how)) << how;
  EXPECT_NE(figures(out, "--threads=1"), figures(kWeights, "--float"));
}

TEST(Calibrate, NamesTheLayerWhoseInputsAreNotFinite) {
  const TemporaryFolder folder;
  const auto file = weights::TensorFile::load(kWeights);
  weights::Parameters tensors;
  for (const std::string& name : file.names()) tensors[name] = file.tensor(name);
  for (float& value : tensors.at("bn1.weight").values) value = 3e38F;
  const std::string huge = folder.write("huge", weights::safetensors(tensors, {}));
  expect_refused({"evaluate", "--network", "resnet20", "--data", "shapes32", "--images", "8",
                  "--weights", huge},
                 huge +
                     ": the input of layer 'layer1.0.conv1': not all values are finite, a "
                     "quantizer cannot be calibrated");
}

TEST(Evaluate, RefusesWeightsOfIntegers) {
  const TemporaryFolder folder;
  std::string file = contents(kWeights);
  const std::string name = "\"conv1.weight\":{\"dtype\":\"F32\"";
  const std::size_t at = file.find(name);
  ASSERT_NE(at, std::string::npos);
  file.replace(at + name.size() - 4, 3, "I32");
  const std::string integers = folder.write("integers", file);
  expect_refused(
      {"evaluate", "--network", "resnet20", "--data", "shapes32", "--weights", integers},
      integers + ": tensor 'conv1.weight' holds integers (I32), must be F32, F16, BF16 or F64");
}

TEST(Data, WithAnEmptyNameIsRefused) {
  expect_refused({"evaluate", "--network", "resnet20", "--data", "folder:", "--weights", kWeights},
                 "data 'folder:': folder:DIR would be right");
}

TEST(Calibrate, WritesIntegersThatTheRtlComputes) {
  const TemporaryFolder folder;
  const std::string out = folder.file("calibrated.safetensors");
  const ProgramResult calibrated = run_bitloom(
      {"calibrate", "--network", "resnet20", "--weights", kWeights, "--data", "shapes32",
       "--images", "32", "--bits", "3/5", "--edge-layers", "8/8", "-o", out});
  ASSERT_EQ(calibrated.exit_code, 0) << calibrated.err;
  EXPECT_TRUE(lines_beyond(100, calibrated.out).empty());
  // The file knows how it is quantized.
  const auto figures = [&](const char* engine) {
    const ProgramResult result =
        run_bitloom({"evaluate", "--network", "resnet20", "--weights", out, "--data", "shapes32",
                     "--images", "50", "--engine", engine});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE(result.out.find("mixed by uniform"), std::string::npos) << result.out;
    return result.out.substr(result.out.find("top-1"));
  };
  EXPECT_EQ(figures("fake"), figures("integer"));
  const ProgramResult verified = run_bitloom({"verify", "--hardware", "bismo-edge", "--network",
                                              "resnet20", "--weights", out, "--data", "shapes32"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_NE(verified.out.find("PASS: 20 of 20 layers pass"), std::string::npos) << verified.out;
}

TEST(Verify, CalibratesWeightsThatHaveNoIntegersOfTheBitsAskedFor) {
  const TemporaryFolder folder;
  const std::string out = folder.file("calibrated.safetensors");
  const std::vector<std::string> asked{"--network",     "resnet20", "--weights", kWeights,
                                       "--data",        "shapes32", "--bits",    "3/5",
                                       "--edge-layers", "8/8"};
  const auto verified = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--layers", "0,19", "--json", "-"});
    const ProgramResult result = run_bitloom(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  };
  std::vector<std::string> at_once{"verify", "--hardware", "bismo-edge"};
  std::vector<std::string> first{"calibrate", "-o", out};
  at_once.insert(at_once.end(), asked.begin(), asked.end());
  first.insert(first.end(), asked.begin(), asked.end());
  ASSERT_EQ(run_bitloom(first).exit_code, 0);
  EXPECT_EQ(verified(at_once), verified({"verify", "--hardware", "bismo-edge", "--network",
                                         "resnet20", "--weights", out, "--data", "shapes32"}));
}

TEST(Train, RefusesANetworkThatIsNoClassifier) {
  const TemporaryFolder folder;
  const ProgramResult result = run_bitloom(
      {"train", "--network", "retinanet_r50", "--data", "shapes32", "-o", folder.file("run")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.err.rfind("network retinanet_r50: is no classifier: its last node, ", 0), 0u)
      << result.err;
  EXPECT_FALSE(std::filesystem::exists(folder.file("run")));
}

TEST(Train, StopsWhereTheLossIsNoNumberAndKeepsNothingAsBest) {
  const TemporaryFolder folder;
  const ProgramResult result = run_bitloom(
      {"train", "--network", "resnet20", "--data", "shapes32", "--images", "64", "--epochs", "2",
       "--batch", "16", "--validation-data", "shapes32", "--validation-images", "32",
       "--learning-rate", "1000", "-o", folder.file("run")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("train at a smaller --learning-rate than 1000"), std::string::npos)
      << result.err;
  EXPECT_FALSE(std::filesystem::exists(folder.file("run/best.safetensors")));
}

TEST(Verify, NeedsBothForRealTensors) {
  expect_refused(
      {"verify", "--hardware", "bismo-edge", "--network", "resnet20", "--weights", kWeights},
      "--weights and --data: real tensors need both");
}

TEST(Train, MakesNoFolderForWrongOptions) {
  const TemporaryFolder folder;
  const std::string run = folder.file("run");
  expect_refused(
      {"train", "--network", "resnet20", "--data", "shapes32", "--epochs", "0", "-o", run},
      "--epochs '0': must be a whole number in [1, 100000]");
  EXPECT_FALSE(std::filesystem::exists(run));
}

TEST(Train, RefusesAFolderWithoutAName) {
  expect_refused({"train", "--network", "resnet20", "--data", "shapes32", "-o", ""},
                 "--output '': an empty text is no folder's name");
}

TEST(Listing, OfQuantizersFitsEightyColumns) {
  const ProgramResult result = run_bitloom({"list", "quantizers"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(lines_beyond(80, result.out).empty()) << result.out;
}

TEST(Sensitivity, IsRefusedWhereAnotherProcessMeasuresIntoTheSameFile) {
  const TemporaryFolder folder;
  const std::string output = folder.file("s.json"), record = output + ".partial";
  const Descriptor theirs(::open(record.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  ASSERT_TRUE(lock(theirs));
  const std::vector<std::string> measure{
      "sensitivity", "--network", "resnet20", "--weights", kWeights, "--data", "shapes32",
      "--images",    "2",         "--method", "mse",       "-o",     output};
  expect_refused(measure, record + ": another process is at work there");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"s.json.partial"});
  ::flock(theirs.number(), LOCK_UN);
  EXPECT_EQ(run_bitloom(measure).exit_code, 0);
  EXPECT_EQ(folder.names(), std::vector<std::string>{"s.json"});
}

TEST(Sensitivity, RefusesWidthsAndImagesThatTheMethodCannotHave) {
  const TemporaryFolder folder;
  const auto measuring = [&](const std::vector<std::string>& more) {
    std::vector<std::string> all{"sensitivity", "--network", "resnet20",           "--weights",
                                 kWeights,      "--data",    "shapes32",           "--images",
                                 "2",           "-o",        folder.file("s.json")};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  expect_refused(measuring({"--method", "divergence", "--least-bits", "9"}),
                 "--least-bits: must be at most --most-bits, 8, got 9");
  expect_refused(measuring({"--method", "divergence", "--most-bits", "1"}),
                 "--least-bits: must be at most --most-bits, 1, got 2");
  expect_refused(measuring({"--method", "fisher", "--augment", "crop"}),
                 "--augment: fisher measures on images as they are; leave it out");
  expect_refused(measuring({"--method", "divergence", "--augment", "flip"}),
                 "--augment: unknown augmentation 'flip' (known: none, crop, resized)");
  expect_refused(measuring({"--method", "fisher", "--ptq", "good"}),
                 "--ptq: fisher measures how much the loss minds any error, whatever the levels; "
                 "--method divergence would be right");
  expect_refused(measuring({"--method", "divergence", "--ptq", "best"}),
                 "--ptq: best learns roundings of a whole block, not of one operand; good would be "
                 "right");
  expect_refused(measuring({"--method", "sqnr", "--ptq", "good", "--quantizer", "dorefa"}),
                 "--ptq chooses the levels of weights=least-error, not of dorefa; --quantizer "
                 "least-error, or none, would be right");
  EXPECT_EQ(folder.names(), std::vector<std::string>{});
}

}  // namespace
}  // namespace bitloom::testing
