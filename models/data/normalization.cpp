#include "models/data/normalization.h"

#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom::data {
namespace {

struct Preset {
  std::string name;
  std::string figures;  // for people; x is a pixel, 0 to 255
  Normalization normalization;
};

const std::vector<Preset>& presets() {
  static const std::vector<double> mean{0.485, 0.456, 0.406}, deviation{0.229, 0.224, 0.225};
  static const std::vector<Preset> table{
      {"unit", "x / 255", {1.0 / 255, {0.0}, {1.0}}},
      {"imagenet", "(x / 255 - .485,.456,.406) / .229,.224,.225", {1.0 / 255, mean, deviation}},
      {"cifar10",
       "(x / 255 - .4914,.4822,.4465) / .2470,.2435,.2616",
       {1.0 / 255, {0.4914, 0.4822, 0.4465}, {0.2470, 0.2435, 0.2616}}},
      {"tensorflow", "x / 127.5 - 1, Inception's too", {1.0 / 127.5, {1.0}, {1.0}}},
      {"caffe",
       "blue, green, red minus 104,117,123",
       {1.0, {104.0, 117.0, 123.0}, {1.0}, Normalization::Order::kBgr}},
  };
  return table;
}

UserError complaint(std::string_view complaint) {
  return UserError(fmt::format("normalization: {}", complaint));
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

double parse_number(std::string_view key, std::string_view text) {
  const auto number = parse_real(text);
  if (!number) throw complaint(fmt::format("{} must be a number, got '{}'", key, excerpt(text)));
  return *number;
}

double parse_positive(std::string_view key, std::string_view text) {
  const double number = parse_number(key, text);
  if (number <= 0) throw complaint(fmt::format("{} must be above 0, got '{}'", key, excerpt(text)));
  return number;
}

/// A number, or two with a slash between them.
double parse_scale(std::string_view text) {
  const std::vector<std::string_view> parts = split(text, '/');
  const double numerator = parse_positive("scale", parts[0]);
  if (parts.size() == 1) return numerator;
  const double scale = numerator / parse_positive("scale", text.substr(parts[0].size() + 1));
  if (!std::isfinite(scale) || scale <= 0)
    throw complaint(fmt::format("scale is out of range, got '{}'", excerpt(text)));
  return scale;
}

std::vector<double> parse_channels(std::string_view key, std::string_view text,
                                   double (*parse)(std::string_view, std::string_view)) {
  std::vector<double> numbers;
  for (const std::string_view part : split(text, ',')) numbers.push_back(parse(key, part));
  if (numbers.size() != 1 && numbers.size() != 3)
    throw complaint(fmt::format("{} must be one number or three, got {}", key, numbers.size()));
  return numbers;
}

Normalization::Order parse_order(std::string_view text) {
  if (text != "rgb" && text != "bgr")
    throw complaint(fmt::format("order must be rgb or bgr, got '{}'", excerpt(text)));
  return text == "rgb" ? Normalization::Order::kRgb : Normalization::Order::kBgr;
}

void set(Normalization& normalization, std::string_view key, std::string_view value) {
  if (key == "scale")
    normalization.scale = parse_scale(value);
  else if (key == "mean")
    normalization.mean = parse_channels(key, value, parse_number);
  else if (key == "std")
    normalization.std = parse_channels(key, value, parse_positive);
  else if (key == "order")
    normalization.order = parse_order(value);
  else
    throw complaint(unknown_name("key", key, {"scale", "mean", "std", "order"}).what());
}

/// The scale as text: as 1/n where that is shorter and the same number.
std::string scale_text(double scale) {
  const std::string plain = fmt::format("{}", scale);
  const std::string inverse = fmt::format("1/{:.12g}", 1 / scale);
  return inverse.size() < plain.size() && parse_scale(inverse) == scale ? inverse : plain;
}

double of_channel(const std::vector<double>& values, std::size_t channel) {
  return values.size() == 1 ? values[0] : values[channel];
}

}  // namespace

std::string normalization_help() {
  std::string text;
  for (const Preset& preset : presets())
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", preset.name, preset.figures);
  return text + ", or scale=1/255;mean=.5,.5,.5;std=.2,.2,.2;order=bgr";
}

std::vector<std::string> normalization_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.push_back(preset.name);
  return names;
}

Normalization parse_normalization(std::string_view text) {
  for (const Preset& preset : presets())
    if (preset.name == text) return preset.normalization;
  if (text.find('=') == std::string_view::npos)
    throw UserError(
        fmt::format("{}; or figures, as scale=1/255;mean=.5,.5,.5;std=.2,.2,.2;order=rgb",
                    unknown_name("normalization", text, normalization_names()).what()));
  Normalization normalization{1.0, {0.0}, {1.0}};
  std::vector<std::string_view> given;
  for (const std::string_view part : split(text, ';')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos)
      throw complaint(fmt::format("'{}' must be KEY=VALUE", excerpt(part)));
    const std::string_view key = part.substr(0, equals);
    for (const std::string_view earlier : given)
      if (earlier == key) throw complaint(fmt::format("{} is given twice", excerpt(key)));
    set(normalization, key, part.substr(equals + 1));
    given.push_back(key);
  }
  return normalization;
}

Normalization parse_stated_normalization(const std::string& file, std::string_view text) try {
  return parse_normalization(text);
} catch (const UserError& mistake) {
  constexpr std::string_view kPrefix = "normalization: ";
  std::string what = mistake.what();
  if (what.starts_with(kPrefix)) what.erase(0, kPrefix.size());
  throw mistake.with_text(fmt::format("{}: metadata 'normalization': {}", file, what));
}

std::string to_text(const Normalization& normalization) {
  return fmt::format("scale={};mean={};std={};order={}", scale_text(normalization.scale),
                     fmt::join(normalization.mean, ","), fmt::join(normalization.std, ","),
                     normalization.order == Normalization::Order::kRgb ? "rgb" : "bgr");
}

Normalizer::Normalizer(const Normalization& normalization, std::int64_t channels) {
  const bool is_bgr = normalization.order == Normalization::Order::kBgr;
  const bool needs_three =
      is_bgr || normalization.mean.size() == 3 || normalization.std.size() == 3;
  if (needs_three && channels != 3)
    throw complaint(fmt::format("'{}' is for 3 channels, the network takes {}",
                                to_text(normalization), channels));
  channels_.resize(static_cast<std::size_t>(channels));
  for (std::size_t c = 0; c < channels_.size(); ++c) {
    const double mean = of_channel(normalization.mean, c), std = of_channel(normalization.std, c);
    channels_[c].source = static_cast<std::int64_t>(is_bgr ? 2 - c : c);
    for (std::size_t pixel = 0; pixel < 256; ++pixel)
      channels_[c].values[pixel] =
          static_cast<float>((static_cast<double>(pixel) * normalization.scale - mean) / std);
  }
}

void Normalizer::operator()(const Image& image, float* out) const {
  ensure(image.channels == static_cast<std::int64_t>(channels_.size()),
         "an image has the normalization's channels");
  const std::int64_t pixels = image.height * image.width;
  for (const Channel& channel : channels_) {
    const std::uint8_t* plane = image.plane(channel.source);
    for (std::int64_t i = 0; i < pixels; ++i) *out++ = channel.values[plane[i]];
  }
}

}  // namespace bitloom::data
