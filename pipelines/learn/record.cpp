#include "pipelines/learn/record.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"
#include "models/torch/codes_network.h"
#include "models/torch/evaluation.h"
#include "models/torch/processors.h"
#include "models/weights/integer_layers.h"
#include "pipelines/learn/model_loading.h"
#include "pipelines/learn/own_codes.h"

namespace bitloom::pipelines {
namespace {

/// What layers multiply while a network runs.
struct Recording {
  std::vector<integer::QuantizedLayer> layers;  // those with codes
  weights::Parameters tensors = {};
};

void add_codes(Recording& to, const graph::LayerShape& shape, const torch::Tensor& codes) {
  const weights::Tensor images = nn::from_torch(layer_images(shape, codes));
  weights::Tensor& all = to.tensors[fmt::format("record.{}.codes", shape.name)];
  if (all.shape.empty()) all.shape = {0, images.shape[1], images.shape[2], images.shape[3]};
  all.shape[0] += images.shape[0];
  all.values.insert(all.values.end(), images.values.begin(), images.values.end());
}

/// Runs a network; its layers' codes go into the recording.
using Run = std::function<void(const torch::Tensor& images, Recording& into)>;

/// The recording without codes, and what adds those of images.
struct Recorder {
  Recording recording;
  Run run;
};

Recorder recorder_of_own(const OwnCodes& codes, const LoadedWeights& weights) {
  Recording recording;
  for (const nn::OwnLayer& layer : codes.layers)
    if (layer.why_not.empty()) recording.layers.push_back(layer.operands);
  const auto network = own_codes_network(codes, weights, Arithmetic::kFake);
  return {std::move(recording), [network, &weights](const torch::Tensor& images, Recording& into) {
            network->forward(images, [&](std::size_t layer, const torch::Tensor& read) {
              add_codes(into, weights.network.layers[layer], read);
            });
          }};
}

Recorder recorder_of_stored(const RecordOptions& options, const LoadedWeights& weights,
                            const Host& host) {
  const std::string nothing = "holds no integers that could be recorded";
  if (!weights.file.metadata().count(kQuantizationKey))
    throw weights.file.error(nothing + "; `bitloom calibrate` writes them");
  const auto model = make_quantized({}, weights, {}, loading(weights, options.compute), host);
  if (const auto why_not = model->why_no_integers())
    throw weights.file.error(fmt::format("{}: {}", nothing, *why_not));
  const auto network = std::make_shared<const nn::CodesNetwork>(model->program());
  return {Recording{model->integer_layers()},
          [network, &weights](const torch::Tensor& images, Recording& into) {
            network->forward(
                images, [&](std::size_t layer, const torch::Tensor& read, const torch::Tensor&) {
                  add_codes(into, weights.network.layers[layer], read);
                });
          }};
}

/// A UserError where the codes of all images would take gigabytes of memory.
void require_room(const RecordOptions& options, const LoadedWeights& weights) {
  constexpr std::int64_t kMostCodes = std::int64_t{1} << 28;
  std::int64_t of_image = 0;
  for (const graph::LayerShape& layer : weights.network.layers)
    of_image += layer.in_channels * layer.input.height * layer.input.width;
  if (of_image > kMostCodes / options.count)
    throw UserError(
        fmt::format("--images {}: {} codes an image; at most {} images are recorded "
                    "at once",
                    options.count, of_image, kMostCodes / of_image));
}

void run_on_images(const RecordOptions& options, const LoadedWeights& weights, Recorder& recorder,
                   const Host& host) {
  const Images images = load(options.data, data::Part::kTest, host);
  if (images->size() < options.count)
    throw UserError(fmt::format("--data {}: holds {} images, {} are to be recorded",
                                options.data.spec, images->size(), options.count));
  data::Loader loader(images, loading(weights, options.compute));
  require_room(options, weights);
  Step step(host, "record", "images");
  for (std::int64_t done = 0; done < options.count;) {
    std::optional<data::Batch> batch = loader.next();
    const std::int64_t wanted = std::min(batch->size, options.count - done);
    recorder.run(nn::images_of(*batch).narrow(0, 0, wanted), recorder.recording);
    step.update(static_cast<double>(done += wanted), options.count);
  }
}

}  // namespace

Recorded record(const RecordOptions& options, const Host& host) {
  OutputFile output(options.output);
  nn::use_processors(options.compute.threads);
  const LoadedWeights weights = load_weights(options.network, options.weights, host, Answer::kAny);
  QuantizationChoice choice;
  choice.policy.of_model = !weights.own_layers.empty();
  const std::optional<OwnCodes> own = own_codes(choice, weights, host);
  Recorder recorder =
      own ? recorder_of_own(*own, weights) : recorder_of_stored(options, weights, host);
  run_on_images(options, weights, recorder, host);
  Recording& recording = recorder.recording;
  Recorded recorded{.layers = recording.layers.size(), .of = weights.network.layers.size()};
  for (const auto& [name, tensor] : recording.tensors)
    recorded.codes += static_cast<std::int64_t>(tensor.values.size());
  std::map<std::string, std::string> metadata{{"network", weights.network.graph.name()}};
  weights::add_integer_layers(recording.layers, recording.tensors, metadata);
  output.write(weights::safetensors(recording.tensors, metadata));
  output.commit();
  return recorded;
}

}  // namespace bitloom::pipelines
