#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitloom::testing {

/// A NumPy file, format 1.0, of values of `type` ("<f4"), in C order.
template <class Value>
std::string npy_bytes(const std::string& type, const std::vector<std::int64_t>& shape,
                      const std::vector<Value>& values) {
  std::string sizes;
  for (const std::int64_t size : shape) sizes += std::to_string(size) + ",";
  const std::string header =
      "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + sizes + "), }\n";
  std::string file = std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(header.size()) + '\0';
  file += header;
  return file.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
}

}  // namespace bitloom::testing
