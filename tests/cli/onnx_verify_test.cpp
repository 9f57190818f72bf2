// Networks in files of ONNX whose own codes, or calibrated ones, run through the RTL.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/onnx/model_builder.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using testing::attribute;
using testing::ModelBuilder;
using testing::run_bitloom;
using Arguments = std::vector<std::string>;
using Dimensions = std::vector<std::int64_t>;

onnx::Tensor one_number(float value) { return onnx::tensor_of(std::vector<float>{value}, {}); }

std::vector<std::int64_t> codes_like(std::int64_t count) {
  std::vector<std::int64_t> codes(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = static_cast<std::int64_t>(i * 7919 % 15) - 7;
  return codes;
}

class FilesThroughTheRtl : public ::testing::Test {
 protected:
  struct Convolution {
    std::string name;
    Dimensions weights;
    std::vector<onnx::Attribute> attributes;
  };
  /// Dilated convolutions: padded unevenly with a stride; in groups; depthwise.
  static std::vector<Convolution> dilated() {
    const auto window = [](const Dimensions& dilations, const Dimensions& strides,
                           const Dimensions& pads, std::int64_t groups) {
      return std::vector<onnx::Attribute>{attribute("dilations", dilations),
                                          attribute("strides", strides), attribute("pads", pads),
                                          attribute("group", groups)};
    };
    return {{"uneven", {4, 3, 3, 3}, window({2, 3}, {2, 1}, {3, 0, 1, 2}, 1)},
            {"grouped", {6, 2, 3, 2}, window({1, 2}, {1, 2}, {1, 1, 1, 1}, 2)},
            {"depthwise", {6, 1, 3, 3}, window({2, 2}, {2, 2}, {2, 2, 2, 2}, 6)}};
  }
  /// The convolutions one after the other, their means and a linear layer for 10 classes; as QDQ
  /// or plain.
  std::string write_dilated(bool quantized) {
    ModelBuilder builder;
    builder.input("image", {-1, 3, 32, 32});
    std::string x = "image";
    for (const auto& [name, weights, attributes] : dilated()) {
      std::string w = name + ".w";
      if (quantized) {
        x = add_quantizer(builder, x, x == "image" ? 1.0F / 255 : 0.5F);
        w = add_codes(builder, w, weights);
      } else {
        builder.constant(w, reals_like(weights));
      }
      builder.add("Conv", {x, w}, {name}, attributes);
      x = name;
    }
    builder.add("GlobalAveragePool", {x}, {"mean"}).add("Flatten", {"mean"}, {"flat"});
    builder.constant("u", reals_like({6, 10}));
    builder.add("Gemm", {"flat", "u"}, {"classes"}).output("classes");
    return folder_.write("dilated.onnx", builder.bytes());
  }
  static onnx::Tensor reals_like(const Dimensions& dims) {
    std::vector<float> values;
    for (const std::int64_t code : codes_like(graph::size_of(dims)))
      values.push_back(static_cast<float>(code) / 5);
    return onnx::tensor_of(values, dims);
  }
  static std::string add_quantizer(ModelBuilder& builder, const std::string& x, float scale) {
    builder.constant(x + ".s", one_number(scale))
        .constant(x + ".z", onnx::tensor_of(Dimensions{0}, {}, onnx::ElementType::kInt8));
    builder.add("QuantizeLinear", {x, x + ".s", x + ".z"}, {x + ".q"})
        .add("DequantizeLinear", {x + ".q", x + ".s", x + ".z"}, {x + ".dq"});
    return x + ".dq";
  }
  static std::string add_codes(ModelBuilder& builder, const std::string& name,
                               const Dimensions& dims) {
    builder
        .constant(name,
                  onnx::tensor_of(codes_like(graph::size_of(dims)), dims, onnx::ElementType::kInt8))
        .constant(name + ".s", one_number(0.03F));
    builder.add("DequantizeLinear", {name, name + ".s"}, {name + ".dq"});
    return name + ".dq";
  }
  static void expect_pass(const std::string& model, const Arguments& more, std::size_t layers) {
    Arguments arguments{"verify", "--hardware", "bismo-edge", "--network", model,
                        "--data", "shapes32",   "--json",     "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto run = run_bitloom(arguments);
    ASSERT_EQ(run.exit_code, 0) << run.out << run.err;
    const auto verdicts = nlohmann::json::parse(run.out);
    EXPECT_TRUE(verdicts["passed"]);
    EXPECT_EQ(verdicts["layers"].size(), layers);
  }
  testing::TemporaryFolder folder_;
};

TEST_F(FilesThroughTheRtl, HaveDilatedLayersOfTheirOwnCodes) {
  expect_pass(write_dilated(true), {}, 3);
  expect_pass(write_dilated(true), {"--batch", "2"}, 3);
}

TEST_F(FilesThroughTheRtl, SayWhyCodesTakeMoreBitsThanTheirFileStates) {
  ModelBuilder builder;
  builder.input("image", {-1, 3, 32, 32});
  builder.constant("s", one_number(1.0F / 128))
      .constant("z", onnx::tensor_of(Dimensions{-7}, {}, onnx::ElementType::kInt8));
  builder.add("QuantizeLinear", {"image", "s", "z"}, {"q"});
  builder.add("DequantizeLinear", {"q", "s", "z"}, {"dq"});
  builder.add("Conv", {"dq", add_codes(builder, "w", {10, 3, 3, 3})}, {"conv"});
  builder.add("GlobalAveragePool", {"conv"}, {"mean"}).add("Flatten", {"mean"}, {"y"}).output("y");
  const std::string model = folder_.write("q.onnx", builder.bytes());
  const auto run =
      run_bitloom({"verify", "--hardware", "bismo-edge", "--network", model, "--data", "shapes32"});
  EXPECT_EQ(run.exit_code, 0) << run.out;
  EXPECT_NE(run.out.find("conv"), std::string::npos);
  EXPECT_NE(run.err.find(model + ": layer 'conv' runs with 9 activation bits, and the file states "
                                 "8: code - zero point, which the arithmetic multiplies, takes "
                                 "one more\n"),
            std::string::npos)
      << run.err;
}

TEST_F(FilesThroughTheRtl, HaveDilatedLayersThatAreCalibrated) {
  const std::string model = write_dilated(false);
  expect_pass(model, {"--bits", "4/4"}, 4);
  const std::string policy = folder_.write("policy.json", R"({"network": "dilated.onnx", "layers": [
      {"name": "uneven", "weight_bits": [4, 2, 4, 0], "activation_bits": 4},
      {"name": "grouped", "weight_bits": [4, 2, 4, 4, 2, 4], "activation_bits": 4},
      {"name": "depthwise", "weight_bits": [2, 2, 2, 2, 4, 4], "activation_bits": 4},
      {"name": "classes", "weight_bits": 4, "activation_bits": 4}]})");
  expect_pass(model, {"--policy", policy}, 7);
}

/// A linear layer of 40 features behind `add_first` and Flatten, and one for 10 classes.
class LayersBehindTheImage : public FilesThroughTheRtl {
 protected:
  using Adder = void (*)(ModelBuilder&);
  static Dimensions quarter() { return {4, 4}; }
  void expect_same_everywhere(Adder add_first, std::int64_t features) {
    ModelBuilder builder;
    builder.input("image", {-1, 3, 32, 32});
    add_first(builder);
    builder.constant("u", reals_like({features, 40})).constant("v", reals_like({40, 10}));
    builder.add("Flatten", {"first"}, {"flat"}).add("Gemm", {"flat", "u"}, {"hidden"});
    builder.add("Relu", {"hidden"}, {"relu"}).add("Gemm", {"relu", "v"}, {"y"}).output("y");
    const std::string model = folder_.write("net.onnx", builder.bytes());
    const std::vector<Arguments> ways{{"--bits", "8/8", "--engine", "fake"},
                                      {"--bits", "8/8", "--engine", "integer"},
                                      {"--float"}};
    std::vector<double> losses;
    for (const Arguments& way : ways) {
      Arguments arguments{"evaluate", "--network", model,    "--data", "shapes32",
                          "--images", "100",       "--json", "-"};
      arguments.insert(arguments.end(), way.begin(), way.end());
      const auto run = run_bitloom(arguments);
      ASSERT_EQ(run.exit_code, 0) << run.err;
      losses.push_back(nlohmann::json::parse(run.out)["loss"]);
    }
    EXPECT_EQ(losses[0], losses[1]);
    EXPECT_NEAR(losses[0], losses[2], 0.03 * losses[2]) << "codes say what numbers do";
    expect_pass(model, {"--bits", "8/8"}, 2);
  }
};

TEST_F(LayersBehindTheImage, TellItsCodesThroughWhatMovesValues) {
  expect_same_everywhere([](ModelBuilder& b) { b.add("Identity", {"image"}, {"first"}); }, 3072);
  expect_same_everywhere([](ModelBuilder& b) { b.add("Relu", {"image"}, {"first"}); }, 3072);
  expect_same_everywhere(
      [](ModelBuilder& b) {
        b.add("Concat", {"image", "image"}, {"first"}, {attribute("axis", 1)});
      },
      6144);
  expect_same_everywhere(
      [](ModelBuilder& b) {
        b.add("MaxPool", {"image"}, {"first"},
              {attribute("kernel_shape", quarter()), attribute("strides", quarter())});
      },
      192);
}

TEST_F(LayersBehindTheImage, TellItsCodesThroughMeans) {
  expect_same_everywhere(
      [](ModelBuilder& b) {
        b.add("AveragePool", {"image"}, {"first"},
              {attribute("kernel_shape", quarter()), attribute("strides", quarter())});
      },
      192);
  expect_same_everywhere([](ModelBuilder& b) { b.add("GlobalAveragePool", {"image"}, {"first"}); },
                         3);
}

}  // namespace
}  // namespace bitloom
