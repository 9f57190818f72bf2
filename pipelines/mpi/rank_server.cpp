#include "pipelines/mpi/rank_server.h"

#include <fmt/format.h>
#include <boost/mpi/communicator.hpp>
#include <boost/mpi/status.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include "base/error.h"
#include "pipelines/explore/evaluated_bytes.h"
#include "pipelines/mpi/protocol.h"

namespace bitloom::pipelines::ranks {
namespace {

namespace mpi = boost::mpi;

/// A space, and what evaluates it.
struct Work {
  Space space;
  Evaluator evaluator;
  explicit Work(Space of) : space(std::move(of)), evaluator(space) {}
};

std::unique_ptr<Work> work_of(const SpaceMessage& message, const Host& host) {
  auto work = std::make_unique<Work>(space_of(message.path, message.text, host));
  if (work->space.fingerprint != message.fingerprint)
    throw UserError(fmt::format(
        "{}: is another space here than on the first rank: a file that it names, or the "
        "program's version, differs",
        message.path));
  return work;
}

/// Tells the first rank what `action` throws.
template <class Action>
void telling(mpi::communicator& world, const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    world.send(0, kFailure, FailureMessage{error.what(), static_cast<int>(error.kind())});
  } catch (const std::exception& error) {
    world.send(0, kFailure, FailureMessage{error.what(), FailureMessage::kInternal});
  }
}

}  // namespace

void serve(mpi::communicator& world, const Host& host) {
  std::unique_ptr<Work> work;
  for (;;) {
    const mpi::status next = world.probe(0, mpi::any_tag);
    if (next.tag() == kSpace) {
      SpaceMessage message;
      world.recv(0, kSpace, message);
      telling(world, [&] {
        work = work_of(message, host);
        world.send(0, kReady);
      });
    } else if (next.tag() == kPoints) {
      std::vector<std::int64_t> points;
      world.recv(0, kPoints, points);
      telling(world, [&] {
        std::string bytes;
        for (const std::int64_t point : points) append(bytes, work->evaluator.evaluate(point));
        world.send(0, kAnswer, bytes);
      });
    } else {
      world.recv(0, kEnd);
      return;
    }
  }
}

}  // namespace bitloom::pipelines::ranks
