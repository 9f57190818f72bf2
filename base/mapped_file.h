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

 private:
  std::string path_;
  std::shared_ptr<const void> mapping_;
  std::string_view bytes_;
};

}  // namespace bitloom
