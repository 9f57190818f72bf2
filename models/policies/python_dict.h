#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/policies/formats.h"

namespace bitloom::policies {

/// A value of a Python dict: a whole number, or a dict again.
struct PythonDict {
  struct Item;
  std::vector<Item> items;
};
struct PythonDict::Item {
  std::string key;
  std::string place;  // `bit_config.py:12:1`
  std::variant<std::int64_t, PythonDict> value;
};

/// Reads a dict literal of Python's, alone or as `NAME = {...}`, of which nothing is run: keys are
/// texts in quotes, values whole numbers, dicts, or tuples (8, 'hook') that stand for their first.
/// Comments are passed over. A UserError names file, line, column and what may stand there.
PythonDict read_python_dict(const File& file);

}  // namespace bitloom::policies
