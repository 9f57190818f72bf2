#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/options.h"
#include "pipelines/learn/quantization.h"

/// Options that the commands of bitloom-learn share.
namespace bitloom::cli {

/// Images and what is done to them: `--data`, `--split`, `--images`.
struct ImagesOption {
  std::string spec;
  std::optional<std::string> split;
  std::optional<std::string> count;
  std::string flag;  // `--data`, `--calibration-data`, ..

  /// Adds `--<prefix>data`, `--<prefix>split` and `--<prefix>images`, of which `taken` are taken
  /// where no count is given.
  CLI::Option* add_to(CLI::App& command, const std::string& prefix, const std::string& help,
                      const std::string& taken = "all");
  /// Images that must be given.
  pipelines::ImageChoice choice() const;
  /// Images that may be. A UserError where a split or a count is given, but no images.
  std::optional<pipelines::ImageChoice> optional_choice() const;
};

/// `--weights` of a trained network: by default the file of ONNX that the network is.
struct WeightsOption {
  std::optional<std::string> file;

  void add_to(CLI::App& command, const std::string& help);
  /// CLI::RequiredError where they are not given and `network` is no file of ONNX.
  std::string of(const NetworkOption& network) const;
};

/// The default of `--batch` where no gradients are needed.
constexpr const char* kAtOnceHelp = "those of 100,000 pixels: 100 of 32 x 32, 2 of 224 x 224";

/// `--batch`, `--threads` and `--normalize`.
struct RunOptions {
  std::optional<std::string> batch;
  std::string threads = "1";
  std::optional<std::string> normalization;
  void add_to(CLI::App& command, const std::string& default_batch);
  pipelines::ComputeChoice choice() const;
};

/// `--normalize`.
void add_normalization_to(CLI::App& command, std::optional<std::string>& normalization);
/// `--quantizer` and `--granularity`.
void add_scheme_to(CLI::App& command, std::optional<std::string>& scheme,
                   std::optional<std::string>& granularity);

/// `--ptq`, whose name is looked up at once.
void add_post_training_to(CLI::App& command, std::optional<std::string>& name);

/// How the network is quantized: `--bits`, `--policy`, `--quantizer`, `--granularity`,
/// `--ptq`, and the images that set the activations' ranges.
struct QuantizationOptions {
  PolicyOptions policy;
  std::optional<std::string> scheme;
  std::optional<std::string> granularity;
  std::optional<std::string> post_training;
  ImagesOption calibration;

  void add_to(CLI::App& command);
  pipelines::QuantizationChoice choice() const;
};

/// `--granularity`.
std::optional<pipelines::Granularity> parse_granularity(const std::optional<std::string>& text);

/// `--option TEXT` as a real number in [min, max].
double parse_real(std::string_view option, std::string_view text, double min, double max);

}  // namespace bitloom::cli
