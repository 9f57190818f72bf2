#pragma once

namespace bitloom::nn {

/// Lets the allocator keep what is freed: tensors come and go with every operator, and giving their
/// pages back to the system and faulting them in again costs a third of a forward pass. For a
/// program's main().
void keep_freed_memory();

}  // namespace bitloom::nn
