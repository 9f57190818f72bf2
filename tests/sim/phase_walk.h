#pragma once

#include <cstdint>

/// A direct walk of docs/reference/timing.md, event by event: every beat and every issue slot. It
/// shares no function with the project, which is tested against it.
namespace bitloom::walk {

/// Of the pixels of a window, those that come from memory.
struct NewPixels {
  std::int64_t are, of;
};

struct Machine {
  std::int64_t dm, dk, dn;
  std::int64_t activation_words, weight_words;
  std::int64_t activation_port, weight_port;
  std::int64_t pipeline;
  std::int64_t result_port = 0;  // bits a cycle; 0: results leave at once
  std::int64_t accumulator = 32;
  std::int64_t written = 0;  // bits of a result that is written back; 0: none is
  bool by_block = false;
  bool overlap = false;
  std::int64_t fetch_issue = 0, execute_issue = 0, result_issue = 0;
  NewPixels window = {1, 1};
  std::int64_t converted_in = 0, converted_out = 0;  // bits, before the first phase
  std::int64_t conversion_port = 1;
};

struct Product {
  std::int64_t count;  // equal products, one after another
  std::int64_t pixels, channels, depth;
};

/// Cycles of the products at the given bits, in a loop order.
std::int64_t cycles(const Product& product, std::int64_t weight_bits, std::int64_t activation_bits,
                    const Machine& machine, bool activations_outer);

/// The same in the faster one.
std::int64_t cycles(const Product& product, std::int64_t weight_bits, std::int64_t activation_bits,
                    const Machine& machine);

}  // namespace bitloom::walk
