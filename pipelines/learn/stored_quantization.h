#pragma once

#include <vector>

#include "pipelines/learn/model_loading.h"
#include "search/measure/accuracy_oracle.h"
#include "search/policy/policy_space.h"

/// How a file of weights was quantized, as its metadata say. For the sources of this folder alone:
/// it includes LibTorch.
namespace bitloom::pipelines {

/// What `finetune` or `calibrate` stored under kQuantizationKey. A UserError says what is wrong.
nn::Quantization stored_quantization(const LoadedWeights& weights);

/// How each width of a file is quantized that was trained at several at once (weights/widths.h).
std::vector<nn::Quantization> stored_widths(const LoadedWeights& weights);

/// Such a file as if it had been trained with one policy alone.
struct AtWidths {
  nn::Quantization quantization;
  weights::TensorFile file;
};
/// Each operand takes the width that has its bits. Where several have, as of edge layers, it takes
/// the one that most layers take, else the first. A UserError names a layer whose bits no width
/// has.
AtWidths at_widths(const LoadedWeights& weights, const std::vector<nn::Quantization>& widths,
                   const graph::Policy& policy);

/// The quantizers of policies that are measured one after the other: those that are asked for, or
/// the file's own where it was trained at several widths. A UserError where it is given others.
nn::Quantization measured_with(const LoadedWeights& weights,
                               const std::optional<std::string>& scheme,
                               std::optional<Granularity> granularity,
                               const std::optional<std::string>& post_training);

/// The weights' network at `policy`, as it was trained. Of a file of several widths. A UserError
/// where no width has its bits, or filters have bits of their own.
std::unique_ptr<nn::QuantizedNetwork> trained_at(const LoadedWeights& weights,
                                                 const std::shared_ptr<nn::Network>& network,
                                                 const graph::FilterPolicy& policy);

/// A UserError where the weights were trained at several widths, and none has bits that a search
/// may choose.
void require_trained(const LoadedWeights& weights, const std::vector<search::Operand>& operands);

/// Lets `oracle` answer for the policies that the weights were trained for, where they were trained
/// at several widths. `weights` must outlive it.
void use_trained_widths(search::AccuracyOracle& oracle, const LoadedWeights& weights);

}  // namespace bitloom::pipelines
