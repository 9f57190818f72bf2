#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/descriptor.h"

namespace bitloom {

/// A file that appears whole or not at all: it is written without a name, or beside its place under
/// another one, and named by `commit()`; without that it is gone. A file that is replaced leaves
/// its mode; a symbolic link stays and its target is replaced. That it can be written is found by
/// the constructor, before the work starts.
class OutputFile {
 public:
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Appends `data`; a UserError when the disk does not take it.
  void write(std::string_view data);
  /// Locks the file (lock.h) before it has its name, for as long as the result lives.
  Descriptor lock() const;
  /// Flushes to the disk and gives the file its name.
  void commit();
  const std::string& path() const { return path_; }

 private:
  void open_beside();
  void give_name(const std::function<bool(const char*)>& take);

  std::string path_;
  std::string target_;  // empty where a pipe or a device is written in place
  std::string beside_;  // the file's name until it has its own; empty while it has none
  int descriptor_ = -1;
};

/// Makes or replaces the file `path`, as a whole, with `bytes`.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace bitloom
