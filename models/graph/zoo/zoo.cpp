#include "models/graph/zoo/zoo.h"

#include <fmt/format.h>

#include "base/error.h"
#include "models/graph/classifier.h"
#include "models/graph/zoo/networks.h"
#include "models/operators/convolution.h"
#include "models/operators/linear.h"

namespace bitloom::graph {
namespace {

constexpr Extent kImageNet{224, 224}, kCifar{32, 32};
// The size at which detectron2 and torchvision count RetinaNet's operations: COCO's shorter sides
// are scaled to 800.
constexpr Extent kDetection{800, 800};

/// `graph` with a last layer of `classes` outputs.
Graph with_classes(const Graph& graph, std::int64_t classes) {
  const std::optional<NodeId> last = classifier_of(graph);
  if (!last)
    throw UserError(
        fmt::format("network {}: is no classifier, whose last layer has an output for "
                    "each class; leave out the number of classes",
                    graph.name()));
  require_dimension(classes, "classes");
  const Node& classifier = graph.node(*last);
  return rebuilt(graph, [&](const Node& node) -> Operator {
    if (node.name != classifier.name) return node.op;
    if (const Linear* linear = node.op.get_if<Linear>()) return Linear{classes, linear->bias};
    Convolution convolution = node.op.as<Convolution>();
    convolution.out_channels = classes;
    return convolution;
  });
}

}  // namespace

const std::vector<ZooEntry>& zoo() {
  static const std::vector<ZooEntry> entries{
      {"mobilenet_v1", "ImageNet", "MobileNet-V1, width 1.0 (Howard et al. 2017)", kImageNet,
       [](Extent image) { return make_mobilenet_v1("mobilenet_v1", 1.0, image); }},
      {"mobilenet_v1_0.75", "ImageNet", "MobileNet-V1, width 0.75 (Howard et al. 2017)", kImageNet,
       [](Extent image) { return make_mobilenet_v1("mobilenet_v1_0.75", 0.75, image); }},
      {"mobilenet_v2", "ImageNet", "MobileNet-V2, width 1.0 (Sandler et al. 2018)", kImageNet,
       make_mobilenet_v2},
      {"resnet18", "ImageNet", "ResNet-18 (He et al. 2016)", kImageNet,
       [](Extent i) {
         return make_resnet("resnet18", ResNetBlock::kBasic, {2, 2, 2, 2}, i);
       }},
      {"resnet34", "ImageNet", "ResNet-34 (He et al. 2016)", kImageNet,
       [](Extent i) {
         return make_resnet("resnet34", ResNetBlock::kBasic, {3, 4, 6, 3}, i);
       }},
      {"resnet50", "ImageNet", "ResNet-50, stride in the 3x3 (He et al. 2016)", kImageNet,
       [](Extent i) {
         return make_resnet("resnet50", ResNetBlock::kBottleneck, {3, 4, 6, 3}, i);
       }},
      {"resnet20", "CIFAR-10", "ResNet-20, option-A shortcuts (He et al. 2016)", kCifar,
       [](Extent image) { return make_cifar_resnet("resnet20", 20, image); }},
      {"resnet32", "CIFAR-10", "ResNet-32, option-A shortcuts (He et al. 2016)", kCifar,
       [](Extent image) { return make_cifar_resnet("resnet32", 32, image); }},
      {"resnet44", "CIFAR-10", "ResNet-44, option-A shortcuts (He et al. 2016)", kCifar,
       [](Extent image) { return make_cifar_resnet("resnet44", 44, image); }},
      {"resnet56", "CIFAR-10", "ResNet-56, option-A shortcuts (He et al. 2016)", kCifar,
       [](Extent image) { return make_cifar_resnet("resnet56", 56, image); }},
      {"alexnet", "ImageNet", "AlexNet, torchvision's 61.1 M parameters (Krizhevsky 2014)",
       kImageNet, make_alexnet},
      {"squeezenet_v1.1", "ImageNet", "SqueezeNet 1.1 (Iandola et al. 2016)", kImageNet,
       make_squeezenet_v1_1},
      {"densenet121", "ImageNet", "DenseNet-121 (Huang et al. 2017)", kImageNet, make_densenet121},
      {"inception_v3",
       "ImageNet",
       "Inception-V3, no auxiliary head (Szegedy et al. 2016)",
       {299, 299},
       make_inception_v3},
      {"vgg_small", "CIFAR-10", "VGG-Small of HWGQ, LQ-Nets and DSQ (Cai et al. 2017)", kCifar,
       make_vgg_small},
      {"vgg_variant", "ImageNet", "VGG-Variant of HWGQ and LQ-Nets (Cai et al. 2017)", kImageNet,
       make_vgg_variant},
      {"googlenet_variant", "ImageNet", "GoogLeNet-Variant of HWGQ and LQ-Nets (Cai et al. 2017)",
       kImageNet, make_googlenet_variant},
      {"squeezenext_1.0", "ImageNet", "1.0-SqNxt-23 (Gholami et al. 2018)", kImageNet,
       [](Extent image) { return make_squeezenext("squeezenext_1.0", 1, image); }},
      {"squeezenext_2.0", "ImageNet", "2.0-SqNxt-23, HAWQ's SqueezeNext (Gholami et al. 2018)",
       kImageNet, [](Extent image) { return make_squeezenext("squeezenext_2.0", 2, image); }},
      {"retinanet_r50", "COCO", "RetinaNet on ResNet-50, 80 classes, P6 from C5 (Lin et al. 2017)",
       kDetection,
       [](Extent image) {
         return make_retinanet("retinanet_r50", {80, true}, image);
       }},
      {"retinanet_r50_torchvision", "COCO", "RetinaNet on ResNet-50, 91 classes, P6 from P5",
       kDetection,
       [](Extent image) {
         return make_retinanet("retinanet_r50_torchvision", {91, false}, image);
       }},
  };
  return entries;
}

const ZooEntry& find_network(std::string_view name) {
  std::vector<std::string> known;
  for (const ZooEntry& entry : zoo()) {
    if (entry.name == name) return entry;
    known.emplace_back(entry.name);
  }
  throw unknown_name("network", name, known);
}

Graph make_network(std::string_view name, const NetworkOptions& options) {
  const ZooEntry& entry = find_network(name);
  Graph graph = entry.make(options.image_size.value_or(entry.image));
  return options.classes ? with_classes(graph, *options.classes) : graph;
}

}  // namespace bitloom::graph
