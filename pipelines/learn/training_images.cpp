#include "pipelines/learn/training_images.h"

#include <unordered_set>

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/draw.h"

namespace bitloom::pipelines {
namespace {

TrainingImages split_off_tenth(const Images& all, bool starts_from_weights) {
  const std::int64_t tenth = all->size() / 10;
  if (tenth == 0) throw UserError("--data: training needs ten images at least");
  data::Drawn drawn = data::draw(all, tenth);
  const std::string seen =
      starts_from_weights ? ", which is not trained on here but may have been for --weights" : "";
  return {.training = std::move(drawn.left),
          .validation = std::move(drawn.taken),
          .validation_text = "a tenth of each class of --data" + seen,
          .are_drawn = true};
}

/// How many of `images` are among `others` too, wherever they lie.
std::int64_t images_among(const data::Dataset& images, const data::Dataset& others) {
  std::unordered_set<std::uint64_t> known;
  for (std::int64_t i = 0; i < others.size(); ++i) known.insert(others.fingerprint(i));
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < images.size(); ++i) count += known.count(images.fingerprint(i)) > 0;
  return count;
}

TrainingImages with_validation(const TrainOptions& options, const Images& training,
                               const Host& host) {
  TrainingImages images{.training = training,
                        .validation = load(*options.validation, data::Part::kValidation),
                        .validation_text = options.validation->spec};
  if (data::is_generated(options.data.spec)) return images;
  images.validation_seen = images_among(*images.validation, *training);
  if (images.validation_seen == 0) return images;
  const std::string seen = images.validation_seen == images.validation->size()
                               ? "all of whose images are trained on"
                               : fmt::format("{} of whose {} images are trained on",
                                             images.validation_seen, images.validation->size());
  images.validation_text += ", " + seen;
  if (host.warning)
    host.warning(fmt::format(
        "--validation-data {}: the accuracy on it is not that on images which the network has not "
        "seen",
        images.validation_text));
  return images;
}

}  // namespace

TrainingImages load_training_images(const TrainOptions& options, const Host& host) {
  constexpr std::int64_t kValidationImages = 2000;
  const Images all = load(options.data, data::Part::kTrain, host);
  TrainingImages images;
  if (options.validation)
    images = with_validation(options, all, host);
  else if (data::is_generated(options.data.spec))
    images = {
        .training = all,
        .validation = drawn_images(data::make_dataset(options.data.spec, data::Part::kValidation),
                                   kValidationImages),
        .validation_text =
            fmt::format("{} validation images of {}", kValidationImages, options.data.spec)};
  else
    images = split_off_tenth(all, options.weights.has_value());
  images.are_drawn |= options.data.count.has_value();
  return images;
}

nn::TrainingData training_data(const TrainOptions& options, const graph::Graph& graph,
                               const data::Normalization& normalization,
                               const TrainingImages& images) {
  const data::InputSize input = input_of(graph);
  const std::int64_t outputs = graph.nodes().back().shape[0];
  const std::int64_t batch = options.batch();
  data::require_labels_below(*images.training, outputs);
  data::require_labels_below(*images.validation, outputs);
  return {.training = images.training,
          .training_options = {.input = input,
                               .normalization = normalization,
                               .batch_size = batch,
                               .shuffle = true,
                               .drop_last = images.training->size() > batch,
                               .augmentation =
                                   options.augmentation.value_or(data::usual_augmentation(input)),
                               .seed = options.seed},
          .validation = images.validation,
          .validation_options = {
              .input = input, .normalization = normalization, .batch_size = images_at_once(input)}};
}

}  // namespace bitloom::pipelines
