#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom::pipelines {

/// How far a step of a pipeline is. It is told when the step begins, while it goes on and when it
/// ends.
struct Progress {
  std::string_view step;  // `price`, `evaluate`
  std::string_view unit;  // of what is counted, such as `images`, where its rate is worth telling
  double done = 0;        // may count parts of what is under way
  std::int64_t of = 0;    // 0: how much is left cannot be told
  double already = 0;     // what an earlier run did
  std::string note;       // how it stands, in words; where a step begins, what takes its time
  /// More of it that takes time to find out: whoever shows a line asks for it then.
  std::function<std::string()> more = {};
  bool ended = false;
};

/// The program that a pipeline runs in: what it wants to hear, and where its files are. What is
/// left out is not told.
struct Host {
  /// May throw, which ends the pipeline.
  std::function<void(const Progress&)> progress = {};
  /// From here on the same options go on from where the run was, should the process end.
  std::function<void()> resumable = {};
  /// One line that the user should see: the work goes on.
  std::function<void(const std::string&)> warning = {};
  /// The folder of hardware descriptions that have names; empty: shipped_hardware().
  std::string hardware_folder = {};
  /// Where things that can be made again are kept, such as compiled RTL; empty: `bitloom` in the
  /// folder of temporary files.
  std::filesystem::path cache_folder = {};
  /// The command line, for manifests.
  std::vector<std::string> arguments = {};
};

/// Where something that comes with the project is, such as `configs/hardware`: beside the folder of
/// the running program, or in share/bitloom of an installation. Nothing where it is in neither.
std::optional<std::filesystem::path> shipped(const std::filesystem::path& wanted);

/// The folder of the hardware descriptions that come with the project; a UserError where there is
/// none.
std::string shipped_hardware();

/// One step, which begins where this is made and ends where it goes.
class Step {
 public:
  /// `note` says what takes the time of a step that cannot tell how far it is.
  Step(const Host& host, std::string_view name, std::string_view unit = {}, std::string note = {});
  /// Would keep a name that ends with the call.
  template <std::same_as<std::string> Temporary>
  Step(const Host&, Temporary&&, std::string_view = {}, std::string = {}) = delete;
  ~Step();
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;
  /// Work that an earlier run did.
  void begin_at(double done) { progress_.already = done; }
  void update(double done, std::int64_t of, std::string note = {},
              const std::function<std::string()>& more = {});
  /// For work that cannot tell how much is left.
  void tell(std::string how) { update(0, 0, std::move(how)); }

 private:
  const Host& host_;
  Progress progress_;
};

}  // namespace bitloom::pipelines
