#include "models/torch/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/json_value.h"
#include "base/output_file.h"
#include "base/shares.h"
#include "models/torch/norm_statistics.h"

namespace bitloom::nn {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr const char* kCheckpoint = "checkpoint.safetensors";
constexpr const char* kBest = "best.safetensors";
constexpr const char* kLog = "log.csv";
constexpr const char* kProgressKey = "training";
constexpr std::string_view kOptimizer = "optimizer.";
constexpr double kSavingShare = 0.05;

json to_json(const EpochRecord& r) {
  return {r.epoch,
          r.learning_rate,
          r.train_loss,
          r.train_top1_pct,
          r.validation_loss,
          r.validation_top1_pct,
          r.validation_stderr_pct,
          r.widths_top1_pct};
}

std::vector<double> numbers_of(const JsonValue& list) {
  std::vector<double> numbers;
  for (const JsonValue& each : list.items()) numbers.push_back(each.number());
  return numbers;
}

EpochRecord record_from(const JsonValue& record) {
  constexpr std::size_t kFigures = 8;
  const std::vector<JsonValue> r = record.items();
  if (r.size() != kFigures) throw record.error(fmt::format("must list {} figures", kFigures));
  return {r[0].integer(), r[1].number(), r[2].number(), r[3].number(),
          r[4].number(),  r[5].number(), r[6].number(), numbers_of(r[7])};
}

/// The standard error; or no such and the range in its place.
std::string error_cells(const EpochRecord& r, std::int64_t images) {
  const auto range = range_of_share(r.validation_top1_pct, images);
  return range ? fmt::format(",{:.3f},{:.3f}", range->least_pct, range->most_pct)
               : fmt::format("{:.3f},,", r.validation_stderr_pct);
}

}  // namespace

std::string training_log(const std::vector<EpochRecord>& records, std::int64_t validation_images) {
  const bool has_widths = !records.empty() && !records.front().widths_top1_pct.empty();
  const bool has_stages = !records.empty() && records.front().stage != 0;
  std::string text = fmt::format(
      "epoch,learning_rate,train_loss,train_top1_pct,validation_loss,validation_top1_pct,"
      "validation_stderr_pct,validation_low_pct,validation_high_pct{}{}\n",
      has_widths ? ",widths_top1_pct" : "", has_stages ? ",stage" : "");
  for (const EpochRecord& r : records) {
    text += fmt::format("{},{:.6g},{:.5f},{:.3f},{:.5f},{:.3f},{}", r.epoch, r.learning_rate,
                        r.train_loss, r.train_top1_pct, r.validation_loss, r.validation_top1_pct,
                        error_cells(r, validation_images));
    if (has_widths) text += fmt::format(",{:.3f}", fmt::join(r.widths_top1_pct, " "));
    if (has_stages) text += fmt::format(",{}", r.stage);
    text += '\n';
  }
  return text;
}

Trainer::Trainer(Model& model, TrainingData data, TrainingOptions options, std::string folder,
                 std::map<std::string, std::string> metadata)
    : model_(model),
      data_(std::move(data)),
      options_(std::move(options)),
      folder_(std::move(folder)),
      metadata_(std::move(metadata)),
      optimizer_(model.learned(), options_.optimizer),
      loss_(options_.label_smoothing, options_.distillation) {
  data_.training_options.epochs = options_.epochs;
  if (!std::filesystem::exists(path(kCheckpoint))) {
    require_not_begun();
    return;
  }
  load(weights::TensorFile::load(path(kCheckpoint)));
  if (has_best()) weights::TensorFile::load(path(kBest));  // is there, and undamaged
  resumed_ = true;
}

/// A checkpoint is written before anything else.
void Trainer::require_not_begun() const {
  for (const char* later : {kLog, kBest})
    if (std::filesystem::exists(path(later)))
      throw UserError(fmt::format(
          "{}: is missing, but {} says that the training had begun: put it back, or begin anew in "
          "another folder",
          path(kCheckpoint), later));
}

const EpochRecord& Trainer::best() const {
  ensure(has_best(), "a training ends with its quantizers settled");
  return *std::max_element(records_.begin() + static_cast<std::ptrdiff_t>(settled_from_),
                           records_.end(), [](const EpochRecord& a, const EpochRecord& b) {
                             return a.validation_top1_pct < b.validation_top1_pct;
                           });
}

void Trainer::run(const std::function<void(const TrainingProgress&)>& on_step,
                  const ImageProgress& on_validation) {
  if (position_.epoch >= options_.epochs) return;
  data::Loader loader(data_.training, data_.training_options, position_);
  if (!resumed_) save();
  last_save_ = Clock::now();
  while (auto batch = loader.next()) {
    step(*batch, loader.batches_per_epoch());
    if (on_step)
      on_step({batch->position, options_.epochs, loader.batches_per_epoch(), batch->size,
               sums_.loss / static_cast<double>(sums_.images), options_.stage.number,
               options_.stage.of});
    position_ = {batch->position.epoch, batch->position.batch + 1};
    if (batch->last_of_epoch) end_epoch(on_validation);
    save_when_due(batch->last_of_epoch);
  }
}

void Trainer::step(data::Batch& batch, std::int64_t batches_per_epoch) {
  const Tensor labels = labels_of(batch);
  const std::int64_t step = batch.position.epoch * batches_per_epoch + batch.position.batch;
  const std::int64_t steps = options_.epochs * batches_per_epoch;
  model_.at_step({step, steps, batch.position.epoch, options_.epochs, batch.position.batch == 0});
  optimizer_.clear_gradients();
  const Tensor images = images_of(batch), taught = loss_.taught(images);
  double mean_loss = 0;
  for (std::size_t width = 0; width < model_.widths(); ++width)
    mean_loss +=
        add_gradients(images, labels, taught, width) / static_cast<double>(model_.widths());
  rate_ = rate_at(options_.rate, step, steps);
  optimizer_.step(rate_, step);
  model_.after_step();
  if (!std::isfinite(mean_loss))
    throw UserError(fmt::format(
        "{}: the loss is {} in epoch {}, batch {}: train at a smaller --learning-rate than {}",
        folder_, mean_loss, batch.position.epoch + 1, batch.position.batch + 1,
        options_.rate.start));
}

/// Adds a width's gradients to those of the widths before; its mean loss.
double Trainer::add_gradients(const Tensor& images, const Tensor& labels, const Tensor& taught,
                              std::size_t width) {
  const Tensor outputs = model_.forward(images, Mode::kTraining, width);
  const Tensor loss = loss_.of(outputs, labels, taught);
  const Tensor penalty = options_.optimizer.decay.levels ? Tensor() : model_.penalty(width);
  (penalty.defined() ? loss + penalty : loss).backward();
  const auto mean = loss.item<double>();
  sums_.loss += mean * static_cast<double>(labels.numel());
  sums_.right += (outputs.argmax(1) == labels).sum().item<std::int64_t>();
  sums_.images += labels.numel();
  return mean;
}

/// Validation figures of the model as it is; of several widths the means.
EpochRecord Trainer::validated(const ImageProgress& on_validation) {
  EpochRecord record;
  const auto widths = static_cast<double>(model_.widths());
  for (std::size_t width = 0; width < model_.widths(); ++width) {
    data::Loader validation(data_.validation, data_.validation_options);
    const Accuracy accuracy = evaluate(
        [&](const Tensor& images) { return model_.forward(images, Mode::kInference, width); },
        validation, data_.validation->size(), on_validation);
    record.validation_loss += accuracy.loss.value / widths;
    record.validation_top1_pct += accuracy.top1_pct.value / widths;
    record.validation_stderr_pct += accuracy.top1_pct.standard_error / widths;
    if (model_.widths() > 1) record.widths_top1_pct.push_back(accuracy.top1_pct.value);
  }
  return record;
}

/// On the same images in the same order after each epoch.
void Trainer::measure_norms() {
  if (options_.norm_batches == 0) return;
  data::LoaderOptions once = data_.training_options;
  once.epochs = 1;
  data::Loader loader(data_.training, once);
  nn::measure_norms(model_, loader, options_.norm_batches);
}

void Trainer::end_epoch(const ImageProgress& on_validation) {
  measure_norms();
  EpochRecord record = validated(on_validation);
  if (!std::isfinite(record.validation_loss))
    throw UserError(
        fmt::format("{}: the validation loss is {} after epoch {}: train at a smaller "
                    "--learning-rate than {}",
                    folder_, record.validation_loss, position_.epoch + 1, options_.rate.start));
  const auto images = static_cast<double>(sums_.images);
  const std::int64_t epoch = position_.epoch + 1;
  record.epoch = epoch;
  record.learning_rate = rate_;
  record.stage = options_.stage.number;
  record.train_loss = sums_.loss / images;
  record.train_top1_pct = 100 * static_cast<double>(sums_.right) / images;
  records_.push_back(std::move(record));
  if (!model_.settled())
    settled_from_ = records_.size();
  else if (&best() == &records_.back())
    write_file(path(kBest), weights::safetensors(model_.parameters(), metadata_));
  std::vector<EpochRecord> all = options_.stage.before;
  all.insert(all.end(), records_.begin(), records_.end());
  write_file(path(kLog), training_log(all, data_.validation->size()));
  sums_ = {};
  position_ = {epoch, 0};
}

void Trainer::save_when_due(bool now) {
  const std::chrono::duration<double> since = Clock::now() - last_save_;
  if (!now && since.count() * kSavingShare < saving_s_) return;
  const auto start = Clock::now();
  save();
  last_save_ = Clock::now();
  saving_s_ = std::chrono::duration<double>(last_save_ - start).count();
}

void Trainer::save() {
  weights::Parameters tensors = model_.parameters();
  for (const auto& [name, kept] : optimizer_.state())
    tensors[std::string(kOptimizer) + name] = from_torch(kept);
  json progress{{"epoch", position_.epoch}, {"batch", position_.batch},
                {"loss", sums_.loss},       {"right", sums_.right},
                {"images", sums_.images},   {"settled_from", settled_from_},
                {"records", json::array()}};
  for (const EpochRecord& record : records_) progress["records"].push_back(to_json(record));
  auto metadata = metadata_;
  metadata[kProgressKey] = json_text(progress);
  write_file(path(kCheckpoint), weights::safetensors(tensors, metadata));
}

void Trainer::load(const weights::TensorFile& file) {
  const torch::NoGradGuard no_gradient;
  file.metadata(weights::kChecksumKey);  // without which damage would not have been seen
  model_.load(file);
  for (auto& [name, kept] : optimizer_.state()) {
    const weights::Tensor stored = file.tensor(std::string(kOptimizer) + name);
    if (stored.shape != graph::Shape(kept.sizes().vec()))
      throw file.error(fmt::format("tensor '{}{}' is {}, must be {}", kOptimizer, name,
                                   weights::to_text(stored.shape),
                                   weights::to_text(kept.sizes().vec())));
    kept.copy_(to_torch(stored));
  }
  try {
    const JsonValue progress = file.json_metadata(kProgressKey);
    position_ = {progress.at("epoch").integer(), progress.at("batch").integer()};
    sums_ = {progress.at("loss").number(), progress.at("right").integer(),
             progress.at("images").integer()};
    settled_from_ = static_cast<std::size_t>(progress.integer_at("settled_from").value_or(0));
    for (const JsonValue& record : progress.at("records").items()) {
      records_.push_back(record_from(record));
      records_.back().stage = options_.stage.number;
    }
  } catch (const UserError& broken) {
    throw broken.with_text(fmt::format("{}; delete the file to begin anew", broken.what()));
  }
}

}  // namespace bitloom::nn
