#include "pipelines/mpi/ranks.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <boost/mpi/collectives/gather.hpp>
#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>

#include "base/error.h"
#include "pipelines/mpi/protocol.h"
#include "pipelines/mpi/rank_crew.h"
#include "pipelines/mpi/rank_server.h"

namespace bitloom::pipelines {
namespace {

/// The command line in a text that another rank's can be compared with.
std::string command_line(int argc, char** argv) {
  std::string all;
  for (int i = 1; i < argc; ++i) all += std::string(argv[i]) + '\0';
  return all;
}

/// A UserError where ranks were not started by one command: each would do another thing, of which
/// only the first's would come about.
void require_one_command(const std::vector<std::string>& lines) {
  for (std::size_t rank = 1; rank < lines.size(); ++rank)
    if (lines[rank] != lines[0])
      throw UserError(
          fmt::format("rank {}: has other arguments than rank 0; give all ranks the "
                      "same, or use --shard with a process for each shard",
                      rank));
}

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
  const std::string own = command_line(argc, argv);
  if (world.rank() != 0) {
    boost::mpi::gather(world, own, 0);
    ranks::serve(world, host);
    return 0;
  }
  const EndOfOthers ends(world);
  std::vector<std::string> lines;
  boost::mpi::gather(world, own, lines, 0);
  return first([&](const Space& space, const Evaluator& evaluator) {
    require_one_command(lines);
    return ranks::rank_crew(world, space, evaluator);
  });
}

}  // namespace bitloom::pipelines
