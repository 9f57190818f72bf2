#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/files.h"
#include "base/npy.h"
#include "models/data/pixel_layout.h"
#include "models/data/preparation.h"
#include "models/data/sources.h"

namespace bitloom::data {
namespace {

constexpr std::int64_t kMostArrayLabel = 999'999;
constexpr std::string_view kInputTypes =
    "numpy.uint8 for pixels, numpy.float32 for inputs as they are, or numpy.int64 for whole "
    "numbers such as tokens,";
/// Up to which single precision has every whole number.
constexpr double kMostWhole = 1 << 24;

/// A NumPy file whose bytes stay in memory.
struct ArrayFile {
  std::string path;
  FileBytes bytes;
  NpyLayout layout;

  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  double value(std::int64_t index) const {
    return npy_value(layout, text(), static_cast<std::size_t>(index));
  }
  std::string shape() const { return fmt::format("{}", fmt::join(layout.extents, " x ")); }
};

ArrayFile load_array(const std::string& path, std::string_view right) {
  ArrayFile file{path, read_bytes(path, {.kinds = FileKinds::kRegularOnly}), {}};
  file.layout = npy_layout(path, file.text(), right);
  if (file.layout.is_fortran && file.layout.extents.size() > 1)
    throw UserError(path + ": is in Fortran's order; numpy.ascontiguousarray(x) would be right");
  return file;
}

/// Inputs and labels from two NumPy files. Bytes are pixels; real and wider whole numbers are what
/// a network takes.
class Arrays final : public Dataset {
 public:
  Arrays(ArrayFile inputs, ArrayFile labels)
      : inputs_(std::move(inputs)), labels_file_(std::move(labels)) {
    take_layout();
    take_labels();
  }

  std::int64_t size() const override { return static_cast<std::int64_t>(labels_.size()); }
  std::int64_t classes() const override { return classes_; }
  std::int64_t label(std::int64_t index) const override {
    return labels_.at(static_cast<std::size_t>(index));
  }
  std::string place(std::int64_t index) const override {
    return fmt::format("{}: input {} (label in {})", inputs_.path, index, labels_file_.path);
  }
  Image image(std::int64_t index) const override {
    ensure(index >= 0 && index < size(), "an image's index is in the data set");
    const std::int64_t each = layout_.channels * layout_.height * layout_.width;
    if (!is_real_)
      return image_of_bytes(inputs_.bytes.data() + inputs_.layout.begin + index * each, layout_);
    Image image;
    image.channels = layout_.channels;
    image.height = layout_.height;
    image.width = layout_.width;
    image.sizes = sizes_;
    for (std::int64_t i = index * each; i < (index + 1) * each; ++i) {
      const auto value = static_cast<float>(inputs_.value(i));
      if (is_whole_ && std::fabs(inputs_.value(i)) > kMostWhole)
        throw UserError(fmt::format("{}: input {} holds {}, must lie between -2^24 and 2^24",
                                    inputs_.path, index, inputs_.value(i)));
      if (!std::isfinite(value))
        throw UserError(fmt::format("{}: input {} holds {}, which is no finite number",
                                    inputs_.path, index, value));
      image.reals.push_back(value);
    }
    return image;
  }

 private:
  void take_layout() {
    const NpyLayout& stored = inputs_.layout;
    is_whole_ = stored.type == "<i4" || stored.type == "<i8";
    is_real_ = is_whole_ || stored.type == "<f4" || stored.type == "<f8";
    if (!is_real_ && stored.type != "|u1")
      throw UserError(fmt::format("{}: holds elements of type '{}'; {} would be right",
                                  inputs_.path, stored.type, kInputTypes));
    if (is_real_ && stored.extents.size() >= 2) {
      sizes_.assign(stored.extents.begin() + 1, stored.extents.end());
      const InputSize size = InputSize::of(sizes_);
      layout_ = {size.channels, size.height, size.width};
      return;
    }
    const auto layout = is_real_ ? std::nullopt : layout_of(stored.extents);
    if (!layout)
      throw UserError(fmt::format("{}: dimensions {} must be {}", inputs_.path, inputs_.shape(),
                                  is_real_ ? "inputs x one more or several" : kPixelLayouts));
    layout_ = *layout;
  }

  void take_labels() {
    const NpyLayout& stored = labels_file_.layout;
    if (stored.extents.size() != 1)
      throw UserError(fmt::format("{}: dimensions {} must be one, of labels", labels_file_.path,
                                  labels_file_.shape()));
    if (stored.extents[0] != inputs_.layout.extents[0])
      throw UserError(fmt::format("{}: {} labels for the {} inputs of {}", labels_file_.path,
                                  stored.extents[0], inputs_.layout.extents[0], inputs_.path));
    for (std::int64_t i = 0; i < stored.extents[0]; ++i) {
      const double label = labels_file_.value(i);
      if (!(label >= 0 && label <= kMostArrayLabel) || label != std::floor(label))
        throw UserError(fmt::format("{}: label {}: must be a whole number in [0, {}], got {}",
                                    labels_file_.path, i, kMostArrayLabel, label));
      labels_.push_back(static_cast<std::int64_t>(label));
      classes_ = std::max(classes_, labels_.back() + 1);
    }
  }

  ArrayFile inputs_, labels_file_;
  PixelLayout layout_;
  std::vector<std::int64_t> sizes_;  // of an input of real numbers
  bool is_real_ = false;             // taken as they are
  bool is_whole_ = false;            // and whole
  std::vector<std::int64_t> labels_;
  std::int64_t classes_ = 0;
};

}  // namespace

std::unique_ptr<Dataset> load_arrays(const std::string& inputs, const std::string& labels) {
  return std::make_unique<Arrays>(load_array(inputs, kInputTypes),
                                  load_array(labels, "whole numbers"));
}

}  // namespace bitloom::data
