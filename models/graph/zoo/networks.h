#pragma once

#include "models/graph/graph.h"

/// The builders of the zoo, one network family a file; layer names are those of the weights that
/// people have (torchvision, Keras, akamaster), so that a file of weights maps onto the graph by
/// name.
namespace bitloom::graph {

/// Howard et al. 2017 (arXiv:1704.04861), as in Keras: TensorFlow SAME padding; `width` scales
/// every layer.
Graph make_mobilenet_v1(std::string name, double width);
Graph make_mobilenet_v2();

enum class ResNetBlock { kBasic, kBottleneck };
/// He et al. 2016 (arXiv:1512.03385) with torchvision's stride in the 3x3 convolution; `blocks` for
/// each of four stages.
Graph make_resnet(std::string name, ResNetBlock block, std::vector<int> blocks);
/// He et al. 2016, section 4.2: 6n+2 layers for CIFAR-10 with parameter-free shortcuts (option A).
Graph make_cifar_resnet(std::string name, int depth);

}  // namespace bitloom::graph
