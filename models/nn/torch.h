#pragma once

// LibTorch, in the one place from which models/nn has it: 15 s to compile, so this is the
// precompiled header.
#include <torch/torch.h>
