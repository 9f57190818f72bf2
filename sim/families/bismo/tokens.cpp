#include "sim/families/bismo/tokens.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bitloom::mapping {
namespace {

struct QueueEntry {
  std::string_view name;
  Stage producer;
  Stage consumer;
};

constexpr QueueEntry kEntries[kQueues] = {
    {"activations ready", Stage::kFetchActivations, Stage::kExecute},
    {"weights ready", Stage::kFetchWeights, Stage::kExecute},
    {"activation buffer free", Stage::kExecute, Stage::kFetchActivations},
    {"weight buffer free", Stage::kExecute, Stage::kFetchWeights},
    {"result ready", Stage::kExecute, Stage::kResult},
    {"result free", Stage::kResult, Stage::kExecute},
};

const QueueEntry& entry(Queue queue) { return kEntries[static_cast<std::size_t>(queue)]; }

/// `times` times: take a token (if `take`), then send one (if `send`).
struct Step {
  std::optional<Queue> take;
  std::optional<Queue> send;
  std::int64_t times;
};

std::vector<Step> fetch_steps(Operand operand, const FetchInstruction& fetch, bool by_block) {
  const bool activations = operand == Operand::kActivations;
  const Queue ready = activations ? Queue::kActivationsReady : Queue::kWeightsReady;
  const Queue free = activations ? Queue::kActivationBufferFree : Queue::kWeightBufferFree;
  std::vector<Step> steps;
  if (fetch.awaits_buffer) steps.push_back({free, {}, 1});
  steps.push_back({{}, ready, by_block ? 1 : fetch.tile_words()});
  return steps;
}

/// The order in which execute takes tokens of its two operands does not matter here: nothing that a
/// fetch stage waits for within an instruction depends on it.
std::vector<Step> execute_steps(const ExecuteInstruction& execute, bool by_block) {
  const Phase& phase = execute.shape;
  std::vector<Step> steps{
      {Queue::kActivationsReady, {}, by_block ? 1 : phase.activations.tiles * phase.words},
      {Queue::kWeightsReady, {}, by_block ? 1 : phase.weights.tiles * phase.words}};
  if (execute.completes)
    steps.push_back(
        {Queue::kResultFree, Queue::kResultReady, phase.activations.tiles * phase.weights.tiles});
  if (execute.frees_buffers) {
    steps.push_back({{}, Queue::kActivationBufferFree, 1});
    steps.push_back({{}, Queue::kWeightBufferFree, 1});
  }
  return steps;
}

std::vector<Step> steps_of(const Program& program, Stage stage, std::int64_t index, bool by_block) {
  switch (stage) {
    case Stage::kFetchActivations:
      return fetch_steps(Operand::kActivations, program.fetch(Operand::kActivations, index),
                         by_block);
    case Stage::kFetchWeights:
      return fetch_steps(Operand::kWeights, program.fetch(Operand::kWeights, index), by_block);
    case Stage::kExecute:
      return execute_steps(program.execute(index), by_block);
    case Stage::kResult:
      return {{Queue::kResultReady, Queue::kResultFree, program.result(index).tile_pairs}};
  }
  return {};
}

/// A stage's place in its stream.
struct Cursor {
  std::int64_t index = 0;
  std::vector<Step> steps;
  std::size_t step = 0;
};

class QueueTraffic {
 public:
  QueueTraffic(const Program& program, const QueueDepths& depths, bool by_block)
      : program_(program), depths_(depths), by_block_(by_block) {
    tokens_.of(Queue::kResultFree) = kResultBanks;
    for (int stage = 0; stage < kStages; ++stage) load(static_cast<Stage>(stage));
  }

  void play() {
    for (bool moved = true; moved;) {
      moved = false;
      for (int stage = 0; stage < kStages; ++stage) moved |= advance(static_cast<Stage>(stage));
    }
  }

  std::optional<TokenFault> fault() const {
    std::optional<Stage> stuck;
    std::vector<std::string> waits;
    for (int i = kStages - 1; i >= 0; --i) {
      const auto stage = static_cast<Stage>(i);
      if (ended(stage)) continue;
      stuck = stage;
      waits.push_back(wait_text(stage));
    }
    if (!stuck) return left_over();
    std::reverse(waits.begin(), waits.end());
    return TokenFault{*stuck, cursor(*stuck).index,
                      fmt::format("deadlock: {}", fmt::join(waits, "; "))};
  }

 private:
  Cursor& cursor(Stage stage) { return cursors_[static_cast<std::size_t>(stage)]; }
  const Cursor& cursor(Stage stage) const { return cursors_[static_cast<std::size_t>(stage)]; }
  bool ended(Stage stage) const { return cursor(stage).index == program_.count(stage); }

  void load(Stage stage) {
    Cursor& at = cursor(stage);
    at.step = 0;
    at.steps.clear();
    if (!ended(stage)) at.steps = steps_of(program_, stage, at.index, by_block_);
  }

  /// As far as tokens and room last; whether that was anywhere.
  bool advance(Stage stage) {
    bool moved = false;
    for (Cursor& at = cursor(stage); !ended(stage);) {
      for (; at.step < at.steps.size(); ++at.step) {
        moved |= move(at.steps[at.step]);
        if (at.steps[at.step].times > 0) return moved;
      }
      ++at.index;
      load(stage);
      moved = true;
    }
    return moved;
  }

  bool move(Step& step) {
    std::int64_t times = step.times;
    if (step.take) times = std::min(times, tokens_.of(*step.take));
    if (step.send) times = std::min(times, depths_.of(*step.send) - tokens_.of(*step.send));
    if (times <= 0) return false;
    if (step.take) tokens_.of(*step.take) -= times;
    if (step.send) tokens_.of(*step.send) += times;
    step.times -= times;
    return true;
  }

  std::string wait_text(Stage stage) const {
    const Cursor& at = cursor(stage);
    const Step& step = at.steps[at.step];
    const bool starved = step.take && tokens_.of(*step.take) == 0;
    const Queue queue = starved ? *step.take : *step.send;
    const Stage other = starved ? entry(queue).producer : entry(queue).consumer;
    return fmt::format("{} instruction {} of {} waits for {} '{}' {} {}{}", to_text(stage),
                       at.index, program_.count(stage), starved ? "a token" : "room in",
                       entry(queue).name, starved ? "from" : "before", to_text(other),
                       ended(other) ? ", which has ended" : "");
  }

  std::optional<TokenFault> left_over() const {
    for (int i = 0; i < kQueues; ++i) {
      const auto queue = static_cast<Queue>(i);
      const std::int64_t at_start = queue == Queue::kResultFree ? kResultBanks : 0;
      if (tokens_.of(queue) == at_start) continue;
      const Stage sender = entry(queue).producer;
      return TokenFault{sender, program_.count(sender) - 1,
                        fmt::format("tokens of '{}' that {} sends and {} never takes: {}",
                                    entry(queue).name, to_text(sender),
                                    to_text(entry(queue).consumer), tokens_.of(queue) - at_start)};
    }
    return std::nullopt;
  }

  const Program& program_;
  const QueueDepths& depths_;
  bool by_block_;  // a data token stands for a block
  QueueDepths tokens_{};
  std::array<Cursor, kStages> cursors_;
};

std::string describe(const PhaseOperand& shape, std::int64_t words) {
  return fmt::format("{} tiles x {} words x {} bits", shape.tiles, words, shape.bits);
}

std::optional<TokenFault> bad_block(const Program& program, const hardware::Bismo& hardware,
                                    Operand operand, std::int64_t index) {
  const FetchInstruction fetch = program.fetch(operand, index);
  const Stage stage = fetch_stage(operand);
  const PhaseOperand& shape = fetch.operand;
  if (shape.tiles < 1 || fetch.words < 1 || shape.bits < 1 || shape.bits > graph::kMaxBits)
    return TokenFault{
        stage, index,
        fmt::format("{} instruction {} brings {}: each must be at least 1, bits at most {}",
                    to_text(stage), index, describe(shape, fetch.words), graph::kMaxBits)};
  const std::int64_t words = fetch.tile_words() * shape.bits;
  const std::int64_t capacity =
      hardware.block_words(operand == Operand::kActivations ? hardware.activation_buffer_words
                                                            : hardware.weight_buffer_words);
  if (words <= capacity) return std::nullopt;
  return TokenFault{
      stage, index,
      fmt::format("{} instruction {} brings {} words, {} hold {}", to_text(stage), index, words,
                  hardware.overlap ? "half its buffers" : "its buffers", capacity)};
}

/// A block may be fetched into buffers that an earlier phase has used only when that phase has
/// freed them.
std::optional<TokenFault> unguarded_block(const Program& program, const hardware::Bismo& hardware,
                                          Operand operand, std::int64_t index) {
  if (index < hardware.blocks_in_buffer() || program.fetch(operand, index).awaits_buffer)
    return std::nullopt;
  const Stage stage = fetch_stage(operand);
  return TokenFault{
      stage, index,
      fmt::format("{} instruction {} overwrites buffers that execute may still read: it "
                  "must await 'buffer free'",
                  to_text(stage), index)};
}

std::optional<TokenFault> mismatch(const Program& program, Operand operand, std::int64_t index) {
  if (index >= program.count(fetch_stage(operand))) return std::nullopt;
  const ExecuteInstruction execute = program.execute(index);
  const FetchInstruction fetch = program.fetch(operand, index);
  const Phase& phase = execute.shape;
  const PhaseOperand& used = operand == Operand::kActivations ? phase.activations : phase.weights;
  const PhaseOperand& brought = fetch.operand;
  if (brought.tiles == used.tiles && fetch.words == phase.words && brought.bits == used.bits)
    return std::nullopt;
  return TokenFault{Stage::kExecute, index,
                    fmt::format("execute instruction {} multiplies {}, {} instruction {} brings {}",
                                index, describe(used, phase.words), to_text(fetch_stage(operand)),
                                index, describe(brought, fetch.words))};
}

}  // namespace

std::string_view to_text(Queue queue) { return entry(queue).name; }
Stage producer(Queue queue) { return entry(queue).producer; }
Stage consumer(Queue queue) { return entry(queue).consumer; }

QueueDepths QueueDepths::of_hardware(const hardware::Bismo& hardware) {
  return {{hardware.activation_buffer_words, hardware.weight_buffer_words, 1, 1, kResultBanks,
           kResultBanks}};
}

std::optional<TokenFault> find_token_fault(const Program& program, const hardware::Bismo& hardware,
                                           const QueueDepths& depths) {
  for (int i = 0; i < kQueues; ++i) {
    const auto queue = static_cast<Queue>(i);
    if (depths.of(queue) < 1)
      return TokenFault{producer(queue), 0,
                        fmt::format("queue '{}' must hold at least 1 token, got {}", to_text(queue),
                                    depths.of(queue))};
  }
  for (const Operand operand : {Operand::kActivations, Operand::kWeights}) {
    for (std::int64_t i = 0; i < program.count(fetch_stage(operand)); ++i) {
      if (auto fault = bad_block(program, hardware, operand, i)) return fault;
      if (auto fault = unguarded_block(program, hardware, operand, i)) return fault;
    }
    for (std::int64_t i = 0; i < program.count(Stage::kExecute); ++i)
      if (auto fault = mismatch(program, operand, i)) return fault;
  }
  QueueTraffic traffic(program, depths, hardware.fetch_sync == hardware::FetchSync::kBlock);
  traffic.play();
  return traffic.fault();
}

}  // namespace bitloom::mapping
