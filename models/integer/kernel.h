#pragma once

#include <string_view>
#include <vector>

#include "models/integer/kernels/product.h"

namespace bitloom::integer {

/// The instruction sets that bit-plane products are written for, slowest first. All give the same
/// integers.
enum class Kernel { kPortable, kAvx2, kAvx512 };

/// `portable`, `avx2` or `avx512`.
std::string_view to_text(Kernel kernel);

/// Those that this processor and this build have, slowest first; never empty.
std::vector<Kernel> available_kernels();

/// The last of `available_kernels()`.
Kernel fastest_kernel();

/// The products by `kernel`; a UserError names one that cannot run here and those that can.
using Multiply = void (*)(const Product&);
Multiply multiply_of(Kernel kernel);
using Convolve = void (*)(const WindowProduct&);
Convolve convolve_of(Kernel kernel);

}  // namespace bitloom::integer
