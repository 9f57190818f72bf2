#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom::reports {

/// How many characters a text has: Unicode code points of UTF-8.
std::size_t width_of(std::string_view text);

/// `text` in at most `width` characters, its middle replaced by `…` where it is longer.
std::string shortened(const std::string& text, std::size_t width);

/// `names` in at most `width` characters, what is left out replaced by `…`, so that those that
/// differ still do: their middles, else words that many have (`…1.0.conv1` of `layer1.0.conv1`),
/// else other parts. Wider by as much as it takes where no such forms are found.
std::vector<std::string> shortened_apart(const std::vector<std::string>& names, std::size_t width);

}  // namespace bitloom::reports
