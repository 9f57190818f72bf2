// Multiply-accumulates of real models, as a script of others counted them. The models are no part
// of the project: the tests skip where they are absent.
#include <gtest/gtest.h>

#include "base/csv.h"
#include "models/graph/layer_shape.h"
#include "models/onnx/import.h"
#include "tests/support/data_folder.h"

namespace bitloom {
namespace {

/// `x=1x3x4;y=1x2`: the inputs' shapes. Scalars and names without sizes are left out.
onnx::InputShapes shapes_of(const std::string& text) {
  onnx::InputShapes shapes;
  std::istringstream inputs(text);
  for (std::string input; std::getline(inputs, input, ';');) {
    const std::size_t equals = input.rfind('=');
    onnx::Shape shape;
    std::istringstream dims(input.substr(equals + 1));
    for (std::string dim; std::getline(dims, dim, 'x');)
      if (!dim.empty()) shape.push_back(std::stoll(dim));
    if (!shape.empty()) shapes[input.substr(0, equals)] = shape;
  }
  return shapes;
}

TEST(PublishedModels, HaveTheMacsThatOthersCounted) {
  const auto data = testing::data_folder();
  if (!data || !std::filesystem::exists(*data / "onnx/macs.csv"))
    GTEST_SKIP() << "no real models: set BITLOOM_DATA to a folder with onnx/macs.csv";
  std::ifstream table(*data / "onnx/macs.csv");
  std::string line;
  std::getline(table, line);
  int checked = 0;
  while (std::getline(table, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    const std::string path = (*data / "onnx" / (cells.at(0) + ".onnx")).string();
    const onnx::Imported model = onnx::import_model(path, shapes_of(cells.at(15)));
    EXPECT_EQ(graph::macs_of(graph::layers_of(model.graph)).count(), std::stoll(cells.at(3)))
        << cells[0];
    EXPECT_EQ(model.batch, std::stoll(cells.at(4))) << cells[0];
    ++checked;
  }
  EXPECT_GT(checked, 30);
}

}  // namespace
}  // namespace bitloom
