#include "models/operators/operators.h"

#include "models/operators/activation.h"
#include "models/operators/add.h"
#include "models/operators/batch_norm.h"
#include "models/operators/concat.h"
#include "models/operators/convolution.h"
#include "models/operators/flatten.h"
#include "models/operators/global_average_pool.h"
#include "models/operators/input.h"
#include "models/operators/linear.h"
#include "models/operators/matmul.h"
#include "models/operators/padded_subsample.h"
#include "models/operators/pool.h"
#include "models/operators/softmax.h"
#include "models/operators/upsample.h"

namespace bitloom::graph {

const std::vector<OperatorEntry>& operators() {
  static const std::vector<OperatorEntry> table{
      {"activation", "ReLU or ReLU6", &kKind<Activation>},
      {"add", "the sum of two tensors or more", &kKind<Add>},
      {"batch norm", "scale and shift of each channel", &kKind<BatchNorm>},
      {"concat", "images joined along channels", &kKind<Concat>},
      {"convolution", "convolution, grouped and depthwise too", &kKind<Convolution>},
      {"flatten", "an image's values as features", &kKind<Flatten>},
      {"global average pool", "the mean of each channel", &kKind<GlobalAveragePool>},
      {"input", "what the network is given", &kKind<Input>},
      {"linear", "fully connected layer", &kKind<Linear>},
      {"matmul", "the product of two activations", &kKind<MatMul>},
      {"padded subsample", "the shortcut of CIFAR ResNets", &kKind<PaddedSubsample>},
      {"pool", "the largest value or the mean under a window", &kKind<Pool>},
      {"softmax", "shares of a whole along the last dimension", &kKind<Softmax>},
      {"upsample", "enlargement by the nearest neighbour", &kKind<Upsample>},
  };
  return table;
}

}  // namespace bitloom::graph
