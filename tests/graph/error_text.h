#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace bitloom {

/// The text of the UserError that `act` throws; a test failure when it throws none.
template <typename Act>
std::string error_text(Act&& act) {
  try {
    act();
  } catch (const UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no UserError";
  return "";
}

}  // namespace bitloom
