#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bitloom {

/// The bytes of a regular file in memory without reading it: pages come as they are looked at.
/// Copies share the mapping. The file must not be shortened meanwhile.
class MappedFile {
 public:
  /// A UserError that begins with `path` where it is missing, no regular file, or not readable.
  explicit MappedFile(std::string path);

  const std::string& path() const { return path_; }
  std::string_view bytes() const { return bytes_; }
  /// Gives the memory of a part of bytes() back until it is looked at again. The system maps more
  /// than is looked at, up to megabytes at once.
  void release(std::string_view part) const;

 private:
  std::string path_;
  std::shared_ptr<const void> mapping_;
  std::string_view bytes_;
};

}  // namespace bitloom
