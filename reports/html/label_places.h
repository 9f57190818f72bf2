#pragma once

#include <string>
#include <vector>

namespace bitloom::reports {

/// In pixels, from the left and from the top.
struct Pixel {
  double x = 0, y = 0;
};

/// Where a dot's label stands: its middle, and whether a line leads to it from the dot.
struct LabelPlace {
  Pixel middle;
  bool is_led_to = false;

  /// Where a line from the dot meets the label, whose size is given.
  Pixel end_of_line(const Pixel& dot, const Pixel& size) const;
};

/// A plot's dots, and the lines through points that are drawn in it.
struct PlotMarks {
  double width = 0, height = 0;
  std::vector<Pixel> dots;
  std::vector<std::vector<Pixel>> lines;
};

/// How wide a label is, and how high.
Pixel size_of_label(const std::string& text);

/// Places of labels beside their dots: on no other label, dot or line, as long as there is such a
/// place; further away with a line to them where there is none beside the dot.
std::vector<LabelPlace> label_places(const std::vector<Pixel>& labelled,
                                     const std::vector<std::string>& texts, const PlotMarks& plot);

}  // namespace bitloom::reports
