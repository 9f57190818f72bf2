#include "sim/kit/sourced_constant.h"

#include <optional>

#include <fmt/format.h>

#include "base/document.h"

namespace bitloom::hardware {
namespace {

/// Walks a document along with the sections that are shown. A section that has a unit is a constant
/// (show_constant).
class ConstantWalker : public FieldVisitor {
 public:
  explicit ConstantWalker(const DocumentValue& document) { open_.push_back({"", document, false}); }
  void begin_section(const FieldInfo& info) override {
    const Section& outer = open_.back();
    const std::string name =
        (outer.name.empty() || outer.name == "energy" ? "" : outer.name + ".") +
        std::string(info.name);
    const auto& in = outer.given;
    const bool is_given = in && in->is_mapping() && in->has(info.name);
    open_.push_back(
        {name, is_given ? std::optional(in->at(info.name)) : std::nullopt, !info.unit.empty()});
    begun();
  }
  void end_section() override { open_.pop_back(); }
  void real(const FieldInfo&, RealRange, double&) override {}
  void text(const FieldInfo&, std::string&) override {}
  void integer(const FieldInfo&, IntegerRange, std::int64_t&) override {}
  void boolean(const FieldInfo&, bool&) override {}

 protected:
  struct Section {
    std::string name;
    std::optional<DocumentValue> given;
    bool is_constant;
  };
  virtual void begun() {}
  const Section& section() const { return open_.back(); }

 private:
  std::vector<Section> open_;
};

class ConstantsLeftOut final : public ConstantWalker {
 public:
  using ConstantWalker::ConstantWalker;
  std::vector<std::string> take() { return std::move(left_out_); }

 private:
  void begun() override {
    if (section().is_constant && !section().given) left_out_.push_back(section().name);
  }
  std::vector<std::string> left_out_;
};

class BoundsCheck final : public ConstantWalker {
 public:
  using ConstantWalker::ConstantWalker;
  void real(const FieldInfo&, RealRange, double& value) override { value_ = value; }
  void optional_real(const FieldInfo& info, RealRange, std::optional<double>& bound) override {
    if (!bound || !section().given || !section().given->has(info.name)) return;
    const bool is_least = info.name == "least";
    if (is_least ? *bound > value_ : *bound < value_)
      throw section().given->at(info.name).error(fmt::format(
          "must be at {} the value, {:g}, is {:g}", is_least ? "most" : "least", value_, *bound));
  }

 private:
  double value_ = 0;
};

}  // namespace

std::vector<std::string> constants_left_out(const DocumentValue& document,
                                            const std::function<void(FieldVisitor&)>& show) {
  ConstantsLeftOut visitor(document);
  show(visitor);
  return visitor.take();
}

void check_bounds(const DocumentValue& document, const std::function<void(FieldVisitor&)>& show) {
  BoundsCheck visitor(document);
  show(visitor);
}

}  // namespace bitloom::hardware
