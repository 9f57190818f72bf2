#include "pipelines/rtl/core_making.h"

#include <unistd.h>

#include <optional>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::pipelines {
namespace {

constexpr double kWorthALine = 10;  // seconds

}  // namespace

std::filesystem::path rtl_source_folder() {
  if (const auto core = shipped("rtl/bismo_core.sv")) return core->parent_path().parent_path();
  throw UserError("the folder rtl is not beside the program");
}

verify::CoreTools core_tools(const VerifyOptions& options, const Host& host) {
  const std::filesystem::path sources = rtl_source_folder();
  const std::filesystem::path cache =
      host.cache_folder.empty()
          ? std::filesystem::temp_directory_path() / fmt::format("bitloom-{}", getuid())
          : host.cache_folder;
  return {.rtl = sources / "rtl",
          .headers = sources,
          .cache = cache / "cores",
          .trace = options.trace.has_value(),
          .own_rtl = options.rtl.value_or("")};
}

std::unique_ptr<verify::Core> make_core(const hardware::Bismo& hardware, verify::CoreTools tools,
                                        const Host& host) {
  std::optional<Step> step;
  std::string time;
  const verify::CoreParameters parameters = verify::parameters_of(hardware);
  tools.begin = [&](double seconds) {
    time = fmt::format("about {:.0f} s of a processor, once", seconds);
    if (seconds >= kWorthALine && host.warning)
      host.warning(fmt::format("verify: builds a core of {}{}: {}", verify::array_text(parameters),
                               tools.trace ? " that can write waveforms" : "", time));
  };
  tools.tell = [&](const std::string& stage) {
    step.reset();  // ends before the next begins
    step.emplace(host, "build", std::string_view(), fmt::format("{} ({})", stage, time));
  };
  try {
    return verify::core_for(parameters, tools);
  } catch (const std::filesystem::filesystem_error& unusable) {
    throw UserError(
        fmt::format("{}: cannot keep cores there: {}; XDG_CACHE_HOME names another folder",
                    unusable.path1().string(), unusable.code().message()));
  }
}

}  // namespace bitloom::pipelines
