#pragma once

#include <string>
#include <string_view>

namespace bitloom {

/// A file that appears whole or not at all: it is written beside its place under another name and
/// renamed by `commit()`; without that it is removed. A file that is replaced leaves its mode; a
/// symbolic link stays and its target is replaced. That it can be written is found by the
/// constructor, before the work starts.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Appends `data`; a UserError when the disk does not take it.
  void write(std::string_view data);
  /// Flushes to the disk and gives the file its name.
  void commit();
  const std::string& path() const { return path_; }

 private:
  void open_beside();

  std::string path_;
  std::string target_;
  std::string beside_;
  int descriptor_ = -1;
};

}  // namespace bitloom
