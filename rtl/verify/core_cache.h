#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace bitloom::verify {

/// The file that keep() left as `stem`, unless its bytes are no longer those that were kept: a
/// damaged file is removed.
std::optional<std::filesystem::path> find_kept(const std::filesystem::path& stem,
                                               const std::string& extension);

/// Moves a whole file into the cache, atomically, as `stem`-HASH`extension`, with the hash of its
/// bytes; returns its path.
std::filesystem::path keep(const std::filesystem::path& file, const std::filesystem::path& stem,
                           const std::string& extension);

/// An empty folder beside `stem` that is gone when its owner is; named after host and process, so
/// that remove_abandoned() knows whose it was.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::filesystem::path& stem);
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Removes the scratch folders in `cache` of this host's processes that were killed.
void remove_abandoned(const std::filesystem::path& cache);

}  // namespace bitloom::verify
