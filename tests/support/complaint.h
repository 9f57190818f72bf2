#pragma once

#include <string>

#include "base/error.h"

namespace bitloom::testing {

/// The text of the UserError that `action` throws; "no complaint" where it throws none.
template <class Action>
std::string complaint(Action action) {
  try {
    action();
  } catch (const UserError& mistake) {
    return mistake.what();
  }
  return "no complaint";
}

/// `text` with each `what` replaced: to take the folder of a test out of an error's text.
inline std::string without(std::string text, const std::string& what) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at))
    text.erase(at, what.size());
  return text;
}

}  // namespace bitloom::testing
