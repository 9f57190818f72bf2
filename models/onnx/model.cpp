#include "models/onnx/model.h"

#include <algorithm>

namespace bitloom::onnx {

const Attribute* Node::attribute(std::string_view wanted) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const Attribute& each) { return each.name == wanted; });
  return found == attributes.end() ? nullptr : &*found;
}

std::int64_t Node::integer(std::string_view wanted, std::int64_t otherwise) const {
  const Attribute* found = attribute(wanted);
  return found ? found->integer : otherwise;
}

float Node::real(std::string_view wanted, float otherwise) const {
  const Attribute* found = attribute(wanted);
  return found ? found->real : otherwise;
}

std::string Node::text(std::string_view wanted, const std::string& otherwise) const {
  const Attribute* found = attribute(wanted);
  return found ? found->text : otherwise;
}

std::vector<std::int64_t> Node::integers(std::string_view wanted,
                                         const std::vector<std::int64_t>& otherwise) const {
  const Attribute* found = attribute(wanted);
  return found ? found->integers : otherwise;
}

}  // namespace bitloom::onnx
