#include "rtl/verify/core_cache.h"

#include <unistd.h>

#include <algorithm>
#include <climits>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"
#include "base/hash.h"
#include "base/numbers.h"
#include "base/processes.h"

namespace bitloom::verify {
namespace {

namespace fs = std::filesystem;

std::string host() {
  char name[HOST_NAME_MAX + 1] = {};
  gethostname(name, HOST_NAME_MAX);
  return name;
}

std::string kept_name(const fs::path& file, const fs::path& stem, const std::string& extension) {
  Fnv1a hash;
  hash.add_part(read_file(file.string()));
  return fmt::format("{}-{}{}", stem.filename().string(), hash.text(), extension);
}

/// The process of this host that a scratch folder `*.HOST.PROCESS.build` belongs to.
std::optional<pid_t> owner(const fs::path& path) {
  const fs::path named = path.stem();  // *.HOST.PROCESS
  const std::string process = named.extension().string();
  if (path.extension() != ".build" || !named.stem().string().ends_with("." + host())) return {};
  const auto id = parse_integer(process.substr(std::min<std::size_t>(1, process.size())), 1,
                                std::numeric_limits<pid_t>::max());
  return id ? std::optional(static_cast<pid_t>(*id)) : std::nullopt;
}

}  // namespace

std::optional<fs::path> find_kept(const fs::path& stem, const std::string& extension) {
  const std::string prefix = stem.filename().string() + "-";
  std::vector<fs::path> damaged;
  std::optional<fs::path> kept;
  for (const auto& entry : fs::directory_iterator(stem.parent_path())) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(extension)) continue;
    if (name == kept_name(entry.path(), stem, extension))
      kept = entry.path();
    else
      damaged.push_back(entry.path());
  }
  for (const fs::path& file : damaged) fs::remove(file);
  return kept;
}

fs::path keep(const fs::path& file, const fs::path& stem, const std::string& extension) {
  const fs::path kept = stem.parent_path() / kept_name(file, stem, extension);
  fs::rename(file, kept);
  return kept;
}

ScratchFolder::ScratchFolder(const fs::path& stem)
    : path_(fmt::format("{}.{}.{}.build", stem.string(), host(), getpid())) {
  fs::remove_all(path_);  // of a killed process with this one's number
  fs::create_directories(path_);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void remove_abandoned(const fs::path& cache) {
  std::vector<fs::path> abandoned;
  for (const auto& entry : fs::directory_iterator(cache))
    if (const auto process = owner(entry.path()))
      if (!is_running(*process)) abandoned.push_back(entry.path());
  for (const fs::path& folder : abandoned) fs::remove_all(folder);
}

}  // namespace bitloom::verify
