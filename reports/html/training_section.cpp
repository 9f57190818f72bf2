// The section of a report that a training makes.
#include <functional>

#include <fmt/format.h>

#include "base/shares.h"
#include "reports/html/result_sections.h"
#include "reports/html/vega.h"

namespace bitloom::reports {
namespace {

using vega::scale_of;
using vega::signal;

constexpr const char* kTraining = "training images";
constexpr const char* kValidation = "validation images";

Json epoch_plot(const std::string& y_title, const Json& y_fields) {
  constexpr int kHeight = 260;
  Json spec = vega::plot(kHeight);
  Json y = vega::scale("y", "linear", {{"data", "table"}, {"fields", y_fields}}, "height");
  y["nice"] = true;
  spec["scales"] = {vega::scale("x", "linear", {{"data", "table"}, {"field", "epoch"}}, "width"),
                    y};
  Json epochs = vega::axis("bottom", "x", "epoch", "d");
  epochs["tickMinStep"] = 1;
  spec["axes"] = {epochs, vega::axis("left", "y", y_title)};
  vega::add_colors(spec, {kTraining, kValidation}, {"var(--c5)", "var(--c2)"});
  return spec;
}

/// A line and its dots: one epoch alone has no line.
void add_curve(Json& spec, const std::string& field, const char* of) {
  const Json place{{"x", scale_of("x", "epoch")}, {"y", scale_of("y", field)}};
  const Json color{{"scale", "color"}, {"value", of}};
  Json line = place, dots = place;
  line.update(Json{{"stroke", color}, {"strokeWidth", {{"value", 2}}}});
  dots.update(Json{{"fill", color}, {"size", {{"value", 20}}}, {"tooltip", signal("datum")}});
  for (const auto& [type, how] : {std::pair{"line", line}, std::pair{"symbol", dots}})
    spec["marks"].push_back(
        {{"type", type}, {"from", {{"data", "table"}}}, {"encode", {{"update", how}}}});
}

Json or_nothing(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

/// Epochs are counted on over the stages; a column tells the stage where there are some.
DataTable curves_of(const TrainingRun& training, std::vector<std::string> columns,
                    const std::function<std::vector<Json>(const TrainedEpoch&)>& figures) {
  const bool has_stages = training.epochs.front().stage != 0;
  DataTable data{{"epoch"}, {}};
  if (has_stages) data.columns.emplace_back("stage");
  data.columns.insert(data.columns.end(), columns.begin(), columns.end());
  for (const TrainedEpoch& epoch : training.epochs) {
    std::vector<Json> row{std::ssize(data.rows) + 1};
    if (has_stages) row.push_back(epoch.stage);
    const std::vector<Json> told = figures(epoch);
    row.insert(row.end(), told.begin(), told.end());
    data.rows.push_back(std::move(row));
  }
  return data;
}

Figure loss_figure(const TrainingRun& training) {
  Figure figure{"loss",
                "Loss of each epoch",
                "Mean cross-entropy. That of the training images is of them as they were seen: "
                "varied, and while the network learned.",
                curves_of(training, {"train_loss", "validation_loss", "learning_rate"},
                          [](const TrainedEpoch& epoch) -> std::vector<Json> {
                            return {epoch.train_loss, epoch.validation_loss, epoch.learning_rate};
                          }),
                {}};
  figure.spec = epoch_plot("loss", {"train_loss", "validation_loss"});
  add_curve(figure.spec, "train_loss", kTraining);
  add_curve(figure.spec, "validation_loss", kValidation);
  return figure;
}

Figure accuracy_figure(const TrainingRun& training) {
  Figure figure{
      "accuracy",
      "Accuracy of each epoch",
      "Top-1. Bars: one standard error; where all validation images are right or none is, the "
      "range at 95 % confidence.",
      curves_of(training, {"train_top1_pct", "validation_top1_pct", "low", "high"},
                [](const TrainedEpoch& e) -> std::vector<Json> {
                  Json low = or_nothing(e.validation_low_pct);
                  Json high = or_nothing(e.validation_high_pct);
                  if (e.validation_stderr_pct) {
                    low = e.validation_top1_pct - *e.validation_stderr_pct;
                    high = e.validation_top1_pct + *e.validation_stderr_pct;
                  }
                  return {e.train_top1_pct, e.validation_top1_pct, low, high};
                }),
      {}};
  figure.spec =
      epoch_plot("top-1 accuracy (%)", {"train_top1_pct", "validation_top1_pct", "low", "high"});
  Json bars = vega::error_bar("table", scale_of("x", "epoch"), "y", "low", "high");
  bars["encode"]["update"]["opacity"] = signal("isValid(datum.low) ? 1 : 0");
  bars["encode"]["update"]["stroke"] = {{"scale", "color"}, {"value", kValidation}};
  figure.spec["marks"].push_back(bars);
  add_curve(figure.spec, "train_top1_pct", kTraining);
  add_curve(figure.spec, "validation_top1_pct", kValidation);
  return figure;
}

/// `93.40 ± 0.55 %`
std::string validated_text(const TrainingRun& training, const TrainedEpoch& epoch) {
  return share_text(epoch.validation_top1_pct, epoch.validation_stderr_pct.value_or(0),
                    training.validation_images.value_or(0), "±") +
         " %";
}

/// `epoch 3`, `epoch 3 of stage 2`.
std::string epoch_text(const TrainedEpoch& epoch) {
  return fmt::format("epoch {}{}", epoch.number,
                     epoch.stage > 0 ? fmt::format(" of stage {}", epoch.stage) : "");
}

}  // namespace

Section section_of(const TrainingRun& training, const std::string& id) {
  const TrainedEpoch &best = training.most_accurate(), &last = training.epochs.back();
  const std::string images =
      training.validation_images ? fmt::format("{} images of ", *training.validation_images) : "";
  std::vector<std::string> lines{
      fmt::format("Trained: {} on {} by {}, {} epoch{}, validated on {}{}.", training.network,
                  training.data, training.program, training.epochs.size(),
                  training.epochs.size() == 1 ? "" : "s", images, training.validated_on),
      fmt::format("Most accurate: {}, validation top-1 {}, loss {:.4f}.", epoch_text(best),
                  validated_text(training, best), best.validation_loss)};
  if (&best != &last)
    lines.push_back(fmt::format("Last: {}, validation top-1 {}, loss {:.4f}.", epoch_text(last),
                                validated_text(training, last), last.validation_loss));
  if (!training.command.empty()) lines.push_back("Command: " + training.command);
  return {id,
          fmt::format("{}: {} top-1 on validation images after {} epoch{}", training.network,
                      validated_text(training, best), training.epochs.size(),
                      training.epochs.size() == 1 ? "" : "s"),
          lines,
          {accuracy_figure(training), loss_figure(training)},
          {},
          nullptr};
}

}  // namespace bitloom::reports
