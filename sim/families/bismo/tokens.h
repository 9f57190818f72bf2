#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/families/bismo/instructions.h"

namespace bitloom::mapping {

/// The token queues between BISMO's stages.
enum class Queue {
  kActivationsReady,      // fetch -> execute, one token a tile-word
  kWeightsReady,          // fetch -> execute, one token a tile-word
  kActivationBufferFree,  // execute -> fetch, one token a phase
  kWeightBufferFree,      // execute -> fetch, one token a phase
  kResultReady,           // execute -> result, one token a tile pair
  kResultFree,            // result -> execute, one token a tile pair
};
constexpr int kQueues = 6;

/// `activations ready`, `weight buffer free`, ...
std::string_view to_text(Queue queue);
Stage producer(Queue queue);
Stage consumer(Queue queue);

/// Tokens that each queue holds at most, indexed by Queue; at least 1 each.
struct QueueDepths {
  std::array<std::int64_t, kQueues> tokens;

  std::int64_t of(Queue queue) const { return tokens[static_cast<std::size_t>(queue)]; }
  std::int64_t& of(Queue queue) { return tokens[static_cast<std::size_t>(queue)]; }
  /// Depths that never delay a stage: a data token for each buffer word, one token for each buffer
  /// and accumulator bank.
  static QueueDepths of_hardware(const hardware::Bismo& hardware);
};

/// Why a program cannot run.
struct TokenFault {
  Stage stage;
  std::int64_t instruction;  // of the stage's stream, counted from 0
  std::string text;  // one line; for a deadlock it names every stage that waits, and for what
};

/// What is wrong with a program, found without simulating it: a queue without room, an empty or too
/// large block, an execute instruction that multiplies something else than its two fetch
/// instructions bring; or, from playing the token traffic without time, a deadlock or tokens left
/// over. Stages never choose between queues, so that this holds for any timing of memory and
/// stages.
std::optional<TokenFault> find_token_fault(const Program& program, const hardware::Bismo& hardware,
                                           const QueueDepths& depths);

}  // namespace bitloom::mapping
