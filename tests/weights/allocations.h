#pragma once

#include <cstddef>

namespace bitloom::testing {

/// Bytes of the largest single allocation of this program since forget_allocations().
std::size_t largest_allocation();
void forget_allocations();

}  // namespace bitloom::testing
