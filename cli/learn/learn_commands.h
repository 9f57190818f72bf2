#pragma once

namespace CLI {
class App;
}  // namespace CLI

/// Each adds a command to bitloom-learn; its callback does the work.
namespace bitloom::cli {

void add_evaluate(CLI::App& program);
void add_calibrate(CLI::App& program);
void add_train(CLI::App& program);
void add_finetune(CLI::App& program);
void add_record(CLI::App& program);
void add_sensitivity(CLI::App& program);
/// `search` by methods that measure accuracy; bitloom itself solves what sensitivities say.
void add_measured_search(CLI::App& program);
/// `list quantizers`; bitloom itself lists what needs no LibTorch.
void add_list_quantizers(CLI::App& program);

}  // namespace bitloom::cli
