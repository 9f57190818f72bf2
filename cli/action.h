#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace bitloom::cli {

/// What `command` does once its options are read. Nothing is done, and a UserError tells why, where
/// two of its outputs are one file, or where an output would replace a file that another option
/// names: alone, or as a part such as that of `cifar10:FILE,FILE` or `NAME=FILE`.
void set_action(CLI::App& command, std::function<void()> act);

}  // namespace bitloom::cli
