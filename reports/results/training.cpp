#include "reports/results/training.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "base/csv.h"
#include "base/error.h"
#include "reports/results/read_parts.h"

namespace bitloom::reports {
namespace {

std::string manifest_of(const std::string& folder) { return folder + "/manifest.json"; }

bool is_a_training(const std::string& program) {
  return program == "train" || program == "finetune";
}

TrainedEpoch epoch_of(const CsvTable& table, const CsvTable::Row& row) {
  constexpr std::int64_t kMost = 1'000'000'000;
  const auto may = [&](const char* column) {
    return table.has(column) && !row.text(column).empty() ? std::optional(row.real(column))
                                                          : std::nullopt;
  };
  return {.number = row.integer("epoch", 1, kMost),
          .stage = table.has("stage") ? row.integer("stage", 1, kMost) : 0,
          .learning_rate = row.real("learning_rate"),
          .train_loss = row.real("train_loss"),
          .train_top1_pct = row.real("train_top1_pct"),
          .validation_loss = row.real("validation_loss"),
          .validation_top1_pct = row.real("validation_top1_pct"),
          .validation_stderr_pct = may("validation_stderr_pct"),
          .validation_low_pct = may("validation_low_pct"),
          .validation_high_pct = may("validation_high_pct")};
}

std::vector<TrainedEpoch> read_log(const std::string& path) {
  const CsvTable table = CsvTable::load(path);
  table.require_columns({"epoch", "learning_rate", "train_loss", "train_top1_pct",
                         "validation_loss", "validation_top1_pct"});
  std::vector<TrainedEpoch> epochs;
  for (const CsvTable::Row& row : table.rows()) epochs.push_back(epoch_of(table, row));
  return epochs;
}

}  // namespace

const TrainedEpoch& TrainingRun::most_accurate() const {
  return *std::max_element(epochs.begin(), epochs.end(),
                           [](const TrainedEpoch& a, const TrainedEpoch& b) {
                             return a.validation_top1_pct < b.validation_top1_pct;
                           });
}

bool is_training(const std::string& folder) {
  std::error_code failure;
  if (!std::filesystem::is_regular_file(manifest_of(folder), failure)) return false;
  return is_a_training(JsonValue::load(manifest_of(folder)).text_or("command"));
}

TrainingRun read_training(const std::string& folder) {
  const JsonValue manifest = JsonValue::load(manifest_of(folder));
  const std::string log = folder + "/log.csv";
  if (!std::filesystem::exists(log))
    throw UserError(
        fmt::format("{}: is not there: the training has not ended an epoch yet, or the "
                    "file was taken away",
                    log));
  return {.name = run_name(folder),
          .program = manifest.text_or("command"),
          .network = manifest.text_or("network"),
          .data = manifest.text_or("data"),
          .validated_on = manifest.text_or("validated_on"),
          .validation_images = manifest.integer_at("validated_images"),
          .command = command_line(manifest),
          .epochs = read_log(log)};
}

}  // namespace bitloom::reports
