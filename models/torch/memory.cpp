#include "models/torch/memory.h"

#include <malloc.h>

namespace bitloom::nn {

void keep_freed_memory() {
  constexpr int kLargestFromHeap = 32 << 20;  // glibc's own limit
  constexpr int kNeverTrim = 2'000'000'000;
  ::mallopt(M_MMAP_THRESHOLD, kLargestFromHeap);
  ::mallopt(M_TRIM_THRESHOLD, kNeverTrim);
}

}  // namespace bitloom::nn
