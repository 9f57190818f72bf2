#include "models/graph/zoo/zoo.h"

#include "base/error.h"
#include "models/graph/zoo/networks.h"

namespace bitloom::graph {

const std::vector<ZooEntry>& zoo() {
  static const std::vector<ZooEntry> entries{
      {"mobilenet_v1", "ImageNet", "MobileNet-V1, width 1.0 (Howard et al. 2017)",
       [] { return make_mobilenet_v1("mobilenet_v1", 1.0); }},
      {"mobilenet_v1_0.75", "ImageNet", "MobileNet-V1, width 0.75 (Howard et al. 2017)",
       [] { return make_mobilenet_v1("mobilenet_v1_0.75", 0.75); }},
      {"mobilenet_v2", "ImageNet", "MobileNet-V2, width 1.0 (Sandler et al. 2018)",
       [] { return make_mobilenet_v2(); }},
      {"resnet18", "ImageNet", "ResNet-18 (He et al. 2016)",
       [] {
         return make_resnet("resnet18", ResNetBlock::kBasic, {2, 2, 2, 2});
       }},
      {"resnet50", "ImageNet", "ResNet-50, stride in the 3x3 (He et al. 2016)",
       [] {
         return make_resnet("resnet50", ResNetBlock::kBottleneck, {3, 4, 6, 3});
       }},
      {"resnet20", "CIFAR-10", "ResNet-20, option-A shortcuts (He et al. 2016)",
       [] { return make_cifar_resnet("resnet20", 20); }},
  };
  return entries;
}

Graph make_network(std::string_view name) {
  std::vector<std::string> known;
  for (const ZooEntry& entry : zoo()) {
    if (entry.name == name) return entry.make();
    known.emplace_back(entry.name);
  }
  throw unknown_name("network", name, known);
}

}  // namespace bitloom::graph
