#include "rtl/verify/core_cache.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <climits>
#include <fstream>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::verify {
namespace {

namespace fs = std::filesystem;

std::string host() {
  char name[HOST_NAME_MAX + 1] = {};
  gethostname(name, HOST_NAME_MAX);
  return name;
}

std::string kept_name(const fs::path& file, const fs::path& stem, const std::string& extension) {
  Hash hash;
  hash.add(contents(file));
  return fmt::format("{}-{}{}", stem.filename().string(), hash.text(), extension);
}

/// The process of this host that a scratch folder `*.HOST.PROCESS.build` belongs to.
std::optional<pid_t> owner(const fs::path& path) {
  const fs::path named = path.stem();  // *.HOST.PROCESS
  const std::string process = named.extension().string();
  if (path.extension() != ".build" || !named.stem().string().ends_with("." + host())) return {};
  pid_t id = 0;
  const char* end = process.data() + process.size();
  if (process.size() < 2 || std::from_chars(process.data() + 1, end, id).ptr != end) return {};
  return id;
}

}  // namespace

void Hash::add(const std::string& text) {
  for (const char c : text) value_ = (value_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  value_ = (value_ ^ 0xff) * 0x100000001b3ULL;  // an end that no text holds
}

std::string Hash::text() const { return fmt::format("{:016x}", value_); }

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw UserError(fmt::format("{}: cannot be read", path.string()));
  return {std::istreambuf_iterator<char>(file), {}};
}

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
      if (kill(*process, 0) != 0 && errno == ESRCH) abandoned.push_back(entry.path());
  for (const fs::path& folder : abandoned) fs::remove_all(folder);
}

}  // namespace bitloom::verify
