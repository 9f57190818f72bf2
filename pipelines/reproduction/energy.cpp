// Published energies of other chips and boards, beside bitloom's for the same operation.
#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "base/csv.h"
#include "pipelines/choices.h"
#include "pipelines/reproduction/published_rows.h"
#include "pipelines/reproduction/tables.h"

namespace bitloom::reproduction {
namespace {

double factor_between(double ours, double published) {
  return std::max(ours / published, published / ours);
}

Tolerance within_factor(double factor) {
  return {fmt::format("factor {:g}", factor), [factor](const Printed& published, double ours) {
            return factor_between(ours, published.value) <= factor;
          }};
}

/// A convolution that keeps an array busy.
graph::LayerShape busy_layer() {
  return {.name = "busy",
          .in_channels = 512,
          .out_channels = 512,
          .kernel = {3, 3},
          .input = {56, 56},
          .output = {56, 56}};
}

/// In W.
double power(Picojoules energy, Cycles cycles, Megahertz clock) {
  constexpr double kPicojoulesPerMillijoule = 1e9;
  return energy.count() / kPicojoulesPerMillijoule / runtime(cycles, clock).count();
}

constexpr const char* kPower = "W";
constexpr const char* kPowerOnChip = "W on chip";

bool is_power(const std::string& unit) { return unit == kPower || unit == kPowerOnChip; }

/// Ours in the unit of the row: power while the array computes, all the rest of the time left out,
/// or the work of what is on the chip.
double ours_in(const std::string& unit, const cost::LayerCost& cost, Megahertz clock) {
  if (is_power(unit)) {
    const cost::Energy& energy = cost.energy;
    const Picojoules dram = unit == kPower ? energy.dram : Picojoules();
    return power(energy.compute + energy.buffer + dram, cost.timing.compute, clock) +
           power(energy.leakage, cost.timing.total, clock);
  }
  const double operations = 2 * static_cast<double>(busy_layer().macs().count());
  const double pj_an_operation =
      (cost.energy.total().count() - cost.energy.dram.count()) / operations;
  if (unit == "fJ/op") return 1e3 * pj_an_operation;
  return (unit == "Gops/W" ? 1e3 : 1) / pj_an_operation;
}

graph::Precision bits_of(const CsvTable::Row& row) {
  return {*whole_bits(row.text("weight_bits")), *whole_bits(row.text("activation_bits"))};
}

/// bitloom's figure, how much of the array's peak the work uses, and the power it takes so, with
/// DRAM.
struct Ours {
  double value, utilization, watts;
};

Ours ours_on(const pipelines::HardwareChoice& choice, const std::string& unit,
             graph::Precision bits, const pipelines::Host& host) {
  const hardware::Hardware hardware = load(choice, host);
  const cost::LayerCost cost = sim::price(busy_layer(), bits, hardware, 1);
  return {ours_in(unit, cost, hardware.clock()), cost.utilization,
          power(cost.energy.total(), cost.timing.total, hardware.clock())};
}

/// The row's machine, with the settings that make it the size of the published one.
pipelines::HardwareChoice machine_of(const CsvTable::Row& row) {
  pipelines::HardwareChoice choice{.name = row.text("machine")};
  std::istringstream settings(row.text("settings"));
  for (std::string setting; settings >> setting;) choice.settings.push_back(setting);
  return choice;
}

/// A BitFusion whose scratchpads are of a named memory, which adds its leakage.
pipelines::HardwareChoice with_banks(pipelines::HardwareChoice choice, const std::string& memory) {
  for (const char* pad : {"weight", "activation", "output"})
    choice.settings.push_back(fmt::format("scratchpads.{}_memory={}", pad, memory));
  return choice;
}

/// On what bitloom's figure is, and how much of the array it uses.
std::string note_of(const CsvTable::Row& row, const Ours& ours, const pipelines::Host& host) {
  const std::string& unit = row.text("unit");
  const pipelines::HardwareChoice choice = machine_of(row);
  std::string machine = choice.name;
  if (!choice.settings.empty()) machine += " with " + row.text("settings");
  const double percent = 100 * ours.utilization;
  std::string note =
      is_power(unit)
          ? fmt::format("{} at its peak; {:.1f} W{} at the {:.0f} % of it that the layer reaches; ",
                        machine, ours.watts, unit == kPowerOnChip ? " with DRAM" : "", percent)
          : fmt::format("{} at {:.0f} % of its peak; ", machine, percent);
  const std::string& memory = row.text("leaking_banks");
  if (memory.empty()) return note + row.text("source");
  const graph::Precision bits = bits_of(row);
  return note + fmt::format("with banks that leak as those of {} {:.2f}; {}", memory,
                            ours_on(with_banks(choice, memory), unit, bits, host).value,
                            row.text("source"));
}

void add_energy(Comparison& comparison, const CsvTable::Row& row) {
  const std::string& unit = row.text("unit");
  const Figure figure{
      fmt::format("{}, {}, {}", row.text("device"), row.text("technology"), row.text("operation")),
      unit, row.text("published")};
  const std::string& how = row.text("comparison");
  if (row.text("machine").empty()) {
    comparison.leave_open(figure, how + "; " + row.text("source"));
    return;
  }
  const Ours ours = ours_on(machine_of(row), unit, bits_of(row), comparison.host());
  const std::string note = note_of(row, ours, comparison.host());
  if (how == "at most")
    comparison.add(figure, ours.value, at_most(), note);
  else if (how == "factor 3")
    comparison.add(figure, ours.value, within_factor(3), note);
  else
    comparison.leave_open(
        figure,
        fmt::format("a factor of {:.1f}; {}",
                    factor_between(ours.value, Printed(figure.published).value), note),
        ours.value);
}

}  // namespace

void energy(Comparison& comparison) {
  comparison.assume(
      "Bitloom's operation is one of a convolution 3x3 of 512 to 512 channels on 56x56 pixels at "
      "the "
      "row's bits; a MAC is two operations. Power counts DRAM, energy an operation does not.");
  comparison.assume(
      "Nothing is scaled between technologies: rows of another one than bitloom's machine "
      "(BitFusion: "
      "45 nm) are open, and their notes tell the factor. One-bit operands run as two bits there.");
  comparison.assume(
      "bitfusion-edge-real counts no leakage of its banks, as its published model counts none; the "
      "notes tell the figure with the leakage that CACTI gives such banks at 360 K.");
  comparison.assume(
      "The boards' throughput is the peak of their arrays, which the operation does not reach: the "
      "array waits for its ports, and on the Ultra96 for DRAM and conversion, too. Power is "
      "that at the peak, an upper bound: all energy but leakage, in the time in which the array "
      "computes.");
  comparison.assume(
      "The power of boards bounds bitloom's, which leaves out processors, controller and "
      "regulators. "
      "The factor of 3 is what the bounds of the popcount's constant give "
      "(docs/reference/energy.md).");
  comparison.assume(
      "UNPU's activations have 16 bits (Capra et al., IEEE Access 8, 2020, table IV). Its abstract "
      "gives a range of voltages, and not that of its figures.");
  comparison.assume(
      "BitFusion's 4096 units, 896 KB and 500 MHz are of a digest of the paper (pages 770 and "
      "771); "
      "the paper itself was not read. Whether its 895 mW count DRAM, and what runs, is not known: "
      "bitloom's figure leaves DRAM out. How the memory is split and the port are assumed.");
  comparison.assume(
      "Loom's and Stripes' abstracts give energy only as a ratio to another accelerator's.");
  const CsvTable published = CsvTable::load(Comparison::published("energies.csv"));
  for (const CsvTable::Row& row : published.rows()) add_energy(comparison, row);
}

}  // namespace bitloom::reproduction
