#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "base/csv.h"
#include "base/error.h"
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
  ImageFiles(std::vector<Entry> entries, std::int64_t classes)
      : entries_(std::move(entries)), classes_(classes) {}

  std::int64_t size() const override { return static_cast<std::int64_t>(entries_.size()); }
  std::int64_t classes() const override { return classes_; }
  Image image(std::int64_t index) const override { return read_image(entry(index).file); }
  std::int64_t label(std::int64_t index) const override { return entry(index).label; }
  std::string place(std::int64_t index) const override {
    return entry(index).place.empty() ? entry(index).file : entry(index).place;
  }

 private:
  const Entry& entry(std::int64_t index) const {
    return entries_.at(static_cast<std::size_t>(index));
  }

  std::vector<Entry> entries_;
  std::int64_t classes_;
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

std::unique_ptr<Dataset> load_image_folder(const std::string& folder) {
  std::error_code failure;
  std::set<fs::path> classes;
  for (const auto& entry : fs::directory_iterator(folder, failure))
    if (entry.is_directory()) classes.insert(entry.path());
  if (failure) throw UserError(fmt::format("{}: cannot be read: {}", folder, failure.message()));
  if (classes.empty())
    throw UserError(folder + ": has no subfolders; one for each class would be right");
  std::vector<Entry> entries;
  std::int64_t label = 0;
  for (const fs::path& each : classes) {
    std::set<std::string> files;
    for (const auto& entry : fs::directory_iterator(each, failure))
      if (entry.path().filename().string().front() != '.') files.insert(entry.path().string());
    if (failure)
      throw UserError(fmt::format("{}: cannot be read: {}", each.string(), failure.message()));
    if (files.empty()) throw UserError(each.string() + ": a class without images");
    for (const std::string& file : files) {
      if (!is_image_name(file))
        throw UserError(file + ": is neither .jpg, .jpeg nor .png; only images may be here");
      entries.push_back({file, label, ""});
    }
    ++label;
  }
  return std::make_unique<ImageFiles>(std::move(entries), label);
}

}  // namespace bitloom::data
