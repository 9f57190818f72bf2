#include "pipelines/reproduction/published_rows.h"

#include <utility>

#include <fmt/format.h>

#include "base/csv.h"
#include "base/numbers.h"
#include "pipelines/reproduction/comparison.h"

namespace bitloom::reproduction {
namespace {

PublishedRow row_of(const CsvTable::Row& row) {
  return {.model = row.text("model"),
          .method = row.text("method"),
          .weight_bits = row.text("weight_bits"),
          .activation_bits = row.text("activation_bits"),
          .kind = row.text("kind"),
          .top1_pct = row.text("top1_pct"),
          .latency_ms = row.text("latency_ms"),
          .energy_mj = row.text("energy_mj"),
          .size_mb = row.text("size_mb"),
          .w_compression = row.text("w_compression"),
          .a_compression = row.text("a_compression"),
          .bitops_g = row.text("bitops_g"),
          .platform = row.text("platform"),
          .constraint = row.text("constraint"),
          .variant = row.text("variant")};
}

constexpr std::pair<const char*, const char*> kZooNames[] = {
    {"MobileNet-V1", "mobilenet_v1"},
    {"MobileNet-V2", "mobilenet_v2"},
    {"ResNet-18", "resnet18"},
    {"ResNet-34", "resnet34"},
    {"ResNet-50", "resnet50"},
    {"ResNet-20", "resnet20"},
    {"AlexNet", "alexnet"},
    {"Inception-V3", "inception_v3"},
    {"SqueezeNext", "squeezenext_2.0"},
    {"SqueezeNet-V1", "squeezenet_v1.1"},
    {"RetinaNet", "retinanet_r50"},
    {"DenseNet-121", "densenet121"},
    {"VGG-Small", "vgg_small"},
    {"VGG-Variant", "vgg_variant"},
    {"GoogLeNet-Variant", "googlenet_variant"}};

}  // namespace

std::string PublishedRow::label() const {
  std::string text = model + ", " + method;
  if (!weight_bits.empty() && !is_float())
    text += " " + weight_bits + (activation_bits.empty() ? " bits" : "/" + activation_bits);
  if (!variant.empty()) text += " " + variant;
  return text + (constraint.starts_with("w/") ? " " + constraint : "");
}

std::vector<PublishedRow> published_rows(const std::string& paper, const std::string& table) {
  const CsvTable results = CsvTable::load(Comparison::published("results.csv"));
  std::vector<PublishedRow> rows;
  for (const CsvTable::Row& row : results.rows())
    if (row.text("paper") == paper && row.text("table") == table) rows.push_back(row_of(row));
  return rows;
}

std::string searched_text(const PublishedRow& row, const std::vector<PublishedRow>& rows,
                          std::string PublishedRow::*figure) {
  std::string text = "policy not published; finding one needs ImageNet training";
  for (const PublishedRow& each : rows)
    if (each.method == "Original" && each.model == row.model && each.platform == row.platform)
      text += fmt::format("; {:.3f} of {}'s as printed",
                          Printed(row.*figure).value / Printed(each.*figure).value,
                          each.is_float() ? "single precision" : "8/8");
  return text;
}

std::optional<std::string> zoo_name(const std::string& model) {
  for (const auto& [published, ours] : kZooNames)
    if (model == published) return ours;
  return std::nullopt;
}

std::optional<int> whole_bits(const std::string& bits) {
  const auto number = parse_integer(bits, 1, 32);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

}  // namespace bitloom::reproduction
