#include "pipelines/mpi/rank_crew.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <optional>

#include <fmt/format.h>
#include <boost/mpi/communicator.hpp>
#include <boost/mpi/request.hpp>
#include <boost/mpi/status.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include "base/error.h"
#include "pipelines/explore/evaluated_bytes.h"
#include "pipelines/mpi/protocol.h"

namespace bitloom::pipelines::ranks {
namespace {

namespace mpi = boost::mpi;
using Points = std::vector<std::int64_t>;

[[noreturn]] void throw_failure(const FailureMessage& failure, int rank) {
  const std::string text = fmt::format("rank {}: {}", rank, failure.text);
  if (failure.kind == FailureMessage::kInternal) throw InternalError(text);
  throw UserError(text, static_cast<UserError::Kind>(failure.kind));
}

/// Points that go out together: [begin, end) of all.
struct Chunk {
  std::size_t begin, end;
};

/// A chunk that a rank has. It was sent without waiting for the rank to take it, which may be
/// sending an answer itself at that moment.
struct SentChunk {
  SentChunk(const Chunk& of, Points numbers) : chunk(of), points(std::move(numbers)) {}
  Chunk chunk;
  Points points;  // stay where they are until they are sent
  mpi::request request;
};

class RankCrew : public Crew {
 public:
  RankCrew(mpi::communicator& world, const Space& space, const Evaluator& evaluator)
      : world_(world), evaluator_(evaluator), under_way_(static_cast<std::size_t>(world.size())) {
    for (int rank = 1; rank < world_.size(); ++rank)
      world_.send(rank, kSpace, SpaceMessage{space.path, space.text, space.fingerprint});
    // All are heard, so that none waits for ever to be, before one ends the run.
    std::optional<std::pair<FailureMessage, int>> refusal;
    for (int rank = 1; rank < world_.size(); ++rank)
      if (const auto failure = heard_from(rank); failure && !refusal)
        refusal.emplace(*failure, rank);
    if (refusal) throw_failure(refusal->first, refusal->second);
  }

  /// Nothing that ranks have sent stays unread, which they would wait for.
  ~RankCrew() override {
    while (is_under_way()) receive(world_.probe(mpi::any_source, mpi::any_tag));
  }

  int size() const override { return world_.size(); }

  std::vector<Evaluated> evaluate(const Points& points) override {
    const auto start = std::chrono::steady_clock::now();
    points_ = &points;
    chunk_points_ = chunk_size(points.size());
    next_ = 0;
    results_.assign(points.size(), {});
    while (next_ < points.size()) {
      give_out();
      if (next_ < points.size()) evaluate_here(take_chunk());
    }
    while (is_under_way()) take_answer(world_.probe(mpi::any_source, mpi::any_tag));
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - start;
    seconds_a_point_ = time.count() * size() / static_cast<double>(points.size());
    return std::move(results_);
  }

 private:
  /// Why a rank is not ready; nothing where it is.
  std::optional<FailureMessage> heard_from(int rank) {
    std::optional<FailureMessage> failure;
    if (world_.probe(rank, mpi::any_tag).tag() == kFailure)
      world_.recv(rank, kFailure, failure.emplace());
    else
      world_.recv(rank, kReady);
    return failure;
  }

  /// So many that they take a rank about 50 ms, and that each rank has several in turn.
  std::size_t chunk_size(std::size_t points) const {
    constexpr double kSeconds = 0.05;
    constexpr std::size_t kPartsOfEach = 4;
    const std::size_t parts = kPartsOfEach * static_cast<std::size_t>(size());
    std::size_t most = (points + parts - 1) / parts;
    if (seconds_a_point_ > 0)
      most = std::min(most, static_cast<std::size_t>(kSeconds / seconds_a_point_));
    return std::max<std::size_t>(1, most);
  }

  Chunk take_chunk() {
    const Chunk chunk{next_, std::min(next_ + chunk_points_, points_->size())};
    next_ = chunk.end;
    return chunk;
  }

  /// Hands chunks to ranks that have fewer than two, so that none waits while its answer travels.
  void give_out() {
    constexpr std::size_t kAtOnce = 2;
    for (std::size_t turn = 0; turn < kAtOnce; ++turn)
      for (int rank = 1; rank < world_.size(); ++rank) {
        auto& chunks = under_way_[static_cast<std::size_t>(rank)];
        if (next_ == points_->size() || chunks.size() > turn) continue;
        const Chunk chunk = take_chunk();
        const auto all = points_->begin();
        SentChunk& sent =
            chunks.emplace_back(chunk, Points(all + static_cast<std::ptrdiff_t>(chunk.begin),
                                              all + static_cast<std::ptrdiff_t>(chunk.end)));
        sent.request = world_.isend(rank, kPoints, sent.points);
      }
  }

  /// Evaluates a chunk, but between two points hears the other ranks.
  void evaluate_here(const Chunk& chunk) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      results_[i] = evaluator_.evaluate((*points_)[i]);
      while (const auto answer = world_.iprobe(mpi::any_source, mpi::any_tag)) {
        take_answer(*answer);
        give_out();
      }
    }
  }

  bool is_under_way() const {
    return std::any_of(under_way_.begin(), under_way_.end(),
                       [](const auto& chunks) { return !chunks.empty(); });
  }

  /// What a rank says of the first chunk that it has.
  struct Answer {
    Chunk chunk;
    std::string bytes;
    std::optional<FailureMessage> failure;
  };
  Answer receive(const mpi::status& from) {
    auto& chunks = under_way_[static_cast<std::size_t>(from.source())];
    ensure(!chunks.empty(), "a rank answers what it was given");
    Answer answer{chunks.front().chunk, {}, {}};
    chunks.front().request.wait();
    chunks.pop_front();
    if (from.tag() == kFailure)
      world_.recv(from.source(), kFailure, answer.failure.emplace());
    else
      world_.recv(from.source(), kAnswer, answer.bytes);
    return answer;
  }

  void take_answer(const mpi::status& from) {
    const Answer answer = receive(from);
    if (answer.failure) throw_failure(*answer.failure, from.source());
    std::vector<Evaluated> evaluated;
    take_all(answer.bytes, evaluated);
    ensure(evaluated.size() == answer.chunk.end - answer.chunk.begin,
           "a rank answers the points that it was given");
    std::move(evaluated.begin(), evaluated.end(),
              results_.begin() + static_cast<std::ptrdiff_t>(answer.chunk.begin));
  }

  mpi::communicator& world_;
  const Evaluator& evaluator_;
  std::vector<std::deque<SentChunk>> under_way_;  // [rank], in the order in which answers come
  double seconds_a_point_ = 0;                    // of one rank; 0: not known yet
  const Points* points_ = nullptr;
  std::size_t next_ = 0, chunk_points_ = 1;
  std::vector<Evaluated> results_;
};

}  // namespace

std::unique_ptr<Crew> rank_crew(mpi::communicator& world, const Space& space,
                                const Evaluator& evaluator) {
  return std::make_unique<RankCrew>(world, space, evaluator);
}

}  // namespace bitloom::pipelines::ranks
