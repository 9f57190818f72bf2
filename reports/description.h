#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "models/graph/policy.h"
#include "sim/hardware.h"

namespace bitloom::reports {

struct DescribedLayer {
  graph::LayerShape shape;
  graph::Precision bits;
};

/// A network as `describe network` tells it: layers, shapes, MACs, parameters, weight size and BOPs
/// at its layers' bits.
struct NetworkDescription {
  std::string name;
  std::string about;
  graph::Shape input;
  std::int64_t parameters;  // batch norms' and biases' included; of a file its weights and biases
  std::map<std::string, int> beside = {};   // nodes that are no products, by operator
  std::map<std::string, int> unknown = {};  // those of which nothing is known
  std::vector<DescribedLayer> layers;
};
std::string network_text(const NetworkDescription& network, std::size_t max_width);
std::string network_json(const NetworkDescription& network);

/// Every knob of a hardware description with value, unit, range and meaning; peak, area; sources of
/// its energies.
std::string hardware_text(hardware::Hardware hardware, std::size_t max_width);
/// Each field that `show` presents, with value, unit, range and meaning.
std::string fields_text(const std::function<void(FieldVisitor&)>& show, std::size_t max_width);

/// One row of `list`: a name and what it is, the last fact in words.
struct Listed {
  std::string name;
  std::vector<std::string> facts;
};
/// A table whose last column is wrapped to `max_width`.
std::string list_text(const std::vector<std::string>& headers, const std::vector<Listed>& rows,
                      std::size_t max_width);

}  // namespace bitloom::reports
