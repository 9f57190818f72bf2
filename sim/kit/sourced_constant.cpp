#include "sim/kit/sourced_constant.h"

#include <optional>

#include "base/document.h"

namespace bitloom::hardware {
namespace {

/// A section that has a unit is a constant (show_constant).
class ConstantsLeftOut final : public FieldVisitor {
 public:
  explicit ConstantsLeftOut(const DocumentValue& document) { open_.push_back({"", document}); }
  void begin_section(const FieldInfo& info) override {
    const Section& outer = open_.back();
    const std::string name =
        (outer.name.empty() || outer.name == "energy" ? "" : outer.name + ".") +
        std::string(info.name);
    const auto& in = outer.given;
    const bool is_given = in && in->is_mapping() && in->has(info.name);
    if (!is_given && !info.unit.empty()) left_out_.push_back(name);
    open_.push_back({name, is_given ? std::optional(in->at(info.name)) : std::nullopt});
  }
  void end_section() override { open_.pop_back(); }
  void real(const FieldInfo&, RealRange, double&) override {}
  void text(const FieldInfo&, std::string&) override {}
  void integer(const FieldInfo&, IntegerRange, std::int64_t&) override {}
  void boolean(const FieldInfo&, bool&) override {}
  std::vector<std::string> take() { return std::move(left_out_); }

 private:
  struct Section {
    std::string name;
    std::optional<DocumentValue> given;
  };
  std::vector<Section> open_;
  std::vector<std::string> left_out_;
};

}  // namespace

std::vector<std::string> constants_left_out(const DocumentValue& document,
                                            const std::function<void(FieldVisitor&)>& show) {
  ConstantsLeftOut visitor(document);
  show(visitor);
  return visitor.take();
}

}  // namespace bitloom::hardware
