#pragma once

#include "reports/html/figure.h"

/// Pieces of Vega specifications (vega.github.io/vega/docs) that figures share.
namespace bitloom::reports::vega {

/// A scale that need not begin at 0.
Json scale(const char* name, const char* type, const Json& domain, const char* range);
/// Points of `table`, filled where the expression `filled` holds.
Json point(const std::string& x, const std::string& y, const std::string& color_field,
           const std::string& filled);
/// The theme's colours, in turn.
std::vector<std::string> colors_of(std::size_t names);

/// An empty specification: data set `table`, signal `avail` (pixels of width), fonts and colours.
Json base();
/// One plot as wide as there is room, `height` pixels high.
Json plot(int height);

Json signal(const std::string& expression);
Json scale_of(const std::string& scale, const std::string& field);

/// A band of panels: as many layers beside each other as fit, further ones below. Rows of `table`
/// have `index` (1, 2, ...) and `layer`. `height` is of one panel; `inside` has the panel's scales,
/// axes and marks, which draw the data set `panel` over the scale `x` of `index`.
Json layer_panels(int height, std::size_t layers, const Json& scales, const Json& axes,
                  const Json& marks);

/// A bar of layer_panels(), of `color`, between two expressions of the data, over `from`..`to`
/// (0..1) of its layer.
Json layer_bar(const std::string& color, const std::string& bottom, const std::string& top,
               double from, double to, double opacity = 1);

Json axis(const std::string& orient, const std::string& scale, const std::string& title,
          const std::string& format = "");
/// Colours by name: an ordinal scale `color` and its legend above the plot.
void add_colors(Json& spec, const std::vector<std::string>& names,
                const std::vector<std::string>& colors);
/// The same of any number of names: a colour for each, and another shape (scale `shape`) where
/// colours repeat. Rows of the legend hold as many as the plot has room for.
void add_entries(Json& spec, const std::vector<std::string>& names);
/// Names below points: objects of `name`, `x` and `y`.
void add_names(Json& spec, const Json& points);
/// A vertical error bar over x from `low` to `high` of the data.
Json error_bar(const std::string& data, const Json& x, const std::string& y_scale,
               const std::string& low, const std::string& high);

}  // namespace bitloom::reports::vega
