#pragma once

namespace bitloom::nn {

/// How many processors LibTorch and its BLAS compute with. OpenBLAS, where that is the BLAS, goes
/// by its own count: left alone it takes all processors and its threads wait for each other by
/// spinning.
void use_processors(int count);

}  // namespace bitloom::nn
