#pragma once

#include "models/data/loader.h"
#include "models/torch/model.h"

namespace bitloom::nn {

/// Sets the means and variances of a model's batch norms to those of what they read, averaged over
/// the first `batches` batches of `loader` or all that it has: batch norms otherwise keep running
/// averages of weights that change. Norms that are fixed stay.
void measure_norms(Model& model, data::Loader& loader, std::int64_t batches);

}  // namespace bitloom::nn
