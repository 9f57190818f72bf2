// What `describe hardware` tells.
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/description.h"
#include "reports/text/text_table.h"
#include "sim/families/bismo/area.h"
#include "sim/families/bitfusion/mapping.h"

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
  void integer(const FieldInfo& info, IntegerRange range, std::int64_t& value) override {
    line(info, fmt::format("{}", value), fmt::format("{} to {}", range.min, range.max));
  }
  void real(const FieldInfo& info, RealRange range, double& value) override {
    line(constant_.name.empty() ? info : constant_, fmt::format("{:g}", value),
         fmt::format("{:g} to {:g}", range.min, range.max));
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
    const std::string label = fmt::format("  {:<27} ", info.name);
    text_ +=
        wrapped(value, max_width_, std::string(label.size(), ' ')).replace(0, label.size(), label);
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

std::string fit_text(const hardware::DpuFit& fit, std::string_view unit) {
  return fmt::format(
      "{:.4g} dk + {:.4g} accumulator_bits {} {:.3g} {} (residuals {:+.1f} to {:+.1f})",
      fit.per_dk_bit, fit.per_accumulator_bit, fit.constant < 0 ? '-' : '+', std::abs(fit.constant),
      unit, fit.least_residual, fit.greatest_residual);
}

std::string dpu_area_text(const hardware::Bismo& hw, std::size_t max_width) {
  const bool fitted = hw.dk >= hardware::kLeastFittedDk && hw.dk <= hardware::kGreatestFittedDk;
  return fmt::format(
             "  dot-product units           {:.0f} LUT (BISMO: 2.04 dk + 109 each)\n"
             "                              {:.0f} LUT, {:.0f} FF (rtl/dpu.sv synthesized)\n",
             hw.published_array_luts(), hw.array_luts(), hw.array_flip_flops()) +
         wrapped(
             fmt::format("a unit, by {} for 7-series, dk {} to {}{}: {}; {}", hardware::kDpuFitTool,
                         hardware::kLeastFittedDk, hardware::kGreatestFittedDk,
                         fitted ? "" : ", here extrapolated", fit_text(hardware::kDpuLuts, "LUT"),
                         fit_text(hardware::kDpuFlipFlops, "FF")),
             max_width, "      ");
}

std::string facts_text(const hardware::Bismo& hw, std::size_t max_width) {
  return fmt::format("  operand buffers             {} BRAM36 (BISMO's cost model)\n",
                     hw.bram36_blocks()) +
         dpu_area_text(hw, max_width);
}

std::string fusion_area_text(const hardware::BitFusion& hw) {
  return fmt::format(
      "{} LUT, {} FF (rtl/fusion_unit.sv synthesized: {} and {} each, by {} for 7-series; a brick "
      "{} LUT)",
      hw.units() * hardware::kFusionUnitLuts, hw.units() * hardware::kFusionUnitFlipFlops,
      hardware::kFusionUnitLuts, hardware::kFusionUnitFlipFlops, hardware::kDpuFitTool,
      hardware::kBrickLuts);
}

std::string facts_text(const hardware::BitFusion& hw, std::size_t max_width) {
  std::string macs;
  for (std::int64_t bits = hw.brick_bits; bits <= hw.operand_bits; bits *= 2) {
    const auto packing = mapping::bitfusion::packing(static_cast<int>(bits), hw);
    macs += fmt::format("{}{:g} at {}/{}", macs.empty() ? "" : ", ",
                        static_cast<double>(hw.units() * packing.packed * packing.packed) /
                            static_cast<double>(packing.cycles * packing.cycles),
                        bits, bits);
  }
  const auto labelled = [&](const char* label, const std::string& what) {
    const std::string indent(30, ' ');
    return wrapped(what, max_width, indent)
        .replace(0, indent.size(), fmt::format("  {:<28}", label));
  };
  const bool has_rtl = hw.unit_bits == 8 && hw.brick_bits == 2;
  return labelled("MACs a cycle", macs) +
         labelled("bricks",
                  fmt::format("{} of {} bits in {} fusion units", hw.units() * hw.bricks_per_unit(),
                              hw.brick_bits, hw.units())) +
         (has_rtl ? labelled("fusion units", fusion_area_text(hw)) : "") +
         labelled("scratchpads",
                  fmt::format("{} KiB in banks of {} B (weights), {} B (activations), {} B "
                              "(outputs), half of each in use",
                              (hw.weight_bytes + hw.activation_bytes + hw.output_bytes) / 1024,
                              hw.weight_bytes / hw.units(), hw.activation_bytes / hw.rows,
                              hw.output_bytes / hw.columns));
}

std::string text_of_array(const hardware::Bismo& hw) {
  return fmt::format("{}x{}x{}", hw.dm, hw.dk, hw.dn);
}
std::string text_of_array(const hardware::BitFusion& hw) {
  return fmt::format("{}x{} units", hw.rows, hw.columns);
}

}  // namespace

std::string array_text(const hardware::Hardware& hardware) {
  return hardware.visit([](const auto& hw) { return text_of_array(hw); });
}

std::string hardware_text(hardware::Hardware hw, std::size_t max_width) {
  FieldPrinter fields(max_width);
  hw.show(fields);
  return fmt::format(
             "{}\n\n"
             "  peak                        {:.2f} binary TOPS (AND and add counted each)\n",
             hw.name(), hw.peak_binary_tops()) +
         hw.visit([&](const auto& machine) { return facts_text(machine, max_width); }) + "\n" +
         fields.printed();
}

}  // namespace bitloom::reports
