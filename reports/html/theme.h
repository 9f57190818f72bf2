#pragma once

#include <string>

namespace bitloom::reports {

/// The colours as CSS: by the reader's preference, by `data-theme` on the page, on paper light.
std::string theme_css();
/// `text` with every `var(--name)` as the light theme's colour.
std::string with_light_colors(std::string text);

}  // namespace bitloom::reports
