#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "models/data/gzip_file.h"
#include "models/data/pixel_layout.h"
#include "models/data/sources.h"

namespace bitloom::data {
namespace {

/// An array of bytes as LeCun's MNIST page describes it: 0, 0, the type, the number of dimensions,
/// each size as 32 bits, the highest byte first; then the values.
struct IdxFile {
  std::string path;
  std::vector<std::int64_t> sizes;
  FileBytes bytes;
  std::size_t header = 0;

  const std::uint8_t* values() const { return bytes.data() + header; }
};

std::int64_t big_endian(const std::uint8_t* bytes) {
  return std::int64_t{bytes[0]} << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
}

void check_magic(const std::string& path, const FileBytes& bytes) {
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0)
    throw UserError(path + ": is no idx file, which begins with two bytes of 0 and has a header");
  if (bytes[2] != 0x08)
    throw UserError(
        fmt::format("{}: byte 2: type 0x{:02x} must be 0x08, unsigned bytes", path, bytes[2]));
}

IdxFile load_file(const std::string& path) {
  IdxFile file{path, {}, read_unpacked(path), 0};
  check_magic(path, file.bytes);
  const std::size_t dimensions = file.bytes[3];
  file.header = 4 + 4 * dimensions;
  if (file.bytes.size() < file.header)
    throw UserError(fmt::format("{}: ends in its header: {} bytes, {} dimensions need {}", path,
                                file.bytes.size(), dimensions, file.header));
  const auto held = static_cast<std::int64_t>(file.bytes.size() - file.header);
  std::int64_t announced = 1;
  bool fits = true;
  for (std::size_t i = 0; i < dimensions; ++i) {
    const std::int64_t size = big_endian(file.bytes.data() + 4 + 4 * i);
    file.sizes.push_back(size);
    if (size == 0) throw UserError(path + ": holds no values: one of its sizes is 0");
    fits = fits && announced <= held / size;
    if (fits) announced *= size;
  }
  if (!fits || announced != held)
    throw UserError(fmt::format("{}: header announces {} values, {} bytes follow it", path,
                                fmt::join(file.sizes, " x "), held));
  return file;
}

class Idx final : public Dataset {
 public:
  Idx(IdxFile images, IdxFile labels) : images_(std::move(images)), labels_(std::move(labels)) {
    const std::vector<std::int64_t>& sizes = images_.sizes;
    const auto layout = layout_of(sizes);
    if (!layout)
      throw UserError(fmt::format("{}: dimensions {} must be {}", images_.path,
                                  fmt::join(sizes, " x "), kPixelLayouts));
    layout_ = *layout;
    if (labels_.sizes.size() != 1)
      throw UserError(fmt::format("{}: dimensions {} must be one, of labels", labels_.path,
                                  fmt::join(labels_.sizes, " x ")));
    if (labels_.sizes[0] != sizes[0])
      throw UserError(fmt::format("{}: {} labels for the {} images of {}", labels_.path,
                                  labels_.sizes[0], sizes[0], images_.path));
    classes_ = *std::max_element(labels_.values(), labels_.values() + sizes[0]) + 1;
  }

  std::int64_t size() const override { return images_.sizes[0]; }
  std::int64_t classes() const override { return classes_; }
  Image image(std::int64_t index) const override {
    check(index);
    const std::int64_t each = layout_.channels * layout_.height * layout_.width;
    return image_of_bytes(images_.values() + index * each, layout_);
  }
  std::int64_t label(std::int64_t index) const override {
    check(index);
    return labels_.values()[index];
  }
  std::string place(std::int64_t index) const override {
    return fmt::format("{}: label {}", labels_.path, index);
  }

 private:
  void check(std::int64_t index) const {
    ensure(index >= 0 && index < size(), "an image's index is in the data set");
  }

  IdxFile images_, labels_;
  PixelLayout layout_;
  std::int64_t classes_ = 0;
};

}  // namespace

std::unique_ptr<Dataset> load_idx(const std::string& images, const std::string& labels) {
  return std::make_unique<Idx>(load_file(images), load_file(labels));
}

}  // namespace bitloom::data
