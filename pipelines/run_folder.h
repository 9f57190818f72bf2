#pragma once

#include <string>

#include "base/descriptor.h"
#include "pipelines/host.h"
#include "pipelines/manifest.h"

namespace bitloom::pipelines {

/// A run's folder, which is this object's alone while it lives, with `manifest.json`: the manifest
/// and the command that began the run (`arguments`, which may differ when it is gone on with).
class RunFolder {
 public:
  /// Claims the folder, and makes it where there is none. One that is there already is gone on with
  /// when its manifest is the same. A UserError names the first entry that is not, or says that the
  /// folder is no run's, or that another process is at work there; then nothing has been written.
  RunFolder(const std::string& path, const Manifest& manifest, const Host& host);

  const std::string& path() const { return path_; }
  /// `name` in the folder.
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
  Descriptor lock_;
};

}  // namespace bitloom::pipelines
