#include "rtl/verify/testbench.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/files.h"
#include "base/output_file.h"

namespace bitloom::verify {
namespace {

constexpr const char* kSignals = R"(
localparam int unsigned MaxWords =
    ActivationWords > WeightWords ? ActivationWords : WeightWords;
localparam int unsigned IndexWidth = $clog2(MaxWords + 1);
localparam int unsigned RowWidth = $clog2(Dm + 1);
localparam int unsigned ColumnWidth = $clog2(Dn + 1);
localparam int unsigned ActivationBeatWidth =
    $clog2((Dk + ActivationPortBits - 1) / ActivationPortBits + 1);
localparam int unsigned WeightBeatWidth = $clog2((Dk + WeightPortBits - 1) / WeightPortBits + 1);
localparam int unsigned CodeWidth = CoefficientBits == 0 ? 1 : CoefficientBits;
localparam int unsigned CodesWidth = CoefficientBits == 0 ? 1 : 16 * CoefficientBits;

logic clk, rst_n;

logic instruction_valid, instruction_ready;
logic outer_is_weights, clear, emit_results;
logic [IndexWidth-1:0] words, activation_tiles, weight_tiles;
logic [RowWidth-1:0] activation_rows_in_last_tile;
logic [ColumnWidth-1:0] weight_rows_in_last_tile;
logic [4:0] activation_bits, weight_bits;
logic activation_signed, weight_signed, weight_bipolar;
logic [CodesWidth-1:0] activation_codes;
logic [ActivationBeatWidth-1:0] activation_beats_per_word, activation_beats_of_last_word;
logic [WeightBeatWidth-1:0] weight_beats_per_word, weight_beats_of_last_word;

logic activation_valid, activation_ready, weight_valid, weight_ready;
logic [ActivationPortBits-1:0] activation_data;
logic [WeightPortBits-1:0] weight_data;
logic [CodeWidth-1:0] weight_code;

logic result_valid, result_ready;
logic [ResultPortBits-1:0] result_data;

logic issued, phase_ended;
logic [3:0] pipeline_cycles;

bismo_core #(
    .Dm(Dm),
    .Dk(Dk),
    .Dn(Dn),
    .AccumulatorWidth(AccumulatorWidth),
    .ActivationWords(ActivationWords),
    .WeightWords(WeightWords),
    .ActivationPortBits(ActivationPortBits),
    .WeightPortBits(WeightPortBits),
    .ResultPortBits(ResultPortBits),
    .CoefficientBits(CoefficientBits)
) u_core (
    .clk_i(clk),
    .rst_ni(rst_n),
    .instruction_valid_i(instruction_valid),
    .instruction_ready_o(instruction_ready),
    .outer_is_weights_i(outer_is_weights),
    .clear_i(clear),
    .emit_i(emit_results),
    .words_i(words),
    .activation_tiles_i(activation_tiles),
    .activation_rows_in_last_tile_i(activation_rows_in_last_tile),
    .activation_bits_i(activation_bits),
    .activation_signed_i(activation_signed),
    .activation_codes_i(activation_codes),
    .activation_beats_per_word_i(activation_beats_per_word),
    .activation_beats_of_last_word_i(activation_beats_of_last_word),
    .weight_tiles_i(weight_tiles),
    .weight_rows_in_last_tile_i(weight_rows_in_last_tile),
    .weight_bits_i(weight_bits),
    .weight_signed_i(weight_signed),
    .weight_bipolar_i(weight_bipolar),
    .weight_beats_per_word_i(weight_beats_per_word),
    .weight_beats_of_last_word_i(weight_beats_of_last_word),
    .activation_valid_i(activation_valid),
    .activation_ready_o(activation_ready),
    .activation_data_i(activation_data),
    .weight_valid_i(weight_valid),
    .weight_ready_o(weight_ready),
    .weight_data_i(weight_data),
    .weight_code_i(weight_code),
    .result_valid_o(result_valid),
    .result_ready_i(result_ready),
    .result_data_o(result_data),
    .issued_o(issued),
    .phase_ended_o(phase_ended),
    .pipeline_cycles_o(pipeline_cycles)
);
)";

std::string localparam(const char* name, std::int64_t value) {
  return fmt::format("localparam int unsigned {} = {};\n", name, value);
}

std::string sizes_text(const std::vector<DumpedLayer>& layers) {
  const auto most = [&](HexFile LayerDump::*file) {
    std::int64_t lines = 0;
    for (const DumpedLayer& layer : layers) lines = std::max(lines, (layer.dump.*file).lines());
    return lines;
  };
  return "// Lines of the largest files, and how many layers there are.\n" +
         localparam("MostInstructions", most(&LayerDump::instructions)) +
         localparam("MostActivations", most(&LayerDump::activations)) +
         localparam("MostWeights", most(&LayerDump::weights)) +
         localparam("MostTiles", most(&LayerDump::tiles)) +
         localparam("Layers", static_cast<std::int64_t>(layers.size()));
}

std::string layers_text(const std::vector<DumpedLayer>& layers) {
  std::string text =
      "// Folder; lines of instructions, activations, weights, tiles; cycles expected.\n";
  for (const auto& [folder, dump, cycles] : layers)
    text +=
        fmt::format("run_layer(\"{}\", {}, {}, {}, {}, {});\n", folder, dump.instructions.lines(),
                    dump.activations.lines(), dump.weights.lines(), dump.tiles.lines(), cycles);
  return text;
}

}  // namespace

std::string folder_name(std::size_t index, const std::string& layer) {
  constexpr std::size_t kMost = 80;  // file systems take 255 bytes
  std::string name = fmt::format("{}_{}", index, layer).substr(0, kMost);
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-') c = '_';
  return name;
}

std::string instance_text(const CoreParameters& core) {
  return "// A core of bitloom: its parameters, a signal for each port, an instance.\n" +
         localparam("Dm", core.dm) + localparam("Dk", core.dk) + localparam("Dn", core.dn) +
         localparam("AccumulatorWidth", core.accumulator_bits) +
         localparam("ActivationWords", core.activation_words) +
         localparam("WeightWords", core.weight_words) +
         localparam("ActivationPortBits", core.activation_port_bits) +
         localparam("WeightPortBits", core.weight_port_bits) +
         localparam("ResultPortBits", core.result_port_bits) +
         localparam("CoefficientBits", core.coefficient_bits) + kSignals;
}

namespace {

constexpr const char* kLayerFiles[] = {"instructions.hex", "activations.hex", "weights.hex",
                                       "codes.hex",        "tiles.hex",       "results.hex"};

/// Whether folder_name() gives such names.
bool is_layer_folder(const std::string& name) {
  const std::size_t digits = name.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string::npos && name[digits] == '_';
}

/// Takes the layers of an earlier testbench away; what else lies in their folders stays.
void remove_layers(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> earlier;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.is_directory() && is_layer_folder(entry.path().filename().string()))
      earlier.push_back(entry.path());
  std::error_code is_not_empty;
  for (const std::filesystem::path& layer : earlier) {
    for (const char* file : kLayerFiles) std::filesystem::remove(layer / file);
    std::filesystem::remove(layer, is_not_empty);
  }
}

}  // namespace

void write_testbench(const std::filesystem::path& folder, const std::filesystem::path& testbench,
                     const CoreParameters& core, const std::vector<DumpedLayer>& layers) {
  const auto write = [&](const std::filesystem::path& name, const std::string& text) {
    write_file((folder / name).string(), text);
  };
  std::filesystem::create_directories(folder);
  remove_layers(folder);
  for (const auto& [name, dump, cycles] : layers) {
    const std::filesystem::path files = name;
    std::filesystem::create_directories(folder / files);
    write(files / "instructions.hex", dump.instructions.text());
    write(files / "activations.hex", dump.activations.text());
    write(files / "weights.hex", dump.weights.text());
    if (core.coefficient_bits > 0) write(files / "codes.hex", dump.codes.text());
    write(files / "tiles.hex", dump.tiles.text());
    write(files / "results.hex", dump.results.text());
  }
  write("instance.svh", instance_text(core));
  write("sizes.svh", sizes_text(layers));
  write("layers.svh", layers_text(layers));
  write("testbench.sv", read_file(testbench.string()));
}

}  // namespace bitloom::verify
