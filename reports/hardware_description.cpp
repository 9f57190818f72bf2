// What `describe hardware` tells.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/description.h"
#include "reports/text/text_table.h"

namespace bitloom::reports {
namespace {

/// Prints fields as they are shown.
class FieldPrinter final : public FieldVisitor {
 public:
  explicit FieldPrinter(std::size_t max_width) : max_width_(max_width) {}
  void begin_section(const FieldInfo& info) override {
    if (!prefix_.empty()) {  // an energy constant: value and source on lines of their own
      constant_ = info;
      return;
    }
    prefix_ = std::string(info.name) + ".";
    if (!text_.ends_with("\n\n")) text_ += "\n";
    text_ += fmt::format("{}: {}\n", info.name, info.doc);
  }
  void end_section() override {
    if (constant_.name.empty()) {
      prefix_.clear();
      text_ += "\n";  // what follows is of no section, or of the next
    }
    constant_ = {};
  }
  void absent_section(const FieldInfo& info) override {
    if (!text_.ends_with("\n\n")) text_ += "\n";
    text_ += fmt::format("{}: absent\n", info.name);
    text_ += wrapped(std::string(info.doc), max_width_, "      ") + "\n";
  }
  void integer(const FieldInfo& info, IntegerRange range, std::int64_t& value) override {
    line(info, fmt::format("{}", value), fmt::format("{} to {}", range.min, range.max));
  }
  void real(const FieldInfo& info, RealRange range, double& value) override {
    line(constant_.name.empty() ? info : constant_, fmt::format("{:g}", value),
         fmt::format("{:g} to {:g}", range.min, range.max));
  }
  void optional_real(const FieldInfo& info, RealRange, std::optional<double>& bound) override {
    if (bound) text_ += fmt::format("      {}: {:g} {}\n", info.name, *bound, info.unit);
  }
  void integers(const FieldInfo& info, IntegerRange range,
                std::vector<std::int64_t>& values) override {
    line(info, values.empty() ? "none" : fmt::format("{}", fmt::join(values, ",")),
         fmt::format("each {} to {}", range.min, range.max));
  }
  void boolean(const FieldInfo& info, bool& value) override {
    line(info, value ? "true" : "false", "true or false");
  }
  void choice(const FieldInfo& info, const std::vector<std::string>& names,
              std::size_t& chosen) override {
    text_ += fmt::format("  {:<27} {:>8} ({})\n", prefix_ + std::string(info.name), names[chosen],
                         fmt::join(names, ", "));
    text_ += wrapped(std::string(info.doc), max_width_, "      ");
  }
  void text(const FieldInfo& info, std::string& value) override {
    if (!constant_.name.empty()) {
      text_ += wrapped("source: " + value, max_width_, "      ");
      return;
    }
    const std::string label = fmt::format("  {:<27} ", prefix_ + std::string(info.name));
    text_ += wrapped(value.empty() ? "none" : value, max_width_, std::string(label.size(), ' '))
                 .replace(0, label.size(), label);
    if (!prefix_.empty()) text_ += wrapped(std::string(info.doc), max_width_, "      ");
  }
  const std::string& printed() const { return text_; }

 private:
  void line(const FieldInfo& info, const std::string& value, const std::string& range) {
    text_ += fmt::format("  {:<27} {:>8} {:<10} ({})\n", prefix_ + std::string(info.name), value,
                         info.unit, range);
    text_ += wrapped(std::string(info.doc), max_width_, "      ");
  }

  std::size_t max_width_;
  std::string prefix_;
  FieldInfo constant_;
  std::string text_;
};

/// What follows from the description, a line each and remarks below.
std::string facts_text(const sim::Machine& machine, std::size_t max_width) {
  std::string text;
  for (const sim::Line& fact : machine.facts()) {
    const std::string indent(30, ' ');
    text += wrapped(fact.text, max_width, indent)
                .replace(0, indent.size(), fmt::format("  {:<28}", fact.label));
    if (!fact.remark.empty()) text += wrapped(fact.remark, max_width, "      ");
  }
  return text;
}

}  // namespace

std::string fields_text(const std::function<void(FieldVisitor&)>& show, std::size_t max_width) {
  FieldPrinter fields(max_width);
  show(fields);
  return fields.printed();
}

std::string hardware_text(hardware::Hardware hw, std::size_t max_width) {
  return fmt::format(
             "{}\n\n"
             "  peak                        {:.2f} binary TOPS (AND and add counted each)\n",
             hw.name(), hw.peak_binary_tops()) +
         facts_text(hw.machine(), max_width) + "\n" +
         fields_text([&](FieldVisitor& visitor) { hw.show(visitor); }, max_width);
}

}  // namespace bitloom::reports
