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
  explicit UserError(const std::string& message);
};

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
