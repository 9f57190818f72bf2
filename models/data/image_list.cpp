#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "base/csv.h"
#include "base/error.h"
#include "base/files.h"
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
  std::map<FileIdentity, int> seen;  // and on which line
  for (const CsvTable::Row& row : table.rows()) {
    entries.push_back({find_image(row, folder), row.integer("class_index", 0, kHighestLabel),
                       fmt::format("{}:{}", csv, row.line())});
    if (const auto identity = identity_of(entries.back().file))
      if (const auto [first, is_new] = seen.emplace(*identity, row.line()); !is_new)
        throw row.error("file", fmt::format("image '{}' stands on line {} already, and would count "
                                            "twice",
                                            excerpt(row.text("file")), first->second));
    classes = std::max(classes, entries.back().label + 1);
  }
  return std::make_unique<ImageFiles>(std::move(entries), classes);
}

namespace {

bool is_hidden(const fs::path& path) { return path.filename().string().front() == '.'; }

/// What lies in a folder and is not hidden, by name.
struct Listing {
  std::vector<std::string> folders, files;
};

Listing listed(const std::string& folder) {
  std::error_code failure;
  Listing found;
  for (const auto& entry : fs::directory_iterator(folder, failure))
    if (!is_hidden(entry.path()))
      (entry.is_directory() ? found.folders : found.files).push_back(entry.path().string());
  if (failure) throw UserError(fmt::format("{}: cannot be read: {}", folder, failure.message()));
  std::sort(found.folders.begin(), found.folders.end());
  std::sort(found.files.begin(), found.files.end());
  return found;
}

/// `folder` and every folder within it, also behind links. `above`: those that lead to it.
void add_folders(const std::string& folder, std::vector<FileIdentity>& above,
                 std::vector<std::string>& found) {
  const FileIdentity identity = identity_of(folder).value_or(FileIdentity{});
  if (std::find(above.begin(), above.end(), identity) != above.end())
    throw UserError(folder + ": is a link to a folder that it lies in, and has no end");
  found.push_back(folder);
  above.push_back(identity);
  for (const std::string& each : listed(folder).folders) add_folders(each, above, found);
  above.pop_back();
}

/// The files of a class in the order in which torchvision's ImageFolder has them: those of one
/// folder by name, folders by path.
std::vector<std::string> files_of_class(const std::string& folder) {
  std::vector<FileIdentity> above;
  std::vector<std::string> folders, files;
  add_folders(folder, above, folders);
  std::sort(folders.begin(), folders.end());
  for (const std::string& each : folders)
    for (std::string& file : listed(each).files) files.push_back(std::move(file));
  return files;
}

}  // namespace

std::unique_ptr<Dataset> load_image_folder(const std::string& folder) {
  const std::vector<std::string> classes = listed(folder).folders;
  if (classes.empty())
    throw UserError(folder + ": has no subfolders; one for each class would be right");
  std::vector<Entry> entries;
  std::int64_t label = 0, skipped = 0;
  for (const std::string& each : classes) {
    for (std::string& file : files_of_class(each))
      if (is_image_name(file))
        entries.push_back({std::move(file), label, ""});
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
