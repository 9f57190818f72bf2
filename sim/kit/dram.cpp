#include "sim/kit/dram.h"

#include <fmt/format.h>

namespace bitloom::hardware {
namespace {

constexpr std::int64_t kRegionsOfBanks =
    4;  // activations take two of them (docs/reference/dram.md)

}  // namespace

double Dram::peak_gigabytes_per_second() const {
  constexpr double kTransfersAClock = 2;
  return static_cast<double>(channels * bus_bits) / 8 * kTransfersAClock * clock_mhz * 1e-3;
}

void Dram::show(FieldVisitor& visitor) {
  constexpr IntegerRange kClocks{1, 1024};
  constexpr RealRange kNanoseconds{0, 1e6};
  const auto clocks = [&](std::string_view name, std::string_view doc, std::int64_t& value) {
    visitor.integer({name, "clocks", doc, true}, kClocks, value);
  };
  const auto energy = [&](std::string_view name, std::string_view doc, SourcedConstant& value) {
    show_constant(visitor, {name, "pJ", doc, true}, kPicojoules, value);
  };
  visitor.begin_section(kSection);
  visitor.text({"part", "", "the device", true}, part);
  visitor.text({"source", "", "of its structure and timings", true}, source);
  visitor.integer({"channels", "channels", "they take bursts in turn", true}, {1, 64}, channels);
  visitor.integer({"bus_bits", "bits", "data bus of a channel", true}, {8, 1024}, bus_bits);
  visitor.integer({"burst_length", "transfers", "of a burst, two a clock", true}, {2, 64},
                  burst_length);
  visitor.integer({"bank_groups", "groups", "bursts take them in turn", true}, {1, 4}, bank_groups);
  visitor.integer({"banks", "banks", "of a group; a multiple of 4", true}, {4, 64}, banks);
  visitor.integer({"row_bytes", "bytes", "a row of a bank over the whole bus", true}, {16, 1 << 20},
                  row_bytes);
  visitor.real({"clock_mhz", "MHz", "half the transfer rate", true}, {1, 1e5}, clock_mhz);
  clocks("cl", "read to its data", cl);
  clocks("cwl", "write to its data", cwl);
  clocks("rcd", "activate to read or write", rcd);
  clocks("rp", "precharge to activate", rp);
  clocks("ras", "activate to precharge", ras);
  clocks("rrd", "activate to activate", rrd);
  clocks("faw", "window with at most four activates", faw);
  clocks("ccd", "burst to burst, of another bank group", ccd);
  clocks("ccd_same", "burst to burst of one bank group", ccd_same);
  clocks("rtp", "read to precharge", rtp);
  clocks("wr", "end of written data to precharge", wr);
  clocks("wtr", "end of written data to read", wtr);
  visitor.real({"refi_ns", "ns", "from refresh to refresh", true}, kNanoseconds, refi_ns);
  visitor.real({"rfc_ns", "ns", "a refresh", true}, kNanoseconds, rfc_ns);
  energy("activate_pj", "a row of one bank opened and closed", activate_pj);
  energy("read_bit_pj", "one bit read: device and interface", read_bit_pj);
  energy("write_bit_pj", "one bit written: device and interface", write_bit_pj);
  energy("refresh_pj", "a refresh of a channel", refresh_pj);
  show_constant(visitor, {"background_mw", "mW", "a channel at all times, rows open", true},
                kMilliwatts, background_mw);
  visitor.end_section();
}

void Dram::check(const DocumentValue& section) const {
  const auto refuse = [&](const char* key, const std::string& complaint) {
    return section.at(key).error(complaint);
  };
  const auto at_least = [&](const char* key, std::int64_t value, const char* what,
                            std::int64_t least) {
    if (value < least)
      throw refuse(key, fmt::format("must be at least {} ({}), got {}", what, least, value));
  };
  if (bus_bits % 8 != 0)
    throw refuse("bus_bits", fmt::format("must be whole bytes, got {}", bus_bits));
  if (burst_length % 2 != 0)
    throw refuse("burst_length", fmt::format("must be even, got {}", burst_length));
  if (banks % kRegionsOfBanks != 0)
    throw refuse("banks", fmt::format("must be a multiple of {}, got {}", kRegionsOfBanks, banks));
  if (row_bytes % burst_bytes() != 0)
    throw refuse("row_bytes", fmt::format("must hold whole bursts of {} bytes, got {}",
                                          burst_bytes(), row_bytes));
  at_least("ccd", ccd, "half the burst length", burst_clocks());
  at_least("ccd_same", ccd_same, "ccd", ccd);
  at_least("ras", ras, "rcd", rcd);
  at_least("faw", faw, "rrd", rrd);
  const double closed_ns = rfc_ns + static_cast<double>(refresh_clocks()) * 1e3 / clock_mhz;
  if (refi_ns < 2 * closed_ns)
    throw refuse("refi_ns", fmt::format("must leave half the time between refreshes, which take "
                                        "{:.0f} ns with closing and opening; got {:g}",
                                        closed_ns, refi_ns));
}

}  // namespace bitloom::hardware
