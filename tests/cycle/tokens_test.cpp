#include <gtest/gtest.h>

#include "base/error.h"
#include "sim/families/bismo/cycle.h"
#include "tests/cycle/random_case.h"

namespace bitloom {
namespace {

using mapping::Queue;

mapping::QueueDepths random_depths(std::mt19937& random) {
  mapping::QueueDepths depths{};
  for (std::int64_t& depth : depths.tokens)
    depth = std::uniform_int_distribution<int>(1, random() % 2 == 0 ? 3 : 40)(random);
  return depths;
}

TEST(TokenQueues, NeverDeadlockAtAnyDepthAndUnderAnyStalls) {
  std::mt19937 random(11);
  int slower = 0;
  for (int i = 0; i < 1000; ++i) {
    Case c(random);
    c.hardware.memory_latency_cycles = random() % 3 == 0 ? static_cast<int>(random() % 50) : 0;
    cycle::RunOptions options;
    options.depths = random_depths(random);
    options.outstanding_reads = 1 + static_cast<int>(random() % 8);
    const Cycles deep =
        cycle::run(c.schedule(), c.hardware, {.outstanding_reads = options.outstanding_reads})
            .timing.total;
    const cycle::Result shallow = cycle::run(c.schedule(), c.hardware, options);
    EXPECT_GE(shallow.timing.total, deep) << c.text();
    slower += shallow.timing.total > deep;
    options.stall_seed = random();
    EXPECT_GE(cycle::run(c.schedule(), c.hardware, options).timing.total, shallow.timing.total)
        << c.text();
  }
  EXPECT_GT(slower, 50);
}

/// Two phases of one tile pair of one word, one bit each.
class HandWritten : public ::testing::Test {
 protected:
  HandWritten() {
    hardware.name = "hand";
    hardware.dm = hardware.dn = 2;
    hardware.dk = 8;
    hardware.activation_buffer_words = hardware.weight_buffer_words = 4;
    const mapping::PhaseOperand operand{1, 2, 2, 1, 1, 1};
    for (std::int64_t phase = 0; phase < 2; ++phase) {
      program.activations.push_back({phase, operand, 1, 0, 1, 1, phase > 0});
      program.weights.push_back({phase, operand, 1, 64, 1, 1, phase > 0});
      program.executes.push_back({phase,
                                  {operand, operand, 1},
                                  mapping::OuterOperand::kActivations,
                                  false,
                                  true,
                                  phase == 0});
      program.results.push_back({phase, 1});
    }
  }

  std::string complaint() const {
    try {
      cycle::run(program, hardware, {.depths = depths});
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  }

  hardware::Bismo hardware;
  mapping::ListedProgram program;
  mapping::QueueDepths depths{{4, 4, 1, 1, 1, 1}};
};

TEST_F(HandWritten, ProgramRuns) {
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(cycle::run(program, hardware).timing.total.count(), 4);
}

TEST_F(HandWritten, FetchThatAwaitsABufferNeverFreedIsNamed) {
  program.executes[0].frees_buffers = false;
  EXPECT_EQ(complaint(),
            "deadlock: fetch activations instruction 1 of 2 waits for a token 'activation buffer "
            "free' from execute; fetch weights instruction 1 of 2 waits for a token 'weight buffer "
            "free' from execute; execute instruction 1 of 2 waits for a token 'activations ready' "
            "from fetch activations; result instruction 1 of 2 waits for a token 'result ready' "
            "from execute");
}

TEST_F(HandWritten, ExecuteWithoutItsFetchIsNamed) {
  program.weights.pop_back();
  EXPECT_EQ(complaint(),
            "deadlock: execute instruction 1 of 2 waits for a token 'weights ready' from fetch "
            "weights, which has ended; result instruction 1 of 2 waits for a token 'result ready' "
            "from execute");
}

TEST_F(HandWritten, ResultsThatNobodyCopiesAreNamed) {
  program.results.pop_back();
  EXPECT_EQ(complaint(), "tokens of 'result ready' that execute sends and result never takes: 1");
  program.results.clear();
  EXPECT_EQ(complaint(),
            "deadlock: execute instruction 1 of 2 waits for a token 'result free' from result, "
            "which has ended");
}

TEST_F(HandWritten, PhaseThatMultipliesWhatWasNotFetchedIsNamed) {
  program.executes[1].shape.weights.tiles = 2;
  EXPECT_EQ(complaint(),
            "execute instruction 1 multiplies 2 tiles x 1 words x 1 bits, fetch weights "
            "instruction 1 brings 1 tiles x 1 words x 1 bits");
}

TEST_F(HandWritten, BlockThatOverfillsItsBufferIsNamed) {
  program.activations[0].words = 5;
  EXPECT_EQ(complaint(), "fetch activations instruction 0 brings 5 words, its buffers hold 4");
}

TEST_F(HandWritten, BlockThatOverwritesBuffersInUseIsNamed) {
  program.weights[1].awaits_buffer = false;
  program.executes[0].frees_buffers = false;
  program.activations[1].awaits_buffer = false;
  EXPECT_EQ(
      complaint(),
      "fetch activations instruction 1 overwrites buffers that execute may still read: it must "
      "await 'buffer free'");
}

TEST_F(HandWritten, BlocksOfTwoPhasesFillTheBuffersWithOverlap) {
  hardware.overlap = true;
  program.weights[1].awaits_buffer = program.activations[1].awaits_buffer = false;
  program.executes[0].frees_buffers = false;
  EXPECT_EQ(complaint(), "");
  program.activations[0].words = 3;
  EXPECT_EQ(complaint(), "fetch activations instruction 0 brings 3 words, half its buffers hold 2");
}

TEST_F(HandWritten, ProgramRunsByBlock) {
  hardware.fetch_sync = hardware::FetchSync::kBlock;
  depths.of(Queue::kActivationsReady) = depths.of(Queue::kWeightsReady) = 1;
  EXPECT_EQ(complaint(), "");
}

TEST_F(HandWritten, EmptyBlockIsNamed) {
  program.activations[0].operand.tiles = 0;
  EXPECT_EQ(complaint(),
            "fetch activations instruction 0 brings 0 tiles x 1 words x 1 bits: each must be at "
            "least 1, bits at most 16");
}

TEST_F(HandWritten, QueueWithoutRoomIsNamed) {
  depths.of(Queue::kWeightsReady) = 0;
  EXPECT_EQ(complaint(), "queue 'weights ready' must hold at least 1 token, got 0");
}

TEST_F(HandWritten, ProgramsThatPassTheCheckEnd) {
  std::mt19937 random(13);
  int ended = 0;
  const mapping::ListedProgram good = program;
  for (int i = 0; i < 500; ++i) {
    program = good;
    for (auto* fetches : {&program.activations, &program.weights})
      for (auto& fetch : *fetches) fetch.awaits_buffer ^= random() % 6 == 0;
    for (auto& execute : program.executes) {
      execute.frees_buffers ^= random() % 6 == 0;
      execute.completes ^= random() % 6 == 0;
    }
    program.results[random() % 2].tile_pairs = random() % 4 == 0 ? 2 : 1;
    if (mapping::find_token_fault(program, hardware, depths)) continue;
    EXPECT_EQ(complaint(), "");
    ++ended;
  }
  EXPECT_GT(ended, 50);
}

}  // namespace
}  // namespace bitloom
