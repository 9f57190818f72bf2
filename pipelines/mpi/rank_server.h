#pragma once

namespace boost::mpi {
class communicator;
}

namespace bitloom::pipelines {
struct Host;
}

namespace bitloom::pipelines::ranks {

/// A rank's life: evaluates what the first rank sends, until that says that it has ended. `host`:
/// where its own files are.
void serve(boost::mpi::communicator& world, const Host& host);

}  // namespace bitloom::pipelines::ranks
