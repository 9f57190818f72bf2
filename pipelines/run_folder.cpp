#include "pipelines/run_folder.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/json.h"
#include "base/lock.h"
#include "base/output_file.h"

namespace bitloom::pipelines {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

/// Makes the folder where there is none, and locks it: of several processes one gets it. A folder
/// has no content to be replaced, so the lock is always on the same thing.
Descriptor claim(const std::string& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) throw UserError(fmt::format("{}: cannot be made: {}", path, failure.message()));
  Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.number() < 0)
    throw UserError(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  if (!lock(folder)) throw UserError(fmt::format("{}: another process is at work there", path));
  return folder;
}

/// Refuses a manifest that asks for something else.
void require_same(const std::string& path, const ordered_json& wanted) {
  const ordered_json there = read_json_file(path);
  if (!there.is_object())
    throw UserError(fmt::format("{}: is no run's manifest; choose another folder", path));
  // As the file has it: bytes that are no UTF-8 are told otherwise.
  const ordered_json as_written = parse_json(json_text(wanted), path);
  if (const auto other = difference(there, as_written))
    throw UserError(fmt::format(
        "{}: the run there has {}; choose another folder, or the same options", path, *other));
}

/// Begins the run, or goes on with it.
void take(const std::string& path, const ordered_json& manifest, const ordered_json& notes,
          const std::vector<std::string>& arguments) {
  const std::string file = path + "/manifest.json";
  if (fs::exists(file)) return require_same(file, manifest);
  if (!fs::is_empty(path))
    throw UserError(
        fmt::format("{}: is there already and is no run's folder: it has no manifest.json", path));
  ordered_json whole = manifest;
  whole.update(notes);
  whole["arguments"] = arguments;
  write_file(file, json_text(whole, 2) + "\n");
}

}  // namespace

RunFolder::RunFolder(const std::string& path, const Manifest& manifest, const Host& host)
    : path_(path) {
  if (path.empty()) throw UserError("--output '': an empty text is no folder's name");
  std::error_code failure;
  if (fs::exists(path) && !fs::is_directory(path, failure))
    throw UserError(
        fmt::format("{}: is there already and is no run's folder: it has no manifest.json", path));
  lock_ = claim(path);
  take(path, manifest.json(), manifest.notes(), host.arguments);
  if (host.resumable) host.resumable();
}

}  // namespace bitloom::pipelines
