#include "cli/learn/learn_options.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "models/data/split.h"

namespace bitloom::cli {

CLI::Option* ImagesOption::add_to(CLI::App& command, const std::string& prefix,
                                  const std::string& help) {
  flag = fmt::format("--{}data", prefix);
  CLI::Option* data = command.add_option(flag, spec, help)->type_name("DATA");
  command.add_option(fmt::format("--{}split", prefix), split, "only the indices that FILE lists")
      ->type_name("FILE");
  command.add_option(fmt::format("--{}images", prefix), count, "only the first N of them")
      ->type_name("N");
  return data;
}

void ImagesOption::require_consistent() const {
  if (is_given() || (!split && !count)) return;
  const std::string prefix = flag.substr(0, flag.size() - std::string_view("data").size());
  throw UserError(fmt::format("{0}split and {0}images belong to {1}", prefix, flag));
}

std::vector<std::int64_t> ImagesOption::chosen(const data::Dataset& all) const {
  std::vector<std::int64_t> indices;
  if (split) {
    indices = data::read_split(*split, all.size());
  } else {
    indices.resize(static_cast<std::size_t>(all.size()));
    std::iota(indices.begin(), indices.end(), std::int64_t{0});
  }
  if (count) {
    const std::int64_t most = parse_integer(flag.substr(0, flag.size() - 4) + "images", *count, 1,
                                            std::numeric_limits<std::int32_t>::max());
    indices.resize(std::min(indices.size(), static_cast<std::size_t>(most)));
  }
  return indices;
}

std::shared_ptr<const data::Dataset> ImagesOption::load(data::Part part) const {
  std::shared_ptr<const data::Dataset> images = data::make_dataset(spec, part);
  if (split || count) images = std::make_shared<data::Subset>(images, chosen(*images));
  if (images->size() == 0) throw UserError(fmt::format("{} {}: holds no images", flag, spec));
  return images;
}

std::shared_ptr<const data::Dataset> ImagesOption::load_left_out(data::Part part) const {
  const std::shared_ptr<const data::Dataset> images = data::make_dataset(spec, part);
  std::vector<bool> is_chosen(static_cast<std::size_t>(images->size()));
  for (const std::int64_t index : chosen(*images))
    is_chosen[static_cast<std::size_t>(index)] = true;
  std::vector<std::int64_t> left_out;
  for (std::int64_t i = 0; i < images->size(); ++i)
    if (!is_chosen[static_cast<std::size_t>(i)]) left_out.push_back(i);
  if (left_out.empty()) return nullptr;
  return std::make_shared<data::Subset>(images, std::move(left_out));
}

void RunOptions::add_to(CLI::App& command, const std::string& default_batch) {
  batch = default_batch;
  command
      .add_option("--normalize", normalization,
                  "input normalisation: imagenet, cifar10, tensorflow, caffe, unit, or "
                  "scale=..;mean=..;std=..;order=.. (the network's own)")
      ->type_name("HOW");
  command.add_option("--batch", batch, fmt::format("images computed at once ({})", default_batch))
      ->type_name("N");
  command.add_option("--threads", threads, "processor cores to use (1)")->type_name("N");
}

std::int64_t RunOptions::batch_size() const { return parse_integer("--batch", batch, 1, 65536); }

int RunOptions::processors() const {
  return static_cast<int>(parse_integer("--threads", threads, 1, 1024));
}

data::Normalization RunOptions::normalization_or(const std::string& own) const {
  return data::parse_normalization(normalization.value_or(own));
}

void QuantizationOptions::add_to(CLI::App& command) {
  policy.add_to(command);
  command.add_option("--quantizer", scheme, kQuantizerHelp)->type_name("NAME");
  command
      .add_option("--granularity", granularity,
                  "a range for each layer's weights or for each channel's (the quantizer's own)")
      ->type_name("layer|channel");
  calibration.add_to(command, "calibration-",
                     "images that set ranges and correct biases (256 of --data, of those left out "
                     "by --split where scored; of shapes32, of its training images)");
}

data::InputSize input_of(const graph::Graph& graph) {
  const graph::Shape& shape = graph.nodes().front().shape;
  return {shape[0], shape[1], shape[2]};
}

std::shared_ptr<const data::Dataset> first_images(std::shared_ptr<const data::Dataset> dataset,
                                                  std::int64_t count) {
  if (count >= dataset->size()) return dataset;
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), std::int64_t{0});
  return std::make_shared<data::Subset>(std::move(dataset), std::move(indices));
}

double parse_real(std::string_view option, std::string_view text, double min, double max) {
  const auto number = bitloom::parse_real(text, min, max);
  if (!number)
    throw UserError(
        fmt::format("{} '{}': must be a number in [{:g}, {:g}]", option, excerpt(text), min, max));
  return *number;
}

}  // namespace bitloom::cli
