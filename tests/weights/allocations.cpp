#include "tests/weights/allocations.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace bitloom::testing {
namespace {

std::atomic<std::size_t> largest = 0;

}  // namespace

std::size_t largest_allocation() { return largest; }
void forget_allocations() { largest = 0; }

}  // namespace bitloom::testing

void* operator new(std::size_t bytes) {
  bitloom::testing::largest = std::max(bitloom::testing::largest.load(), bytes);
  if (void* memory = std::malloc(std::max<std::size_t>(bytes, 1))) return memory;
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
