#pragma once

#include <memory>

#include "pipelines/explore/crew.h"

namespace boost::mpi {
class communicator;
}

namespace bitloom::pipelines::ranks {

/// All ranks, seen from the first, which evaluates as well. A UserError says which rank cannot.
std::unique_ptr<Crew> rank_crew(boost::mpi::communicator& world, const Space& space,
                                const Evaluator& evaluator);

}  // namespace bitloom::pipelines::ranks
