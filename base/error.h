#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

/// A mistake of the user's: in a file, on the command line, in a name. `what()` is one line that
/// says where it is, what was wrong and what would be right. `cli/` prints it and exits with 2.
class UserError : public std::runtime_error {
 public:
  enum class Kind {
    kInput,        // what was given is wrong
    kUnsupported,  // it may be right, and this machine, format or engine cannot do it
    kResource,     // the computer does not give what the work needs: memory, disk, processes
    kWorkerDied,   // a worker process ended before it answered
  };

  explicit UserError(const std::string& message, Kind kind = Kind::kInput);
  /// Whoever goes on after an error does so only where it is kUnsupported.
  Kind kind() const { return kind_; }
  bool is_unsupported() const { return kind_ == Kind::kUnsupported; }
  /// The same mistake told by another text, such as one with a place before it.
  UserError with_text(const std::string& text) const { return UserError(text, kind_); }
  /// The same mistake in the file `path`: `path: ...`, unless it begins so. An empty path adds
  /// nothing.
  UserError in_file(const std::string& path) const;

 private:
  Kind kind_;
};

/// A UserError of what a machine, a format or an engine cannot do.
UserError unsupported(const std::string& message);

/// A mistake of ours. No input may trigger it; it is checked in release builds too.
class InternalError : public std::logic_error {
  using std::logic_error::logic_error;
};

/// Throws InternalError(`what`) unless `holds`.
void ensure(bool holds, const char* what);

/// `unknown network 'resnet8': did you mean resnet18, resnet20? (known: ...)`.
/// Names within an edit distance of a third of their length, or which contain `given`, are offered,
/// nearest first.
UserError unknown_name(std::string_view kind, std::string_view given,
                       const std::vector<std::string>& known);

/// The names of `known` nearest to `given`, nearest first, at most three; empty when nothing is
/// near.
std::vector<std::string> nearest_names(std::string_view given,
                                       const std::vector<std::string>& known);

}  // namespace bitloom
