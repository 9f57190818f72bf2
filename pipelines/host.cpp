#include "pipelines/host.h"

#include "base/error.h"

namespace bitloom::pipelines {

std::optional<std::filesystem::path> shipped(const std::filesystem::path& wanted) {
  namespace fs = std::filesystem;
  std::error_code failure;
  const fs::path program_folder = fs::read_symlink("/proc/self/exe", failure).parent_path();
  for (const char* relative : {"..", "../share/bitloom", "../.."}) {
    const fs::path found = (program_folder / relative / wanted).lexically_normal();
    if (fs::exists(found, failure)) return found;
  }
  return std::nullopt;
}

std::string shipped_hardware() {
  if (const auto folder = shipped("configs/hardware")) return folder->string();
  throw UserError(
      "the folder configs/hardware is not beside the program; set BITLOOM_CONFIGS to configs");
}

Step::Step(const Host& host, std::string_view name, std::string_view unit, std::string note)
    : host_(host), progress_{.step = name, .unit = unit, .note = std::move(note)} {
  if (host_.progress) host_.progress(progress_);
}

Step::~Step() {
  progress_.ended = true;
  try {
    if (host_.progress) host_.progress(progress_);
  } catch (...) {  // the step has ended either way
  }
}

void Step::update(double done, std::int64_t of, std::string note,
                  const std::function<std::string()>& more) {
  progress_.done = done;
  progress_.of = of;
  progress_.note = std::move(note);
  progress_.more = more;
  if (host_.progress) host_.progress(progress_);
}

}  // namespace bitloom::pipelines
