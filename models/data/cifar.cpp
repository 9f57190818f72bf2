#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "models/data/gzip_file.h"
#include "models/data/sources.h"

namespace bitloom::data {
namespace {

constexpr std::int64_t kSide = 32;
constexpr std::int64_t kPixelBytes = 3 * kSide * kSide;

/// A record: labels of a byte each, then the pixels. The last label is the image's.
struct RecordForm {
  std::string_view name;
  std::string_view labels_text;
  std::vector<std::int64_t> classes;  // of each label

  std::int64_t labels() const { return static_cast<std::int64_t>(classes.size()); }
  std::int64_t bytes() const { return labels() + kPixelBytes; }
};

const RecordForm& cifar10_form() {
  static const RecordForm form{"CIFAR-10", "a label", {10}};
  return form;
}

const RecordForm& cifar100_form() {
  static const RecordForm form{"CIFAR-100", "a coarse and a fine label", {20, 100}};
  return form;
}

struct RecordFile {
  std::string path;
  FileBytes bytes;
  std::int64_t first = 0;  // index of its first record
  std::int64_t records = 0;
};

RecordFile load_records(const std::string& path, std::int64_t first, const RecordForm& form) {
  RecordFile file{path, read_unpacked(path), first};
  const auto size = static_cast<std::int64_t>(file.bytes.size());
  if (size == 0 || size % form.bytes() != 0)
    throw UserError(fmt::format(
        "{}: {} bytes are no whole number of {} records of {} bytes ({}, 3 x 32 x 32 pixels)", path,
        size, form.name, form.bytes(), form.labels_text));
  file.records = size / form.bytes();
  for (std::int64_t number = 0; number < file.records; ++number)
    for (std::int64_t i = 0; i < form.labels(); ++i)
      if (const auto label = file.bytes[static_cast<std::size_t>(number * form.bytes() + i)];
          label >= form.classes[static_cast<std::size_t>(i)])
        throw UserError(fmt::format("{}: record {}: label {} must be in [0, {}]", path, number,
                                    label, form.classes[static_cast<std::size_t>(i)] - 1));
  return file;
}

class Cifar final : public Dataset {
 public:
  Cifar(const std::vector<std::string>& paths, const RecordForm& form) : form_(form) {
    std::map<FileIdentity, std::string> seen;
    for (const std::string& path : paths) {
      if (const auto identity = identity_of(path))
        if (const auto [first, is_new] = seen.emplace(*identity, path); !is_new)
          throw UserError(
              fmt::format("{}: is the same file as {}, and its images would count twice", path,
                          first->second == path ? "one before" : first->second));
      files_.push_back(load_records(path, size(), form));
    }
  }

  std::int64_t size() const override {
    return files_.empty() ? 0 : files_.back().first + files_.back().records;
  }
  std::int64_t classes() const override { return form_.classes.back(); }
  Image image(std::int64_t index) const override {
    const std::uint8_t* pixels = record(index) + form_.labels();
    Image image;
    image.channels = 3;
    image.height = image.width = kSide;
    image.pixels.assign(pixels, pixels + kPixelBytes);
    return image;
  }
  std::int64_t label(std::int64_t index) const override {
    return record(index)[form_.labels() - 1];
  }
  std::string place(std::int64_t index) const override {
    return fmt::format("{}: record {}", file_of(index).path, index - file_of(index).first);
  }

 private:
  const RecordFile& file_of(std::int64_t index) const {
    ensure(index >= 0 && index < size(), "an image's index is in the data set");
    const auto after =
        std::upper_bound(files_.begin(), files_.end(), index,
                         [](std::int64_t i, const RecordFile& file) { return i < file.first; });
    return *(after - 1);
  }
  const std::uint8_t* record(std::int64_t index) const {
    const RecordFile& file = file_of(index);
    return file.bytes.data() + (index - file.first) * form_.bytes();
  }

  const RecordForm& form_;
  std::vector<RecordFile> files_;
};

}  // namespace

std::unique_ptr<Dataset> load_cifar10(const std::vector<std::string>& paths) {
  return std::make_unique<Cifar>(paths, cifar10_form());
}

std::unique_ptr<Dataset> load_cifar100(const std::vector<std::string>& paths) {
  return std::make_unique<Cifar>(paths, cifar100_form());
}

}  // namespace bitloom::data
