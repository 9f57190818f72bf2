#include "pipelines/training_settings.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/field_reader.h"
#include "models/graph/precision.h"
#include "sim/catalogue.h"

namespace bitloom::pipelines {
namespace {

constexpr IntegerRange kEpochs{1, 100000};

/// An enumeration as one of names, in the order of its values.
template <class Choice>
void show_choice(FieldVisitor& visitor, const FieldInfo& info,
                 const std::vector<std::string>& names, Choice& value) {
  auto chosen = static_cast<std::size_t>(value);
  visitor.choice(info, names, chosen);
  value = static_cast<Choice>(chosen);
}

void show_rate(FieldVisitor& visitor, nn::RateSchedule& rate) {
  visitor.begin_section({"learning_rate", "", "of each step"});
  visitor.real({"start", "", "rate at the start, or at the end of the warm-up"}, {0, 1000},
               rate.start);
  show_choice(visitor,
              {"schedule", "",
               "how it falls: to 0 along a cosine; by a factor at some epochs; to 0 as a power"},
              {"cosine", "steps", "polynomial"}, rate.shape);
  visitor.integers({"at_epochs", "epochs", "of schedule steps: when it falls"}, kEpochs,
                   rate.at_epochs);
  visitor.real({"factor", "", "of schedule steps: what it is multiplied with"}, {0, 1},
               rate.factor);
  visitor.real({"power", "", "of schedule polynomial: 1 is a line"}, {0, 100}, rate.power);
  visitor.integer({"warm_up_epochs", "epochs", "in which it rises from 0"}, {0, kEpochs.max},
                  rate.warm_up_epochs);
  visitor.end_section();
}

void show_decay(FieldVisitor& visitor, nn::WeightDecay& decay) {
  visitor.begin_section({"weight_decay", "", "times a value, added to its gradient"});
  visitor.real({"weights", "", "of convolutions and linear layers"}, {0, 1}, decay.weights);
  visitor.real({"norms", "", "of batch norms and biases"}, {0, 1}, decay.norms);
  visitor.optional_real({"levels", "", "of what quantizers learn (their own penalties)"}, {0, 1},
                        decay.levels);
  visitor.end_section();
}

/// A complaint where `key` is given and no pair of bits.
void check_bits(const DocumentValue& document, const char* key, const std::string& bits) {
  if (!document.has(key)) return;
  try {
    graph::parse_precision(key, bits, graph::Activations::kIntegerOrFloat);
  } catch (const UserError& wrong) {
    const UserError here = document.at(key).error(
        "must be W/A, weight and activation bits, each in [1, 16], such as 4/6; activation bits "
        "may be 32, single precision");
    throw wrong.with_text(here.what());
  }
}

bool is_falling(const std::vector<std::int64_t>& bits) {
  return std::adjacent_find(bits.begin(), bits.end(), std::less_equal<>()) == bits.end();
}

void check_rate(const DocumentValue& document, const TrainingSettings& settings) {
  if (!document.has("learning_rate")) return;
  const DocumentValue section = document.at("learning_rate");
  const nn::RateSchedule& rate = settings.rate;
  const bool has_steps = rate.shape == nn::RateSchedule::Shape::kSteps;
  if (has_steps && rate.at_epochs.empty())
    throw section.error("key 'at_epochs' is missing: schedule steps says with it when it falls");
  for (const char* key : {"at_epochs", "factor"})
    if (!has_steps && section.has(key)) throw section.at(key).error("goes with schedule: steps");
  if (section.has("power") && rate.shape != nn::RateSchedule::Shape::kPolynomial)
    throw section.at("power").error("goes with schedule: polynomial");
  const bool rises =
      std::is_sorted(rate.at_epochs.begin(), rate.at_epochs.end(), std::less_equal<>());
  if (has_steps && (!rises || rate.at_epochs.back() >= settings.epochs))
    throw section.at("at_epochs")
        .error(fmt::format("must be rising and below epochs, which is {}", settings.epochs));
  if (rate.warm_up_epochs >= settings.epochs)
    throw section.at("warm_up_epochs")
        .error(fmt::format("must be below epochs, which is {}", settings.epochs));
}

void check(const DocumentValue& document, const TrainingSettings& settings) {
  check_bits(document, "bits", settings.bits);
  check_bits(document, "edge_layers", settings.edge_layers);
  check_rate(document, settings);
  if (!is_falling(settings.progressive))
    throw document.at("progressive").error("must be falling, such as [5, 4, 3]");
  if (settings.widths.empty()) return;
  if (settings.widths.size() == 1 || !is_falling(settings.widths))
    throw document.at("widths").error("must be two or more, falling, such as [8, 6, 4]");
  for (const char* other : {"progressive", "bits"})
    if (document.has(other))
      throw document.at(other).error("goes without widths, which train all bits at once");
}

/// Takes values as options of a run, by their dotted keys.
class Declaring final : public FieldVisitor {
 public:
  explicit Declaring(Manifest& manifest) : manifest_(manifest) {}
  void begin_section(const FieldInfo& info) override { section_ = std::string(info.name) + "."; }
  void end_section() override { section_.clear(); }
  void integer(const FieldInfo& info, IntegerRange, std::int64_t& value) override {
    manifest_.option(key(info), value);
  }
  void real(const FieldInfo& info, RealRange, double& value) override {
    manifest_.option(key(info), value);
  }
  void optional_real(const FieldInfo& info, RealRange, std::optional<double>& value) override {
    manifest_.option(key(info), value);
  }
  void integers(const FieldInfo& info, IntegerRange, std::vector<std::int64_t>& values) override {
    manifest_.option(key(info), fmt::format("{}", fmt::join(values, ",")));
  }
  void boolean(const FieldInfo& info, bool& value) override { manifest_.fact(key(info), value); }
  void text(const FieldInfo&, std::string&) override {}  // the quantization's facts tell
  void choice(const FieldInfo& info, const std::vector<std::string>& names,
              std::size_t& chosen) override {
    manifest_.option(key(info), names[chosen]);
  }

 private:
  std::string key(const FieldInfo& info) const { return section_ + std::string(info.name); }
  Manifest& manifest_;
  std::string section_;
};

std::string recipe_folder(const Host& host) {
  const std::string hardware =
      host.hardware_folder.empty() ? shipped_hardware() : host.hardware_folder;
  return (std::filesystem::path(hardware) / "../training").lexically_normal().string();
}

}  // namespace

void TrainingSettings::show(FieldVisitor& visitor) {
  visitor.text({"description", "", "what it is for"}, description);
  visitor.text({"paper", "", "whose values these are"}, paper);
  visitor.text({"quantizer", "", "as --quantizer takes it; none: of any network"}, quantizer);
  visitor.text({"bits", "", "W/A of every layer, unless bits or a policy are given"}, bits);
  visitor.text({"edge_layers", "", "W/A of the first and the last layer"}, edge_layers);
  visitor.integers({"progressive", "bits",
                    "a stage each before the last: layers that end with fewer bits have these"},
                   {graph::kMinBits, graph::kMaxBits}, progressive);
  visitor.integers({"widths", "bits", "of weights and activations, trained at once"},
                   {graph::kMinBits, graph::kMaxBits}, widths);
  visitor.integer({"epochs", "epochs", "times through the images, of each stage"}, kEpochs, epochs);
  visitor.integer({"batch", "images", "of a step"}, {1, 65536}, batch);
  show_choice(visitor, {"optimizer", "", "of the gradient descent"}, {"sgd", "nesterov", "adam"},
              optimizer.kind);
  visitor.real({"momentum", "", "of the gradients; of adam beta_1"},
               {0, nn::OptimizerOptions::kMostMomentum}, optimizer.momentum);
  show_rate(visitor, rate);
  show_decay(visitor, optimizer.decay);
  visitor.real({"label_smoothing", "", "the share of a label that all classes have alike"}, {0, 1},
               label_smoothing);
  visitor.begin_section({"distillation", "", "from the network that fine-tuning begins with"});
  visitor.real({"weight", "", "of the teacher in the loss; labels have the rest"}, {0, 1},
               teacher_weight);
  visitor.real({"temperature", "", "that outputs are divided by"}, {0.01, 1000}, temperature);
  visitor.end_section();
  visitor.integer({"norm_batches", "batches",
                   "on which means and variances of batch norms are measured after each epoch"},
                  {0, 1000000}, norm_batches);
}

std::vector<std::string> recipe_names(const Host& host) {
  return hardware::hardware_names(recipe_folder(host));
}

std::string recipe_path(const std::string& name_or_file, const Host& host) {
  if (hardware::is_hardware_file(name_or_file)) return name_or_file;
  const std::vector<std::string> known = recipe_names(host);
  if (std::find(known.begin(), known.end(), name_or_file) == known.end())
    throw unknown_name("recipe", name_or_file, known);
  return recipe_folder(host) + "/" + name_or_file + ".yaml";
}

TrainingSettings load_recipe(const std::string& name_or_file, const TrainingSettings& defaults,
                             const Host& host) {
  const DocumentValue document = load_document(recipe_path(name_or_file, host));
  TrainingSettings settings = defaults;
  read_fields(document, [&](FieldVisitor& visitor) { settings.show(visitor); });
  settings.rate.of_epochs = settings.epochs;
  check(document, settings);
  return settings;
}

void declare(TrainingSettings settings, Manifest& manifest) {
  Declaring visitor(manifest);
  settings.show(visitor);
  manifest.option("learning_rate.of_epochs", settings.rate.of_epochs);
}

}  // namespace bitloom::pipelines
