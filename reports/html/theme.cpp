#include "reports/html/theme.h"

#include <fmt/format.h>

namespace bitloom::reports {
namespace {

struct Color {
  const char* name;
  const char* light;
  const char* dark;
};
/// c1 to c8 after Okabe and Ito (2008), whose colours the colour-blind tell apart; lighter on dark.
constexpr Color kColors[] = {
    {"page", "#ffffff", "#14171c"}, {"panel", "#f6f7f9", "#1c2027"},
    {"ink", "#1b1f24", "#e6e9ee"},  {"muted", "#5c6570", "#9aa4b1"},
    {"grid", "#e3e6ea", "#2b313a"}, {"accent", "#0b62a8", "#6db6f2"},
    {"good", "#00724f", "#4fcfa3"}, {"bad", "#b3360a", "#ff9466"},
    {"c1", "#0072b2", "#4aa8e0"},   {"c2", "#d55e00", "#f58a4a"},
    {"c3", "#009e73", "#3fcba0"},   {"c4", "#b8809c", "#dda3c4"},
    {"c5", "#56a4d4", "#8cc8ee"},   {"c6", "#c48a00", "#f0bd4a"},
    {"c7", "#6b5b95", "#ab9ad8"},   {"c8", "#707070", "#b0b0b0"},
};

std::string variables(const char* Color::*shade, const char* scheme) {
  std::string css = fmt::format("color-scheme:{};", scheme);
  for (const Color& color : kColors) css += fmt::format("--{}:{};", color.name, color.*shade);
  return css;
}

}  // namespace

std::string theme_css() {
  const std::string light = variables(&Color::light, "light"),
                    dark = variables(&Color::dark, "dark");
  return fmt::format(
      ":root{{{0}}}\n"
      "@media screen and (prefers-color-scheme: dark){{:root{{{1}}}}}\n"
      "@media screen{{:root[data-theme=light]{{{0}}}:root[data-theme=dark]{{{1}}}}}\n",
      light, dark);
}

std::string with_light_colors(std::string text) {
  for (const Color& color : kColors) {
    const std::string variable = fmt::format("var(--{})", color.name);
    for (std::size_t at = 0; (at = text.find(variable, at)) != std::string::npos;)
      text.replace(at, variable.size(), color.light);
  }
  return text;
}

}  // namespace bitloom::reports
