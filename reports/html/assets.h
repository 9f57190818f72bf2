#pragma once

#include <string_view>

/// Files of reports/html/assets, embedded by embed.cmake; `vega_js` is what esbuild bundles.
namespace bitloom::reports::assets {

std::string_view page_html();
std::string_view style_css();
std::string_view report_js();
std::string_view svg_js();
std::string_view vega_js();

}  // namespace bitloom::reports::assets
