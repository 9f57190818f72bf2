#include "models/policies/formats.h"

#include <algorithm>

#include "base/error.h"

namespace bitloom::policies {

/// The order in which they are recognized; the first reads whatever no other knows.
const std::vector<Format>& formats() {
  static const std::vector<Format> table{bitloom_format(), haq_format(), nncf_format(),
                                         aimet_format(), hawq_format()};
  return table;
}

const Format& format_named(std::string_view name) {
  std::vector<std::string> known;
  for (const Format& each : formats()) {
    if (each.name == name) return each;
    known.emplace_back(each.name);
  }
  throw unknown_name("format", name, known);
}

Read read_policy(const File& file, const std::optional<std::string>& format, const Target& target,
                 const Reading& reading) {
  if (target.layers.empty()) throw UserError(target.network + ": has no layers");
  const Format* chosen = format ? &format_named(*format) : nullptr;
  for (const Format& each : formats())
    if (!chosen && each.recognizes(file)) chosen = &each;
  if (!chosen) chosen = &formats().front();
  Read read{.policy = {}, .format = chosen->name};
  read.policy = chosen->read(file, target, reading, read.passed_over);
  return read;
}

}  // namespace bitloom::policies
