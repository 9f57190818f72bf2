#pragma once

#include <string>

#include <nlohmann/json.hpp>

namespace bitloom::cli {

/// A run's folder with its manifest: what the run's result is a function of, and the command that
/// began it (`arguments`, which may differ when it is gone on with). A folder that is there
/// already is gone on with when its manifest is the same; a UserError names the first entry that is
/// not, or says that the folder is no run's, or that another process is at work there: the folder
/// is this process's while it lives.
class RunFolder {
 public:
  RunFolder(const std::string& path, const nlohmann::ordered_json& manifest);
  const std::string& path() const { return path_; }

 private:
  void lock(const std::string& file) const;

  std::string path_;
};

/// 16 hexadecimal digits that change with the file's content (FNV-1a, 64 bits).
std::string file_hash(const std::string& path);

}  // namespace bitloom::cli
