#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "base/text.h"
#include "models/data/csv.h"
#include "models/data/file_bytes.h"
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

std::size_t column_of(const std::string& path, const CsvRow& header, const std::string& name) {
  const auto count = std::count(header.fields.begin(), header.fields.end(), name);
  if (count != 1)
    throw UserError(fmt::format("{}:{}: column '{}' is {} (columns: {})", path, header.line, name,
                                count == 0 ? "missing" : "there twice",
                                excerpt(fmt::format("{}", fmt::join(header.fields, ", ")))));
  return static_cast<std::size_t>(std::find(header.fields.begin(), header.fields.end(), name) -
                                  header.fields.begin());
}

std::int64_t parse_label(const std::string& place, const std::string& text) {
  std::int64_t label = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), label);
  if (failure != std::errc() || end != text.data() + text.size() || label < 0 ||
      label > kHighestLabel)
    throw UserError(fmt::format("{}: class_index must be a whole number in [0, {}], got '{}'",
                                place, kHighestLabel, excerpt(text)));
  return label;
}

std::string find_image(const std::string& place, const fs::path& folder, const std::string& name) {
  if (!name.empty() && is_one_readable_line(name))
    for (const fs::path& candidate : {folder / name, folder / "images" / name}) {
      std::error_code ignored;
      if (fs::is_regular_file(candidate, ignored)) return candidate.string();
    }
  throw UserError(fmt::format("{}: image '{}' is neither beside the CSV nor in its images/", place,
                              excerpt(name)));
}

}  // namespace

std::unique_ptr<Dataset> load_image_list(const std::string& csv) {
  const Bytes bytes = read_file(csv);
  const std::vector<CsvRow> rows =
      parse_csv(csv, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (rows.empty()) throw UserError(csv + ": is empty; a header and rows would be right");
  const CsvRow& header = rows.front();
  const std::size_t file = column_of(csv, header, "file");
  const std::size_t label = column_of(csv, header, "class_index");
  const fs::path folder = fs::path(csv).parent_path();
  std::vector<Entry> entries;
  std::int64_t classes = 0;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    const std::string place = fmt::format("{}:{}", csv, row->line);
    if (row->fields.size() != header.fields.size())
      throw UserError(fmt::format("{}: {} fields, the header has {}", place, row->fields.size(),
                                  header.fields.size()));
    entries.push_back({find_image(place, folder, row->fields[file]),
                       parse_label(place, row->fields[label]), place});
    classes = std::max(classes, entries.back().label + 1);
  }
  if (entries.empty()) throw UserError(csv + ": has a header and no rows");
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
