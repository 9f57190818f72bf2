#include "models/torch/processors.h"

#include <dlfcn.h>

#include <ATen/Parallel.h>

namespace bitloom::nn {

void use_processors(int count) {
  at::set_num_threads(count);
  using SetThreads = void (*)(int);
  if (const auto set =
          reinterpret_cast<SetThreads>(::dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
    set(count);
}

}  // namespace bitloom::nn
