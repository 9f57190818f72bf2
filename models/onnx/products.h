#pragma once

#include <vector>

#include "models/graph/layer_shape.h"
#include "models/onnx/inference/flow.h"

namespace bitloom::onnx {

/// The matrix products of which a node consists, in their order; none where hardware for products
/// does not run it. Their names are empty, or what tells apart the products of one node: `scores`.
///
/// | node | rows x reduction x columns, count |
/// |---|---|
/// | convolution, g groups | output pixels x (C / g) kernel x M / g, g |
/// | transposed convolution | input pixels x C / g x (M / g) kernel, g |
/// | matrices A [.., m, k], B [k, n] | .. m x k x n, 1 |
/// | matrices A [.., m, k], B [.., k, n] | m x k x n, the matrices of B |
/// | recurrence, d directions of h | steps x features x d gates h; steps x h x gates h, d |
/// | attention, b images of a heads | length x width x keys, b a; length x keys x width, b a |
///
/// A UserError names a node whose operands have no known shape, and why.
std::vector<graph::LayerShape> products_of(const Flow& flow, const Step& step);

/// Whether products_of() may find any in nodes of that kind.
bool has_products(const Node& node);

}  // namespace bitloom::onnx
