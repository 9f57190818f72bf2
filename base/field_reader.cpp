#include "base/field_reader.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace bitloom {
namespace {

/// Walks a document along with the fields. Sections absent from the document hold no value.
class SectionWalker : public FieldVisitor {
 public:
  explicit SectionWalker(const DocumentValue& document) { open_.push_back(document); }

 protected:
  std::optional<DocumentValue> find(const FieldInfo& info) const {
    const auto& section = open_.back();
    if (!section || !section->has(info.name)) return std::nullopt;
    return section->at(info.name);
  }
  const std::optional<DocumentValue>& section() const { return open_.back(); }
  void open(std::optional<DocumentValue> section) { open_.push_back(std::move(section)); }
  void close() { open_.pop_back(); }

 private:
  std::vector<std::optional<DocumentValue>> open_;
};

class UnknownKeyCheck final : public SectionWalker {
 public:
  explicit UnknownKeyCheck(const DocumentValue& document) : SectionWalker(document) {
    known_.emplace_back();
  }
  void begin_section(const FieldInfo& info) override {
    known_.back().emplace_back(info.name);
    open(find(info));
    known_.emplace_back();
  }
  void end_section() override {
    if (section()) section()->allow_only(known_.back());
    known_.pop_back();
    close();
  }
  void absent_section(const FieldInfo& info) override { note(info); }
  void integer(const FieldInfo& info, IntegerRange, std::int64_t&) override { note(info); }
  void real(const FieldInfo& info, RealRange, double&) override { note(info); }
  void optional_real(const FieldInfo& info, RealRange, std::optional<double>&) override {
    note(info);
  }
  void integers(const FieldInfo& info, IntegerRange, std::vector<std::int64_t>&) override {
    note(info);
  }
  void boolean(const FieldInfo& info, bool&) override { note(info); }
  void text(const FieldInfo& info, std::string&) override { note(info); }
  void finish() const { section()->allow_only(known_.back()); }

 private:
  void note(const FieldInfo& info) { known_.back().emplace_back(info.name); }
  std::vector<std::vector<std::string>> known_;
};

class FieldFiller final : public SectionWalker {
 public:
  using SectionWalker::SectionWalker;
  void begin_section(const FieldInfo& info) override { open(given(info)); }
  void end_section() override { close(); }
  void integer(const FieldInfo& info, IntegerRange range, std::int64_t& value) override {
    if (const auto from = given(info)) value = from->integer(range.min, range.max);
  }
  void real(const FieldInfo& info, RealRange range, double& value) override {
    if (const auto from = given(info)) value = from->real(range.min, range.max);
  }
  void optional_real(const FieldInfo& info, RealRange range,
                     std::optional<double>& value) override {
    if (!section()) return;
    const auto from = find(info);
    value = from ? std::optional(from->real(range.min, range.max)) : std::nullopt;
  }
  void integers(const FieldInfo& info, IntegerRange range,
                std::vector<std::int64_t>& values) override {
    const auto from = given(info);
    if (!from) return;
    values.clear();
    for (const DocumentValue& item : from->items())
      values.push_back(item.integer(range.min, range.max));
  }
  void boolean(const FieldInfo& info, bool& value) override {
    if (const auto from = given(info)) value = from->boolean();
  }
  void text(const FieldInfo& info, std::string& value) override {
    if (const auto from = given(info)) value = from->text();
  }
  void choice(const FieldInfo& info, const std::vector<std::string>& names,
              std::size_t& chosen) override {
    if (const auto from = given(info)) {
      const std::string name = from->one_of(info.name, names);
      chosen =
          static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
    }
  }

 private:
  /// The field's value; a complaint at the enclosing section when a required one is absent.
  std::optional<DocumentValue> given(const FieldInfo& info) const {
    if (info.required && section()) return section()->at(info.name);
    return find(info);
  }
};

}  // namespace

void read_fields(const DocumentValue& document, const std::function<void(FieldVisitor&)>& show) {
  UnknownKeyCheck check(document);
  show(check);
  check.finish();
  FieldFiller filler(document);
  show(filler);
}

}  // namespace bitloom
