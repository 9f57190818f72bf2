#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/options.h"
#include "models/data/loader.h"

/// Options that the commands of bitloom-learn share. Nothing here knows LibTorch.
namespace bitloom::cli {

/// Images and what is done to them: `--data`, `--split`, `--images`.
struct ImagesOption {
  std::string spec;
  std::optional<std::string> split;
  std::optional<std::string> count;
  std::string flag;  // `--data`, `--calibration-data`, ..

  /// Adds `--<prefix>data`, `--<prefix>split` and `--<prefix>images`.
  CLI::Option* add_to(CLI::App& command, const std::string& prefix, const std::string& help);
  bool is_given() const { return !spec.empty(); }
  /// A UserError where a split or a count is given, but no images.
  void require_consistent() const;
  /// The images; of generated sets those of `part`.
  std::shared_ptr<const data::Dataset> load(data::Part part) const;
  /// The images that `--split` and `--images` leave out; nothing where they leave out none.
  std::shared_ptr<const data::Dataset> load_left_out(data::Part part) const;

 private:
  std::vector<std::int64_t> chosen(const data::Dataset& all) const;
};

/// `--batch`, `--threads` and `--normalize`.
struct RunOptions {
  std::string batch;
  std::string threads = "1";
  std::optional<std::string> normalization;
  void add_to(CLI::App& command, const std::string& default_batch);
  std::int64_t batch_size() const;
  int processors() const;
  /// The given normalisation, or `own`: the network's.
  data::Normalization normalization_or(const std::string& own) const;
};

/// Of `--quantizer`.
constexpr const char* kQuantizerHelp =
    "how: NAME, or weights=NAME,activations=NAME (see `bitloom list quantizers`; uniform)";

/// How the network is quantized: `--bits`, `--policy`, `--quantizer`, `--granularity`, and the
/// images that set the activations' ranges.
struct QuantizationOptions {
  PolicyOptions policy;
  std::optional<std::string> scheme;
  std::optional<std::string> granularity;
  ImagesOption calibration;

  void add_to(CLI::App& command);
  /// Whether any of it asks for another quantization than a file's own.
  bool is_given() const { return policy.is_given() || policy.edge_layers || scheme || granularity; }
};

/// A network's input for a loader.
data::InputSize input_of(const graph::Graph& graph);

/// The first `count` images of `dataset`, or all where it has no more.
std::shared_ptr<const data::Dataset> first_images(std::shared_ptr<const data::Dataset> dataset,
                                                  std::int64_t count);

/// `--option TEXT` as a real number in [min, max].
double parse_real(std::string_view option, std::string_view text, double min, double max);

}  // namespace bitloom::cli
