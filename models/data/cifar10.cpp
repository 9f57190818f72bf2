#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/files.h"
#include "models/data/sources.h"

namespace bitloom::data {
namespace {

constexpr std::int64_t kClasses = 10;
constexpr std::int64_t kSide = 32;
constexpr std::int64_t kPixelBytes = 3 * kSide * kSide;
constexpr std::int64_t kRecordBytes = 1 + kPixelBytes;

struct File {
  std::string path;
  FileBytes bytes;
  std::int64_t first = 0;  // index of its first record

  std::int64_t records() const { return static_cast<std::int64_t>(bytes.size()) / kRecordBytes; }
  const std::uint8_t* record(std::int64_t number) const {
    return bytes.data() + number * kRecordBytes;
  }
};

File load_file(const std::string& path, std::int64_t first) {
  File file{path, read_bytes(path, {.kinds = FileKinds::kRegularOnly}), first};
  if (file.bytes.empty() || file.bytes.size() % kRecordBytes != 0)
    throw UserError(fmt::format(
        "{}: {} bytes are no whole number of CIFAR-10 records of {} bytes (a label, 3 x 32 x 32 "
        "pixels)",
        path, file.bytes.size(), kRecordBytes));
  for (std::int64_t number = 0; number < file.records(); ++number)
    if (*file.record(number) >= kClasses)
      throw UserError(fmt::format("{}: record {}: label {} must be in [0, {}]", path, number,
                                  *file.record(number), kClasses - 1));
  return file;
}

class Cifar10 final : public Dataset {
 public:
  explicit Cifar10(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) files_.push_back(load_file(path, size()));
  }

  std::int64_t size() const override {
    return files_.empty() ? 0 : files_.back().first + files_.back().records();
  }
  std::int64_t classes() const override { return kClasses; }
  Image image(std::int64_t index) const override {
    const std::uint8_t* pixels = record(index) + 1;
    Image image;
    image.channels = 3;
    image.height = image.width = kSide;
    image.pixels.assign(pixels, pixels + kPixelBytes);
    return image;
  }
  std::int64_t label(std::int64_t index) const override { return *record(index); }
  std::string place(std::int64_t index) const override {
    return fmt::format("{}: record {}", file_of(index).path, index - file_of(index).first);
  }

 private:
  const File& file_of(std::int64_t index) const {
    ensure(index >= 0 && index < size(), "an image's index is in the data set");
    const auto after =
        std::upper_bound(files_.begin(), files_.end(), index,
                         [](std::int64_t i, const File& file) { return i < file.first; });
    return *(after - 1);
  }
  const std::uint8_t* record(std::int64_t index) const {
    const File& file = file_of(index);
    return file.record(index - file.first);
  }

  std::vector<File> files_;
};

}  // namespace

std::unique_ptr<Dataset> load_cifar10(const std::vector<std::string>& paths) {
  return std::make_unique<Cifar10>(paths);
}

}  // namespace bitloom::data
