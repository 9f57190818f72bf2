#pragma once

#include <cstdint>
#include <cstring>
#include <regex>
#include <stdexcept>
#include <string>
#include <vector>

namespace bitloom::testing {

/// An array as numpy.load would read it: format 1.0, C order (NEP 1), written without regard to
/// reports/npy.cpp.
template <class Value>
struct NpyFile {
  std::string type;
  std::vector<std::size_t> shape;
  std::vector<Value> values;
};

template <class Value>
NpyFile<Value> parse_npy(const std::string& bytes) {
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw std::runtime_error(what);
  };
  require(bytes.size() > 10 && bytes.compare(0, 8, std::string("\x93NUMPY\x01\0", 8)) == 0,
          "magic");
  const std::size_t length =
      static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
  require((10 + length) % 64 == 0, "the data is aligned to 64 bytes");
  const std::string header = bytes.substr(10, length);
  require(!header.empty() && header.back() == '\n', "the header ends with a line end");
  std::smatch match;
  require(std::regex_match(header, match,
                           std::regex("\\{'descr': '(<[if]8)', 'fortran_order': False, "
                                      "'shape': \\(([0-9, ]*)\\), \\} *\n")),
          "header");
  NpyFile<Value> file{match[1], {}, {}};
  const std::string shape = match[2];
  const std::regex number("[0-9]+");
  std::size_t count = 1;
  for (std::sregex_iterator n(shape.begin(), shape.end(), number), end; n != end; ++n) {
    file.shape.push_back(std::stoul(n->str()));
    count *= file.shape.back();
  }
  require(bytes.size() == 10 + length + count * sizeof(Value), "as many bytes as the shape says");
  file.values.resize(count);
  std::memcpy(file.values.data(), bytes.data() + 10 + length, count * sizeof(Value));
  return file;
}

}  // namespace bitloom::testing
