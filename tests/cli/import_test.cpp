// `bitloom import`, and `bitloom export` of policies.
#include <gtest/gtest.h>

#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::expect_refused;
using testing::run_bitloom;
using testing::TemporaryFolder;
using Arguments = std::vector<std::string>;

Arguments with(Arguments arguments, const Arguments& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

/// What `export` writes of resnet20's bits.
std::string exported(const Arguments& more) {
  const auto result = run_bitloom(with({"export", "--network", "resnet20", "-o", "-"}, more));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.out;
}

TEST(PolicyFiles, GoToHawqAndComeBack) {
  const TemporaryFolder folder;
  const Arguments bits{"--bits", "3/5", "--edge-layers", "8/8"};
  const std::string file =
      folder.write("bit_config.py", exported(with(bits, {"--format", "hawq"})));
  const auto imported =
      run_bitloom({"import", file, "--network", "resnet20", "-o", folder.file("policy.json")});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_NE(imported.out.find("20 layers of resnet20 from hawq"), std::string::npos);
  EXPECT_EQ(exported({"--policy", folder.file("policy.json"), "--format", "haq"}),
            exported(with(bits, {"--format", "haq"})));
  EXPECT_EQ(testing::contents(folder.file("policy.json")),
            exported(with(bits, {"--format", "bitloom"})));
}

TEST(PolicyFiles, GoToNncfLikeAConfiguration) {
  const TemporaryFolder folder;
  std::string entries;
  for (const char* layer : {"a", "b"})
    entries += std::string(entries.empty() ? "" : ", ") + "[8, \"Net/NNCFConv2d[" + layer +
               "]/conv2d_0|WEIGHT\"]";
  const std::string like = folder.write("like.json", "[" + entries + "]");
  expect_refused({"export", "--network", "resnet20", "--bits", "4/4", "--format", "nncf", "-o",
                  folder.file("n.json"), "--like", like},
                 like +
                     ": has no weights of layers 'conv1', 'layer1.0.conv1', 'layer1.0.conv2', "
                     "'layer1.1.conv1', 'layer1.1.conv2', 'layer1.2.conv1', 'layer1.2.conv2', "
                     "'layer2.0.conv1' and 12 more");
  EXPECT_EQ(folder.names(), Arguments{"like.json"});  // nothing is left half written
}

TEST(PolicyFiles, OptionsGoTogether) {
  const Arguments base{"export", "--network", "resnet20", "-o", "x"};
  expect_refused(with(base, {"--format", "haq"}), "--format haq: --policy or --bits is required");
  expect_refused(with(base, {"--format", "nncf", "--bits", "4/4"}),
                 "--format nncf: --like FILE is required: a configuration of NNCF's for this "
                 "network, whose scopes tell the classes of its modules");
  expect_refused(with(base, {"--format", "haq", "--bits", "4/4", "--like", "y"}),
                 "--like goes with formats that need it, not with haq");
  expect_refused(with(base, {"--format", "haq", "--bits", "4/4", "--weights", "w"}),
                 "--weights goes with a network, not with --format haq");
  expect_refused({"export", "--network", "resnet20", "-o", "x.onnx", "--bits", "4/4"},
                 "--policy, --bits, --edge-layers and --like go with formats of policies, not with "
                 "--format onnx: weights that calibrate wrote have their bits");
  expect_refused(with(base, {"--format", "nncg"}),
                 "--format: unknown format 'nncg': did you mean nncf? (known: onnx, qonnx, qdq, "
                 "bitloom, haq, nncf, aimet, hawq, scalesim, zigzag, timeloop)");
}

TEST(LayerFiles, ArePricedAsTheNetworkIs) {
  const TemporaryFolder folder;
  const Arguments hardware{"--hardware", "bismo-edge", "--bits", "4/4"};
  const auto total = [&](const Arguments& network) {
    const auto result = run_bitloom(with(with({"simulate"}, network), hardware));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const std::size_t at = result.out.find("\ntotal");
    return result.out.substr(at, result.out.find('\n', at + 1) - at);
  };
  const auto exported_as = [&](const char* format, const std::string& file) {
    const auto result = run_bitloom(
        {"export", "--network", "alexnet", "--format", format, "-o", folder.file(file)});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return folder.file(file);
  };
  const std::string zigzag = exported_as("zigzag", "alexnet.yaml");
  EXPECT_EQ(total({"--layers-csv", zigzag}), total({"--network", "alexnet"}));
  EXPECT_NE(total({"--layers-csv", exported_as("scalesim", "alexnet.csv")}), "");
  const std::string problems = exported_as("timeloop", "problems");
  EXPECT_NE(total({"--layers-csv", problems + "/features.0.yaml"}), "");
  expect_refused({"export", "--network", "alexnet", "--format", "scalesim", "--bits", "4/4", "-o",
                  folder.file("x")},
                 "--format scalesim: has no bits; --policy, --bits and --edge-layers do not go "
                 "with it");
}

TEST(PolicyFiles, AreReadOrRefusedInOneLine) {
  const TemporaryFolder folder;
  const std::string file =
      folder.write("n.json", "[[4, \"Net/NNCFConv2d[backbone]/A[conv1]/conv2d_0|WEIGHT\"]]");
  const Arguments import{"import", file, "--network", "alexnet", "-o", folder.file("p.json")};
  expect_refused(import, file +
                             ": no layers of alexnet: 'backbone.conv1' (--rename OLD=NEW maps "
                             "names); no weight bits of layers 'features.0', 'features.3', "
                             "'features.6', 'features.8', 'features.10', 'classifier.1', "
                             "'classifier.4', 'classifier.6'");
  expect_refused(with(import, {"--rename", "a"}), "--rename 'a': must be OLD=NEW");
  expect_refused(with(import, {"--activations", "17"}),
                 "--activations '17': must be a whole number in [1, 16]");
  expect_refused(with(import, {"--from", "tflite"}),
                 "--from: unknown format 'tflite' (known: bitloom, haq, nncf, aimet, hawq)");
  expect_refused({"import", folder.file("none"), "--network", "alexnet", "-o", "p"},
                 folder.file("none") + ": no such file");
  EXPECT_EQ(folder.names(), Arguments{"n.json"});
}

}  // namespace
}  // namespace bitloom
