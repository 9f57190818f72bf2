#include "cli/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/error.h"
#include "base/output_file.h"
#include "cli/interruption.h"

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

/// The command that made the folder first: the program's name and its arguments.
ordered_json own_arguments() {
  ordered_json arguments = ordered_json::array();
  std::string one;
  for (const char byte : read_text("/proc/self/cmdline")) {
    if (byte != '\0') {
      one += byte;
      continue;
    }
    arguments.push_back(arguments.empty() ? "bitloom" : one);
    one.clear();
  }
  return arguments;
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
    lock(file);
    return;
  }
  if (fs::exists(path) && !(fs::is_directory(path, failure) && fs::is_empty(path, failure)))
    throw UserError(
        fmt::format("{}: is there already and is no run's folder: it has no {}", path, kManifest));
  fs::create_directories(path, failure);
  if (failure) throw UserError(fmt::format("{}: cannot be made: {}", path, failure.message()));
  ordered_json whole = manifest;
  whole["arguments"] = own_arguments();
  write_file(file, whole.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n");
  lock(file);
}

void RunFolder::lock(const std::string& file) const {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);  // the lock goes with it
  if (descriptor >= 0 && ::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw UserError(fmt::format("{}: another process is at work there", path_));
  promise_to_go_on();
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
