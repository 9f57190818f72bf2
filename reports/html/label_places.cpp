#include "reports/html/label_places.h"

#include <algorithm>
#include <cmath>

namespace bitloom::reports {
namespace {

constexpr double kDot = 6;        // half a dot's width, with a margin
constexpr double kNear = 13;      // a dot so near to a label may seem to be its own
constexpr double kCharacter = 6;  // a letter's width, of 11 pixels in height
constexpr double kLine = 14;      // a label's height
constexpr double kBeside = 10;    // from a dot's middle to its label
constexpr int kSteps = 10;        // lines that a label may stand further away

struct Box {
  double left, top, right, bottom;

  bool has(const Pixel& at, double margin) const {
    return at.x > left - margin && at.x < right + margin && at.y > top - margin &&
           at.y < bottom + margin;
  }
  bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

Box box_around(const Pixel& middle, const Pixel& size) {
  return {middle.x - size.x / 2, middle.y - size.y / 2, middle.x + size.x / 2,
          middle.y + size.y / 2};
}

/// Whether a straight piece crosses a box: looked at every few pixels.
bool crosses(const Pixel& from, const Pixel& to, const Box& box) {
  constexpr double kStep = 3;
  const double length = std::hypot(to.x - from.x, to.y - from.y);
  const int steps = std::max(1, static_cast<int>(length / kStep));
  for (int i = 0; i <= steps; ++i) {
    const double share = static_cast<double>(i) / steps;
    if (box.has({from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)}, 1))
      return true;
  }
  return false;
}

bool is_crossed(const Box& box, const std::vector<std::vector<Pixel>>& lines) {
  return std::any_of(lines.begin(), lines.end(), [&](const std::vector<Pixel>& line) {
    for (std::size_t i = 1; i < line.size(); ++i)
      if (crosses(line[i - 1], line[i], box)) return true;
    return false;
  });
}

bool is_one_place(const Pixel& a, const Pixel& b) { return std::hypot(a.x - b.x, a.y - b.y) < 1; }

/// How much lies on a label at a place or so near that it may seem to be its dot, and on the line
/// that leads to it from `own`.
double faults(const LabelPlace& place, const Pixel& size, const Pixel& own, const PlotMarks& plot,
              const std::vector<Box>& placed) {
  const Box box = box_around(place.middle, size);
  const Pixel end = place.end_of_line(own, size);
  double count = 0;
  for (const Pixel& dot : plot.dots) {
    if (is_one_place(dot, own)) continue;
    count += box.has(dot, kDot) ? 3 : box.has(dot, kNear) ? 1 : 0;
    if (place.is_led_to && crosses(own, end, box_around(dot, {kDot, kDot}))) count += 1;
  }
  for (const Box& other : placed) {
    if (box.meets(other)) count += 4;
    if (place.is_led_to && crosses(own, end, other)) count += 2;
  }
  if (is_crossed(box, plot.lines)) count += 2;
  if (box.left < 0 || box.right > plot.width || box.top < 0 || box.bottom > plot.height) count += 8;
  return count + (box.has(own, 0) ? 3 : 0);
}

/// Around a dot: beside it first, then further away.
std::vector<LabelPlace> places_around(const Pixel& dot, const Pixel& size) {
  std::vector<LabelPlace> places;
  for (int step = 0; step <= kSteps; ++step) {
    const double away = kBeside + step * kLine;
    const double x = away + size.x / 2, y = away + size.y / 2;
    for (const Pixel& to : {Pixel{x, 0},
                            {-x, 0},
                            {0, -y},
                            {0, y},
                            {x, -away},
                            {x, away},
                            {-x, -away},
                            {-x, away},
                            {x / 2, y},
                            {-x / 2, y}})
      places.push_back({{dot.x + to.x, dot.y + to.y}, step > 0});
  }
  return places;
}

}  // namespace

Pixel LabelPlace::end_of_line(const Pixel& dot, const Pixel& size) const {
  return {std::clamp(dot.x, middle.x - size.x / 2, middle.x + size.x / 2),
          std::clamp(dot.y, middle.y - size.y / 2, middle.y + size.y / 2)};
}

Pixel size_of_label(const std::string& text) {
  return {kCharacter * static_cast<double>(text.size()), kLine};
}

std::vector<LabelPlace> label_places(const std::vector<Pixel>& labelled,
                                     const std::vector<std::string>& texts, const PlotMarks& plot) {
  std::vector<LabelPlace> chosen;
  std::vector<Box> placed;
  for (std::size_t i = 0; i < labelled.size(); ++i) {
    const Pixel size = size_of_label(texts[i]);
    LabelPlace best;
    double least = HUGE_VAL;
    for (const LabelPlace& place : places_around(labelled[i], size)) {
      const double count = faults(place, size, labelled[i], plot, placed);
      if (count < least) best = place, least = count;
      if (least == 0) break;
    }
    chosen.push_back(best);
    placed.push_back(box_around(best.middle, size));
  }
  return chosen;
}

}  // namespace bitloom::reports
