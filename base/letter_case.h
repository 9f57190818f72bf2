#pragma once

#include <string>

namespace bitloom {

/// `text` with the small letters of ASCII in place of its capital ones.
std::string lower_case(std::string text);

}  // namespace bitloom
