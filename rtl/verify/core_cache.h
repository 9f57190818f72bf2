#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace bitloom::verify {

/// FNV-1a, 64 bits.
class Hash {
 public:
  void add(const std::string& text);
  /// 16 hexadecimal digits.
  std::string text() const;

 private:
  std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

/// A file's bytes. A UserError when it cannot be read.
std::string contents(const std::filesystem::path& path);

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
