#include "pipelines/mpi/ranks.h"

#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>

#include "pipelines/mpi/protocol.h"
#include "pipelines/mpi/rank_crew.h"
#include "pipelines/mpi/rank_server.h"

namespace bitloom::pipelines {
namespace {

/// Ends the other ranks with the first.
class EndOfOthers {
 public:
  explicit EndOfOthers(boost::mpi::communicator& world) : world_(world) {}
  ~EndOfOthers() {
    for (int rank = 1; rank < world_.size(); ++rank) world_.send(rank, ranks::kEnd);
  }

 private:
  boost::mpi::communicator& world_;
};

}  // namespace

int run_on_ranks(int argc, char** argv, const Host& host,
                 const std::function<int(const MakeCrew&)>& first) {
  const boost::mpi::environment environment(argc, argv);
  boost::mpi::communicator world;
  if (world.rank() != 0) {
    ranks::serve(world, host);
    return 0;
  }
  const EndOfOthers ends(world);
  return first([&](const Space& space, const Evaluator& evaluator) {
    return ranks::rank_crew(world, space, evaluator);
  });
}

}  // namespace bitloom::pipelines
