#include "cli/run_folder.h"

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"

namespace bitloom::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* kManifest = "manifest.json";

std::string read_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Refuses a manifest that asks for something else.
void require_same(const std::string& path, const ordered_json& wanted) {
  const ordered_json there = ordered_json::parse(read_text(path), nullptr, false);
  if (!there.is_object())
    throw UserError(fmt::format("{}: is no run's manifest; choose another folder", path));
  for (const auto& [key, value] : wanted.items())
    if (!there.contains(key) || there[key] != value)
      throw UserError(fmt::format(
          "{}: the run there has {} {}, not {}; choose another folder, or the same options", path,
          key, there.contains(key) ? there[key].dump() : "missing", value.dump()));
}

}  // namespace

RunFolder::RunFolder(const std::string& path, const ordered_json& manifest) : path_(path) {
  if (path.empty()) throw UserError("--output '': an empty text is no folder's name");
  const std::string file = path + "/" + kManifest;
  std::error_code failure;
  if (fs::exists(file)) {
    require_same(file, manifest);
    return;
  }
  if (fs::exists(path) && !(fs::is_directory(path, failure) && fs::is_empty(path, failure)))
    throw UserError(
        fmt::format("{}: is there already and is no run's folder: it has no {}", path, kManifest));
  fs::create_directories(path, failure);
  if (failure) throw UserError(fmt::format("{}: cannot be made: {}", path, failure.message()));
  OutputFile output(file);
  output.write(manifest.dump(2) + "\n");
  output.commit();
}

std::string file_hash(const std::string& path) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : read_text(path)) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace bitloom::cli
