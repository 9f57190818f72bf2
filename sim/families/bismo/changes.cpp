#include "sim/families/bismo/changes.h"

#include "sim/kit/scaled_settings.h"

namespace bitloom::cost {
namespace {

double real(std::int64_t value) { return static_cast<double>(value); }

std::vector<sim::Scaling> scalings(const hardware::Bismo& hw) {
  const sim::KeyValue activation_words{"buffers.activation_words",
                                       real(hw.activation_buffer_words)};
  const sim::KeyValue weight_words{"buffers.weight_words", real(hw.weight_buffer_words)};
  const sim::KeyValue activation_port{"ports.activation_bits", real(hw.activation_port_bits)};
  const sim::KeyValue weight_port{"ports.weight_bits", real(hw.weight_port_bits)};
  std::vector<sim::Scaling> table{{{{"batch", real(hw.batch)}}, {4, 16}},
                                  {{{"array.dm", real(hw.dm)}}, {2, 0.5}},
                                  {{{"array.dk", real(hw.dk)}}, {2, 0.5, 0.25}},
                                  {{{"array.dn", real(hw.dn)}}, {2, 0.5}},
                                  {{{"clock_mhz", hw.clock_mhz}}, {1.5}},
                                  {{activation_port}, {2}},
                                  {{weight_port}, {2}},
                                  {{activation_port, weight_port}, {2, 0.5}},
                                  {{activation_words}, {2}},
                                  {{weight_words}, {2}},
                                  {{activation_words, weight_words}, {2, 0.5}}};
  if (hw.result_port_bits > 0)
    table.push_back({{{"ports.result_bits", real(hw.result_port_bits)}}, {2}});
  if (hw.layout.converts())
    table.push_back({{{"layout.port_bits", real(hw.layout.port_bits)}}, {2}});
  if (hw.dram) table.push_back({{{"dram.channels", real(hw.dram->channels)}}, {2}});
  return table;
}

}  // namespace

std::vector<std::vector<std::string>> changes_of(const hardware::Bismo& hw) {
  std::vector<std::vector<std::string>> changes = sim::scaled_settings(scalings(hw));
  if (!hw.overlap) changes.push_back({"timing.overlap=true"});
  if (hw.fetch_sync != hardware::FetchSync::kPlane) changes.push_back({"timing.fetch_sync=plane"});
  if (hw.layout.im2col == hardware::Im2col::kHost) changes.push_back({"layout.im2col=on_the_fly"});
  return changes;
}

std::vector<sim::Resource> resources_of(const hardware::Bismo& hw) {
  std::vector<sim::Resource> resources{{"LUT", hw.array_luts()},
                                       {"BRAM36", real(hw.bram36_blocks())}};
  if (hw.multiplies()) resources.push_back({"DSP48E1", real(hw.array_dsp_blocks())});
  return resources;
}

}  // namespace bitloom::cost
