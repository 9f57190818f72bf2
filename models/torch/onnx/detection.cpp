// Boxes that are found in images, and images looked at from elsewhere.
#include <algorithm>
#include <limits>
#include <numeric>

#include "base/error.h"
#include "models/torch/onnx/rows.h"

namespace bitloom::nn::onnx {
namespace {

struct Box {
  float top, left, bottom, right;
  float area() const { return (bottom - top) * (right - left); }
};

/// From two corners, whichever they are, or from centre and size.
Box box_of(const float* numbers, bool is_centre) {
  if (is_centre) {
    const float width = numbers[2] / 2;
    const float height = numbers[3] / 2;
    return {numbers[1] - height, numbers[0] - width, numbers[1] + height, numbers[0] + width};
  }
  const auto [top, bottom] = std::minmax(numbers[0], numbers[2]);
  const auto [left, right] = std::minmax(numbers[1], numbers[3]);
  return {top, left, bottom, right};
}

float overlap(const Box& a, const Box& b) {
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  if (height <= 0 || width <= 0) return 0;
  return height * width / (a.area() + b.area() - height * width);
}

/// The best boxes of one class: none overlaps a better one by more than `most_overlap`.
std::vector<std::size_t> best_boxes(const std::vector<Box>& boxes, const float* scores,
                                    std::size_t count, float most_overlap, float least_score) {
  std::vector<std::size_t> order(boxes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return !(scores[i] > least_score); });
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  std::vector<std::size_t> best;
  for (const std::size_t i : order) {
    if (best.size() >= count) break;
    const bool is_hidden = std::any_of(best.begin(), best.end(), [&](std::size_t better) {
      return overlap(boxes[i], boxes[better]) > most_overlap;
    });
    if (!is_hidden) best.push_back(i);
  }
  return best;
}

Outputs suppress(const Call& call) {
  const Tensor boxes = call[0].to(at::kCPU, at::kFloat).contiguous();
  const Tensor scores = call[1].to(at::kCPU, at::kFloat).contiguous();
  if (boxes.dim() != 3 || scores.dim() != 3 || boxes.size(2) != 4 ||
      boxes.size(1) != scores.size(2) || boxes.size(0) != scores.size(0))
    throw UserError("boxes and scores misfit each other");
  const std::int64_t count = call.has(2) ? integers_in(call[2]).at(0) : 0;
  const float most_overlap = call.has(3) ? call[3].item<float>() : 0;
  const float least_score =
      call.has(4) ? call[4].item<float>() : -std::numeric_limits<float>::infinity();
  const bool is_centre = call.node.integer("center_point_box", 0) != 0;
  Integers found;
  for (std::int64_t image = 0; image < boxes.size(0); ++image) {
    std::vector<Box> all;
    for (std::int64_t i = 0; i < boxes.size(1); ++i)
      all.push_back(box_of(boxes.data_ptr<float>() + (image * boxes.size(1) + i) * 4, is_centre));
    for (std::int64_t of_class = 0; of_class < scores.size(1); ++of_class) {
      const float* own =
          scores.data_ptr<float>() + (image * scores.size(1) + of_class) * scores.size(2);
      const auto most = static_cast<std::size_t>(std::max<std::int64_t>(count, 0));
      for (const std::size_t box : best_boxes(all, own, most, most_overlap, least_score))
        found.insert(found.end(), {image, of_class, static_cast<std::int64_t>(box)});
    }
  }
  return {at::tensor(found, at::kLong).reshape({-1, 3})};
}

std::int64_t place_in(const std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw UserError("unknown mode '" + name + "'");
  return found - names.begin();
}

/// The input at places that a grid names, from -1 to 1 in each dimension.
Outputs sample_grid(const Call& call) {
  const Node& node = call.node;
  std::string mode = node.text("mode", node.opset < 20 ? "bilinear" : "linear");
  if (mode == "linear") mode = "bilinear";
  if (mode == "cubic") mode = "bicubic";
  return {at::grid_sampler(
      call[0], call[1], place_in({"bilinear", "nearest", "bicubic"}, mode),
      place_in({"zeros", "border", "reflection"}, node.text("padding_mode", "zeros")),
      node.integer("align_corners", 0) != 0)};
}

const Operator kDetection[] = {
    {"", "GridSample", sample_grid},
    {"", "NonMaxSuppression", suppress},
};

}  // namespace

Operators detection_operators() { return kDetection; }

}  // namespace bitloom::nn::onnx
