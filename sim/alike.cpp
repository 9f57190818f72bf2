#include "sim/alike.h"

namespace bitloom::sim {

JobKey key_of(const Machine& machine, const Job& job) {
  const graph::LayerShape& l = job.layer;
  const Neighbors neighbors = machine.relevant(job.neighbors);
  return {static_cast<std::int64_t>(l.kind),
          l.in_channels,
          l.out_channels,
          l.kernel.height,
          l.kernel.width,
          l.stride.height,
          l.stride.width,
          l.input.height,
          l.input.width,
          l.output.height,
          l.output.width,
          l.groups,
          l.reads_input,
          job.precision.weight_bits,
          job.precision.activation_bits,
          job.batch,
          neighbors.output_bits,
          neighbors.input_bits.value_or(0),
          neighbors.input_is_laid_out};
}

void AlikeJobs::add(const Job& job) {
  const auto [entry, is_new] = found_.emplace(key_of(machine_, job), firsts_.size());
  if (is_new) firsts_.push_back(kinds_.size());
  kinds_.push_back(entry->second);
}

}  // namespace bitloom::sim
