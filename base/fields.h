#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom {

/// What is said of a configuration field, once: the reader checks by it, `describe` and the
/// documentation print it.
struct FieldInfo {
  std::string_view name;
  std::string_view unit;  // "" for a plain count or text
  std::string_view doc;
  bool required = false;  // otherwise the struct's own initial value is the default
};

struct IntegerRange {
  std::int64_t min;
  std::int64_t max;
};

struct RealRange {
  double min;
  double max;
};

/// A configuration struct shows its fields to a visitor, in the order of the file; visitors read,
/// print or list them.
class FieldVisitor {
 public:
  virtual ~FieldVisitor() = default;
  virtual void begin_section(const FieldInfo& info) = 0;
  virtual void end_section() = 0;
  /// A section that a file may have and that this struct has not.
  virtual void absent_section(const FieldInfo& /*info*/) {}
  virtual void integer(const FieldInfo& info, IntegerRange range, std::int64_t& value) = 0;
  virtual void real(const FieldInfo& info, RealRange range, double& value) = 0;
  /// A number that a section may leave out; a section that is read says whether it is there. A
  /// visitor that only looks sees it where it is.
  virtual void optional_real(const FieldInfo& info, RealRange range, std::optional<double>& value) {
    if (value) real(info, range, *value);
  }
  /// A list of whole numbers, each in the range. A visitor of structs that have none passes it
  /// over.
  virtual void integers(const FieldInfo& /*info*/, IntegerRange /*of_each*/,
                        std::vector<std::int64_t>& /*values*/) {}
  virtual void boolean(const FieldInfo& info, bool& value) = 0;
  virtual void text(const FieldInfo& info, std::string& value) = 0;
  /// One of `names`, `chosen` by index. A visitor that only looks sees its name as text.
  virtual void choice(const FieldInfo& info, const std::vector<std::string>& names,
                      std::size_t& chosen) {
    std::string name = names[chosen];
    text(info, name);
  }
};

}  // namespace bitloom
