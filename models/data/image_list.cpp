#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <fmt/format.h>

#include "base/csv.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "models/data/image_file.h"
#include "models/data/sources.h"

namespace bitloom::data {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kHighestLabel = 999'999;

struct Entry {
  std::string file;
  std::int64_t label;
  std::string place;  // the CSV's line; empty where the file itself is the place
};

class ImageFiles final : public Dataset {
 public:
  ImageFiles(std::vector<Entry> entries, std::int64_t classes, std::int64_t skipped = 0)
      : entries_(std::move(entries)), classes_(classes), skipped_(skipped) {}

  std::int64_t size() const override { return static_cast<std::int64_t>(entries_.size()); }
  std::int64_t classes() const override { return classes_; }
  std::int64_t skipped() const override { return skipped_; }
  Image image(std::int64_t index) const override { return read_image(entry(index).file); }
  std::int64_t label(std::int64_t index) const override { return entry(index).label; }
  std::string place(std::int64_t index) const override {
    return entry(index).place.empty() ? entry(index).file : entry(index).place;
  }
  std::uint64_t fingerprint(std::int64_t index) const override {
    constexpr std::size_t kBytes = 4096;
    const std::string& path = entry(index).file;
    std::string begin(kBytes, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    begin.resize(static_cast<std::size_t>(file.gcount()));
    std::error_code unreadable;  // which is found when the image is read
    return Fnv1a()
        .add_part(std::to_string(label(index)))
        .add_part(std::to_string(fs::file_size(path, unreadable)))
        .add(begin)
        .value();
  }

 private:
  const Entry& entry(std::int64_t index) const {
    return entries_.at(static_cast<std::size_t>(index));
  }

  std::vector<Entry> entries_;
  std::int64_t classes_;
  std::int64_t skipped_;
};

std::string find_image(const CsvTable::Row& row, const fs::path& folder) {
  const std::string& name = row.text("file");
  if (!name.empty())
    for (const fs::path& candidate : {folder / name, folder / "images" / name}) {
      std::error_code ignored;
      if (fs::is_regular_file(candidate, ignored)) return candidate.string();
    }
  throw row.error("file", fmt::format("image '{}' is neither beside the CSV nor in its images/",
                                      excerpt(name)));
}

}  // namespace

std::unique_ptr<Dataset> load_image_list(const std::string& csv) {
  const CsvTable table = CsvTable::load(csv);
  table.require_columns({"file", "class_index"});
  const fs::path folder = fs::path(csv).parent_path();
  std::vector<Entry> entries;
  std::int64_t classes = 0;
  for (const CsvTable::Row& row : table.rows()) {
    entries.push_back({find_image(row, folder), row.integer("class_index", 0, kHighestLabel),
                       fmt::format("{}:{}", csv, row.line())});
    classes = std::max(classes, entries.back().label + 1);
  }
  return std::make_unique<ImageFiles>(std::move(entries), classes);
}

namespace {

bool is_hidden(const fs::path& path) { return path.filename().string().front() == '.'; }

/// What of `folder` is wanted, sorted by name.
template <class Wanted>
std::set<fs::path> listed(const fs::path& folder, const Wanted& wanted) {
  std::error_code failure;
  std::set<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder, failure))
    if (!is_hidden(entry.path()) && wanted(entry)) found.insert(entry.path());
  if (failure)
    throw UserError(fmt::format("{}: cannot be read: {}", folder.string(), failure.message()));
  return found;
}

}  // namespace

std::unique_ptr<Dataset> load_image_folder(const std::string& folder) {
  const auto classes =
      listed(folder, [](const fs::directory_entry& entry) { return entry.is_directory(); });
  if (classes.empty())
    throw UserError(folder + ": has no subfolders; one for each class would be right");
  std::vector<Entry> entries;
  std::int64_t label = 0, skipped = 0;
  for (const fs::path& each : classes) {
    for (const fs::path& file : listed(each, [](const auto&) { return true; }))
      if (is_image_name(file.string()))
        entries.push_back({file.string(), label, ""});
      else
        ++skipped;
    ++label;
  }
  if (entries.empty())
    throw UserError(
        fmt::format("{}: its {} subfolders hold no image ({})", folder, label, image_endings()));
  return std::make_unique<ImageFiles>(std::move(entries), label, skipped);
}

}  // namespace bitloom::data
