#pragma once

#include <functional>

#include "pipelines/explore/crew.h"
#include "pipelines/host.h"

namespace bitloom::pipelines {

/// Runs a program that `mpirun` or `srun` started as many ranks. The first rank runs `first`, with
/// what makes a crew of all ranks; the others evaluate for that crew until `first` has ended,
/// with the files of their own `host`. Returns what `first` did, 0 on the other ranks.
int run_on_ranks(int argc, char** argv, const Host& host,
                 const std::function<int(const MakeCrew&)>& first);

}  // namespace bitloom::pipelines
