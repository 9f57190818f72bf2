#pragma once

#include "models/torch/torch.h"
#include "search/measure/lowered_operands.h"

namespace bitloom::search {

/// How far each image's outputs [batch][classes] move from `real` to `lowered`, [batch] in double:
///
///     kDivergence  sum_c p_c (log p_c - log q_c), p = softmax(real), q = softmax(lowered)
///     kLoss        log p_label - log q_label
///     kNoise       sum_c (lowered_c - real_c)^2, not yet a share of the signal
torch::Tensor output_change(OutputChange what, const torch::Tensor& real,
                            const torch::Tensor& lowered, const torch::Tensor& labels);

}  // namespace bitloom::search
