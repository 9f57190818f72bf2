#include "pipelines/learn/training_images.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/data/draw.h"

namespace bitloom::pipelines {
namespace {

TrainingImages split_off_tenth(const Images& all) {
  const std::int64_t tenth = all->size() / 10;
  if (tenth == 0) throw UserError("--data: training needs ten images at least");
  data::Drawn drawn = data::draw(all, tenth);
  return {std::move(drawn.left), std::move(drawn.taken), "a tenth of each class of --data"};
}

}  // namespace

TrainingImages load_training_images(const TrainOptions& options, const Host& host) {
  constexpr std::int64_t kValidationImages = 2000;
  const Images all = load(options.data, data::Part::kTrain, host);
  if (options.validation)
    return {all, load(*options.validation, data::Part::kValidation), options.validation->spec};
  if (!data::is_generated(options.data.spec)) return split_off_tenth(all);
  return {all,
          drawn_images(data::make_dataset(options.data.spec, data::Part::kValidation),
                       kValidationImages),
          fmt::format("{} validation images of {}", kValidationImages, options.data.spec)};
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
