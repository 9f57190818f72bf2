#pragma once

#include "models/graph/graph.h"

/// The builders of the zoo, one network family a file, for an RGB image of any size that the
/// network allows. Layer names are those of the weights that people have (torchvision, Keras,
/// akamaster, pytorchcv), so that a file of weights maps onto the graph by name; layers stand in
/// the order in which those implementations run them.
namespace bitloom::graph {

/// Howard et al. 2017 (arXiv:1704.04861), as in Keras: TensorFlow SAME padding; `width` scales
/// every layer.
Graph make_mobilenet_v1(std::string name, double width, Extent image);
Graph make_mobilenet_v2(Extent image);

enum class ResNetBlock { kBasic, kBottleneck };
/// He et al. 2016 (arXiv:1512.03385) with torchvision's stride in the 3x3 convolution; `blocks` for
/// each of four stages.
Graph make_resnet(std::string name, ResNetBlock block, const std::vector<int>& blocks,
                  Extent image);
/// He et al. 2016, section 4.2: 6n+2 layers for CIFAR-10 with parameter-free shortcuts (option A).
Graph make_cifar_resnet(std::string name, int depth, Extent image);

/// Krizhevsky 2014 (arXiv:1404.5997), torchvision's layers. Its classifier takes 256x6x6: images of
/// about 224x224.
Graph make_alexnet(Extent image);
/// Iandola et al. 2016 (arXiv:1602.07360), version 1.1 as in torchvision.
Graph make_squeezenet_v1_1(Extent image);
/// Huang et al. 2017 (arXiv:1608.06993), as in torchvision.
Graph make_densenet121(Extent image);
/// Szegedy et al. 2016 (arXiv:1512.00567), as torchvision runs it: without the auxiliary head,
/// which is for training.
Graph make_inception_v3(Extent image);

/// The three networks that LQ-Nets (Zhang et al. 2018) takes from HWGQ (Cai et al. 2017), with the
/// layers, the names and the order (convolution, pooling, batch norm, ReLU) of zhaoweicai/hwgq; its
/// HWGQ quantizer stands where ReLU does here. VGG-Small's classifier takes 512x4x4 (images of
/// about 32x32), VGG-Variant's 512x7x7 (about 224x224).
Graph make_vgg_small(Extent image);
Graph make_vgg_variant(Extent image);
Graph make_googlenet_variant(Extent image);

/// Gholami et al. 2018 (arXiv:1803.10615): `width`-SqNxt-23 as in pytorchcv. HAWQ's SqueezeNext is
/// width 2.
Graph make_squeezenext(std::string name, std::int64_t width, Extent image);

/// The paper takes P6 from the backbone's C5 and has COCO's 80 classes; torchvision takes P6 from
/// P5 and has 91.
struct RetinaNetVariant {
  std::int64_t classes;
  bool p6_from_c5;
};
/// Lin et al. 2017 (arXiv:1708.02002) on ResNet-50 with pyramid levels P3 to P7, for any image
/// size; torchvision's names and order. The heads' weights are shared by the levels (see
/// Convolution::weights_of).
Graph make_retinanet(std::string name, RetinaNetVariant variant, Extent image);

}  // namespace bitloom::graph
