#include "cli/examples.h"

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace bitloom::cli {
namespace {

/// A command with its arguments, in lines that a shell joins. They follow one another: what one
/// writes another reads. Run in the repository's root.
struct Example {
  std::string_view command;  // without `bitloom`
  std::string_view arguments;
};

constexpr std::string_view kMeasuredSearch = "search that measures";

constexpr Example kExamples[] = {
    {"simulate",
     "--network resnet18 --hardware bismo-edge --bits 4/4\n"
     "  bitloom simulate --layers-csv layers.csv --hardware bismo-edge --bits 4/4"},
    {"compare",
     "--network resnet18 --hardware bismo-edge,bismo-cloud \\\n"
     "      --policies 8/8 4/4 4/8"},
    {"lut",
     "--network mobilenet_v2 --hardware bismo-cloud -o table.npy\n"
     "  bitloom lut --network mobilenet_v2 --hardware bismo-cloud --metric energy_pj \\\n"
     "      -o energy.npy\n"
     "  bitloom lut --network mobilenet_v2 --hardware bitfusion-apq --layout apq \\\n"
     "      -o BitFusion_new.b1.dict"},
    {"explore",
     "--space bismo-zynq7020 -o zynq.db \\\n"
     "      --strategy nsga2 --evaluations 500\n"
     "  bitloom explore --show zynq.db --csv front.csv\n"
     "  bitloom explore --show zynq.db --point 12345"},
    {"list", "hardware"},
    {"describe", "network resnet20"},
    {"describe network", "resnet20 --bits 4/4 --classes 100"},
    {"describe hardware", "bismo-edge --set array.dm=16"},
    {"describe recipe", "lsq"},
    {"train", "--network resnet20 --data shapes32 --epochs 20 -o trained"},
    {"sensitivity",
     "--network resnet20 --data shapes32 -o sensitivity.json \\\n"
     "      --weights models/trained/resnet20-shapes32.safetensors"},
    {"search",
     "--network resnet20 --hardware bismo-edge \\\n"
     "      --budget latency=0.5x --method hawq-v3 \\\n"
     "      --sensitivity sensitivity.json -o run"},
    {kMeasuredSearch,
     "--network resnet20 --hardware bismo-edge \\\n"
     "      --budget latency=0.5x --method haq --episodes 60 --data shapes32 \\\n"
     "      --weights models/trained/resnet20-shapes32.safetensors -o run2"},
    {"export",
     "--network resnet20 -o resnet20.onnx\n"
     "  bitloom export --network resnet20 --weights calibrated.safetensors \\\n"
     "      --format qonnx -o quantized.onnx\n"
     "  bitloom export --network resnet20 --policy run/policy.json \\\n"
     "      --format hawq -o bit_config.py"},
    {"import",
     "bit_config.py --network resnet18 \\\n"
     "      --entry bit_config_resnet18_uniform4 -o policy.json"},
    {"report",
     "run -o report.html\n"
     "  bitloom report zynq.db -o zynq.html"},
    {"reproduce", "haq-table6 mpdnn-table3 -o tables.html"},
    {"man", "> bitloom.1 && man -l bitloom.1"},
    {"completion", "bash > ~/.local/share/bash-completion/completions/bitloom"},
    {"evaluate",
     "--network resnet20 --data shapes32 --policy run/policy.json \\\n"
     "      --weights models/trained/resnet20-shapes32.safetensors"},
    {"calibrate",
     "--network resnet20 --data shapes32 \\\n"
     "      --policy run/policy.json \\\n"
     "      --weights models/trained/resnet20-shapes32.safetensors \\\n"
     "      -o calibrated.safetensors"},
    {"finetune",
     "--network resnet20 --data shapes32 --policy run/policy.json \\\n"
     "      --weights models/trained/resnet20-shapes32.safetensors \\\n"
     "      --epochs 5 -o finetuned\n"
     "  bitloom finetune --network resnet20 --data shapes32 --recipe lsq \\\n"
     "      --weights models/trained/resnet20-shapes32.safetensors \\\n"
     "      --epochs 5 -o trained_by_lsq"},
    {"record",
     "--network q.onnx --data cifar10:test_batch.bin \\\n"
     "      --images 4 -o codes.safetensors"},
    {"verify",
     "--hardware bismo-edge --network resnet20 --bits 4/4\n"
     "  bitloom verify --hardware bismo-edge --random 50 --rtl my_rtl\n"
     "  bitloom verify --hardware bismo-edge --random 10 --dump bench"},
};

std::string_view example_of(const CLI::App& command, std::string_view name) {
  const bool measures = command.get_option_no_throw("--weights") != nullptr;
  if (name == "search" && measures) name = kMeasuredSearch;
  for (const Example& each : kExamples)
    if (each.command == name) return each.arguments;
  ensure(false, "every command has an example");
  return {};
}

/// `path`: the commands above, each with a space behind it.
void add_to_commands_of(CLI::App& app, const std::string& path) {
  for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    const std::string name = path + command->get_name();
    command->footer("Example:\n  bitloom " + name + " " + std::string(example_of(*command, name)));
    add_to_commands_of(*command, name + " ");
  }
}

}  // namespace

void add_examples(CLI::App& program) {
  program.footer("The help of a command ends with an example: bitloom simulate --help");
  add_to_commands_of(program, "");
}

}  // namespace bitloom::cli
