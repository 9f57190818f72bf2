// The roofline's roofs and names, and where labels stand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "reports/html/figures.h"
#include "reports/html/label_places.h"

namespace bitloom::reports {
namespace {

/// A run that found layers of these times on a machine with slower ports than DRAM.
reports::Run run_of_layers(const std::vector<std::pair<std::string, double>>& layers) {
  reports::Run run;
  run.hardware = "m";
  SimulationFile simulation;
  simulation.batch = 1;
  simulation.machine = Machine{1e13, 38.4e9, 25.6e9};
  for (const auto& [name, ms] : layers) {
    LayerCosts layer;
    layer.bits = {name, 4, 4};
    layer.latency_ms = ms;
    layer.bops = 1'000'000'000;
    layer.dram_bytes = 1'000'000;
    layer.port_bytes = 1'000'000;
    simulation.layers.push_back(layer);
  }
  run.priced.push_back({"found", simulation});
  return run;
}

Json values_of(const Figure& figure, const std::string& set) {
  for (const Json& data : figure.spec["data"])
    if (data["name"] == set) return data["values"];
  return {};
}

std::vector<std::string> names_in(const Figure& figure) {
  std::vector<std::string> names;
  for (const Json& named : values_of(figure, "named")) names.push_back(named["name"]);
  return names;
}

TEST(Roofline, IsBoundedByTheLesserOfDramAndPorts) {
  reports::Run run = run_of_layers({{"a", 1}});
  const auto slope = [&](const char* set) {
    const Json points = values_of(*roofline_figure(run), set);
    return points[0]["y"].get<double>() / points[0]["x"].get<double>();
  };
  EXPECT_NEAR(slope("roof"), 25.6e9, 1);
  EXPECT_NEAR(slope("greater_roof"), 38.4e9, 1);
  EXPECT_EQ(
      names_in(*roofline_figure(run)),
      (std::vector<std::string>{"ports 25.6 GB/s", "DRAM 38.4 GB/s", "array 10 TBOPs/s", "a"}));
  run.priced[0].simulation.machine->port_bytes_per_s = 50e9;
  EXPECT_NEAR(slope("roof"), 38.4e9, 1);
  run.priced[0].simulation.machine->port_bytes_per_s.reset();
  EXPECT_TRUE(values_of(*roofline_figure(run), "greater_roof").is_null());
  EXPECT_EQ(names_in(*roofline_figure(run))[0], "ports 38.4 GB/s") << "no DRAM is described";
}

TEST(Roofline, NamesTheSlowestLayersThatShareADotOnce) {
  const auto figure = roofline_figure(
      run_of_layers({{"a", 1}, {"b", 3}, {"c", 2.0001}, {"d", 2}, {"e", 2}, {"f", 0.5}}));
  const std::vector<std::string> names = names_in(*figure);
  EXPECT_EQ(std::vector<std::string>(names.end() - 3, names.end()),
            (std::vector<std::string>{"b", "c and 2 more", "a"}));
}

TEST(LabelPlaces, LieOnNothing) {
  const std::vector<Pixel> dots{{100, 100}, {112, 100}, {100, 112}, {90, 95}, {250, 300}};
  const std::vector<std::string> texts{"layer1.0.conv1", "layer1.0.conv2", "conv1"};
  const PlotMarks plot{400, 340, dots, {{{0, 200}, {200, 90}, {400, 90}}}};
  const std::vector<Pixel> labelled(dots.begin(), dots.begin() + 3);
  const std::vector<LabelPlace> places = label_places(labelled, texts, plot);
  ASSERT_EQ(places.size(), 3u);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Pixel size = size_of_label(texts[i]), middle = places[i].middle;
    for (const Pixel& dot : dots)
      EXPECT_TRUE(std::abs(dot.x - middle.x) >= size.x / 2 ||
                  std::abs(dot.y - middle.y) >= size.y / 2)
          << texts[i] << " lies on a dot";
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_TRUE(std::abs(places[j].middle.x - middle.x) >=
                      (size.x + size_of_label(texts[j]).x) / 2 ||
                  std::abs(places[j].middle.y - middle.y) >= size.y)
          << texts[i] << " lies on " << texts[j];
    EXPECT_GE(middle.x - size.x / 2, 0);
  }
  const std::vector<LabelPlace> alone = label_places({{250, 300}}, {"fc"}, plot);
  EXPECT_FALSE(alone[0].is_led_to);
  EXPECT_EQ(alone[0].middle.y, 300) << "beside its dot where there is room";
}

}  // namespace
}  // namespace bitloom::reports
