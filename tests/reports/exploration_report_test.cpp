// The report of an exploration: its figures' data and sentences, against a store made by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "reports/exploration_data.h"
#include "reports/html/exploration_figures.h"
#include "reports/html/exploration_points.h"
#include "reports/html/exploration_sections.h"
#include "reports/html/figures.h"
#include "reports/html/spread_labels.h"
#include "reports/text/exploration.h"

namespace bitloom::reports {
namespace {

ExploredPoint point(std::int64_t number, const std::string& dm, double ms, double mj, double lut) {
  return {number, {dm, "false"}, {ms, mj, 7, lut}};
}

ExploredStep step(const std::string& from, const std::string& to, std::vector<double> metrics,
                  const std::string& refusal = "") {
  ExploredStep made;
  made.from = from;
  made.to = to;
  made.refusal = refusal;
  made.metrics = std::move(metrics);
  return made;
}

/// Two knobs, of which one differs along a front of three points.
ExploredStore small_store() {
  ExploredStore store;
  Exploration& found = store.found;
  found.store = "s.db";
  found.space = "s.yaml";
  found.space_points = 40;
  found.points = 30;
  found.feasible = 6;
  found.refusals = {{"lut <= 3", 24}};
  found.knobs = {"array.dm", "overlap"};
  found.metrics = {{"latency_ms", true}, {"energy_mj", true}, {"dram_bytes", false}, {"lut", true}};
  found.front = {point(3, "8", 1, 9, 80), point(2, "4", 2, 5, 40), point(1, "2", 4, 6, 20)};
  store.hardware = "bismo-edge";
  store.engine = "analytic";
  store.version = "1.2";
  store.networks = {{"resnet20", "4/4"}};
  store.runs = {{.strategy = "nsga2", .seed = "5", .evaluations = 30}};
  store.objectives = {"latency", "energy", "lut"};
  store.objective_metrics = {0, 1, 3};
  store.knob_values = {{"2", "4", "8"}, {"false", "true"}};
  store.sample = {point(7, "8", 3, 10, 80), point(8, "4", 5, 6, 40)};
  store.chosen = {{"knee", 1, {}}, {"least latency", 0, {}}};
  store.chosen[0].steps = {step("4", "8", {1, 9, 7, 80}), step("4", "2", {4, 6, 7, 20}),
                           step("false", "true", {}, "lut <= 3")};
  store.opened = {{0,
                   {{"resnet20", {"conv1", 4, 4}, 100, 0.25, 3, "fetch"},
                    {"resnet20", {"<fc>", 8, 8}, 300, 0.75, 6, ""}},
                   "name: x\n"},
                  {2, {{"resnet20", {"conv1", 4, 4}, 100, 4, 6, "array"}}, "name: y\n"}};
  return store;
}

TEST(ExplorationFigures, HaveTheFrontAndTheSample) {
  const std::vector<Figure> pairs = pair_figures(small_store());
  ASSERT_EQ(pairs.size(), 3u);
  EXPECT_EQ(pairs[2].id, "front_energy_lut");
  for (const Figure& pair : pairs)
    EXPECT_EQ(pair.data.csv(),
              "point,on,latency_ms,energy_mj,lut,array.dm,overlap\n"
              "3,front,1.0,9.0,80.0,8,false\n2,front,2.0,5.0,40.0,4,false\n"
              "1,front,4.0,6.0,20.0,2,false\n"
              "7,other points,3.0,10.0,80.0,8,false\n8,other points,5.0,6.0,40.0,4,false\n");
}

const Json& data_named(const Figure& figure, const std::string& name) {
  for (const Json& data : figure.spec["data"])
    if (data["name"] == name) return data["values"];
  throw InternalError("the figure has this data");
}

TEST(ExplorationFigures, JoinWhatNoOtherBeatsInTheTwo) {
  const std::vector<Figure> pairs = pair_figures(small_store());
  EXPECT_EQ(data_named(pairs[0], "joined"),
            Json::parse(R"([{"x": 1.0, "y": 9.0}, {"x": 2.0, "y": 5.0}])"));
  EXPECT_EQ(data_named(pairs[2], "joined"),
            Json::parse(R"([{"x": 5.0, "y": 40.0}, {"x": 6.0, "y": 20.0}])"));
  ExploredStore turned = small_store();
  turned.found.metrics[1].more_is_better = true;
  EXPECT_EQ(data_named(pair_figures(turned)[0], "joined"),
            Json::parse(R"([{"x": 1.0, "y": 9.0}])"));
}

const Json& domain_of(const Figure& figure, const std::string& name) {
  for (const Json& scale : figure.spec["scales"])
    if (scale["name"] == name) return scale["domain"];
  throw InternalError("the figure has this scale");
}

TEST(ExplorationFigures, NameNeighboursInTheirOrderAndApart) {
  ExploredStore store = small_store();
  store.found.front = {point(3, "8", 1, 5.002, 80), point(2, "4", 1.001, 5.001, 40),
                       point(1, "2", 4, 5, 20)};
  store.chosen = {{"knee", 1, {}}, {"least latency", 0, {}}, {"least lut", 2, {}}};
  const std::vector<Figure> pairs = pair_figures(store);
  const Json& named = data_named(pairs[0], "named");
  ASSERT_EQ(named.size(), 3u);
  const auto height = [&](std::size_t i) { return named[i]["name_y"].get<double>(); };
  EXPECT_GE(height(0), height(1) + 14);  // the knee takes less energy: it is below
  EXPECT_GE(height(2), height(0) + 14);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_GE(height(i), 8);
    EXPECT_LE(height(i), 372);
  }
}

TEST(SpreadLabels, KeepsTheirOrderAndTheirDistance) {
  using Heights = std::vector<double>;
  EXPECT_EQ(spread_labels({50, 100, 20}, 14, 8, 372), (Heights{50, 100, 20}));
  EXPECT_EQ(spread_labels({52, 50, 55}, 14, 8, 372), (Heights{64, 50, 78}));
  EXPECT_EQ(spread_labels({371, 370, 1}, 14, 8, 372), (Heights{372, 358, 8}));
  EXPECT_EQ(spread_labels({5, 5, 5}, 14, 8, 20), (Heights{8, 22, 36}));  // no room for all
  EXPECT_EQ(spread_labels({}, 14, 8, 372), Heights{});
}

TEST(ExplorationFigures, NameTheUnitOfEnergyTimesDelay) {
  EXPECT_EQ(with_unit("energy_delay_mj_ms"), "energy_delay (mJ ms)");
  ExploredStore store = small_store();
  store.found.metrics[1].column = "energy_delay_mj_ms";
  EXPECT_EQ(objectives_text(store, store.found.front[1]),
            "latency 2 ms, energy_delay 5 mJ ms, lut 40");
}

TEST(ExplorationFigures, ShowAllKnobsInTheTableOfPoints) {
  const Figure figure = front_points_figure(small_store());
  EXPECT_EQ(figure.data.columns,
            (std::vector<std::string>{"point", "which", "latency_ms", "energy_mj", "lut",
                                      "array.dm", "overlap", "dram_bytes"}));
  EXPECT_EQ(figure.shown, 7u);
}

TEST(ExplorationFigures, LeaveOutWhatIsFarWorse) {
  ExploredStore store = small_store();
  for (const double ms : {4.0, 400.0}) store.sample.push_back(point(9, "8", ms, 6, 80));
  store.found.feasible = 1007;
  const Figure figure = pair_figures(store)[1];
  const double most_ms = domain_of(figure, "x")[1].get<double>();
  EXPECT_GT(most_ms, 5);
  EXPECT_LT(most_ms, 10);
  EXPECT_LE(domain_of(figure, "x")[0].get<double>(), 1);
  EXPECT_EQ(figure.caption.find("The front of 3 points, and 4 of 1004 others that are feasible, "
                                "drawn evenly (1 of them worse than the axes reach)."),
            0u)
      << figure.caption;
  EXPECT_GE(domain_of(figure, "y")[1].get<double>(), 80);
}

TEST(ExplorationFigures, HaveTheKnobsThatDifferAlongTheFront) {
  const auto figure = knobs_figure(small_store());
  ASSERT_TRUE(figure);
  EXPECT_EQ(figure->data.csv(),
            "place,point,which,latency_ms,energy_mj,lut,array.dm,overlap\n"
            "1,3,least latency,1.0,9.0,80.0,8,false\n"
            "2,2,knee,2.0,5.0,40.0,4,false\n3,1,,4.0,6.0,20.0,2,false\n");
  EXPECT_NE(figure->caption.find("All points have overlap=false."), std::string::npos);
}

TEST(ExplorationFigures, HaveTheChangesOfEachStep) {
  const ExploredStore store = small_store();
  const ChosenPoint& knee = store.chosen[0];
  EXPECT_DOUBLE_EQ(*change_of(store, knee, knee.steps[0], 0), -0.5);
  EXPECT_DOUBLE_EQ(*change_of(store, knee, knee.steps[0], 1), 0.8);
  EXPECT_DOUBLE_EQ(*elasticity_of(store, knee, knee.steps[0], 0), -1);
  EXPECT_DOUBLE_EQ(*elasticity_of(store, knee, knee.steps[0], 1), std::log(1.8) / std::log(2));
  EXPECT_DOUBLE_EQ(*elasticity_of(store, knee, knee.steps[1], 2), 1);
  EXPECT_FALSE(change_of(store, knee, knee.steps[2], 0));
  const Figure figure = steps_figure(store, knee);
  EXPECT_EQ(figure.id, "steps_knee");
  ChosenPoint several = knee;
  several.name = "least latency, least energy and least lut";
  EXPECT_EQ(steps_figure(store, several).id, "steps_least_latency");
  several.name = "knee and least lut";
  EXPECT_EQ(steps_figure(store, several).id, "steps_knee");
  EXPECT_EQ(figure.data.columns[1], "latency_change_pct");
  EXPECT_EQ(figure.data.rows[0][1], Json(-50.0));
  EXPECT_EQ(figure.data.rows[2][7], Json("lut <= 3"));
}

TEST(ExplorationSections, SayWhatToChangeFirst) {
  const std::vector<Section> sections = sections_of(small_store(), "");
  ASSERT_EQ(sections.size(), 3u);
  EXPECT_EQ(sections[1].lines,
            (std::vector<std::string>{
                "Knee, point 2: latency -50 % by array.dm from 4 to 8 (energy +80 %, lut "
                "+100 %); no single step betters energy; lut -50 % by array.dm from 4 to 2 "
                "(latency +100 %, energy +20 %).",
                "Least latency, point 3: no single step betters latency; no single "
                "step betters energy; no single step betters lut."}));
}

TEST(ExplorationSections, TellOfAFrontOfOnePoint) {
  ExploredStore store = small_store();
  store.found.front.resize(1);
  store.chosen = {{"knee, least latency, least energy and least lut", 0, {}}};
  store.opened.resize(1);
  const std::vector<Section> sections = sections_of(store, "");
  EXPECT_EQ(sections[0].lines[4], "Found: 1 point that no other beats, the front.");
  EXPECT_EQ(sections[0].lines[5],
            "Knee, least latency, least energy and least lut: point 3 with latency 1 ms, energy 9 "
            "mJ, lut 80; array.dm=8 overlap=false.");
  EXPECT_TRUE(sections[1].figures.empty());
}

TEST(ExplorationSections, SayWhatWasAskedAndFound) {
  ExploredStore store = small_store();
  store.is_unfinished = true;
  EXPECT_EQ(title_of(store),
            "resnet20 on bismo-edge: 3 of 30 machines are unbeaten, the knee has latency 2 ms, "
            "energy 5 mJ, lut 40");
  EXPECT_EQ(sections_of(store, "")[0].lines,
            (std::vector<std::string>{
                "Asked: least latency, least energy, least lut of 40 machines of s.yaml, "
                "bismo-edge with 2 knobs.",
                "Runs on each: resnet20 at 4/4.",
                "Evaluated: 30 points, 6 of them feasible, by the analytic engine of bitloom 1.2 "
                "(nsga2, 30 points asked for, seed 5).",
                "Unfinished: a run still adds points to s.db, or was ended before its time; this "
                "is what it holds so far.",
                "Refused: 24 by lut <= 3.", "Found: 3 points that no other beats, the front.",
                "All of them: overlap=false.",
                "Knee: point 2 with latency 2 ms, energy 5 mJ, lut 40; array.dm=4.",
                "Least latency: point 3 with latency 1 ms, energy 9 mJ, lut 80; array.dm=8."}));
}

TEST(ExplorationSections, CountPointsThatAreEqualToOneOfTheFront) {
  ExploredStore store = small_store();
  store.found.equal = 2;
  const std::vector<std::string> lines = sections_of(store, "")[0].lines;
  EXPECT_EQ(lines[4],
            "Found: 3 points that no other beats, the front; 2 more equal to one of them in every "
            "objective.");
  const std::string text = exploration_text(store.found, 200);
  EXPECT_EQ(text.find("s.db: 30 of 40 points evaluated, 6 feasible, 3 on the front, 2 equal to one "
                      "of them\n"),
            0u)
      << text;
  EXPECT_NE(exploration_json(store.found).find("\"equal_to_front\": 2"), std::string::npos);
}

TEST(ExplorationPage, HasRowsOnceAndOpensPointsToTheirLayers) {
  const Report report{"t", "1.2", sections_of(small_store(), "")};
  const std::string html = report_html(report);
  EXPECT_NE(html.find("\"rows_of\":\"front_latency_energy\""), std::string::npos);
  EXPECT_EQ(html.find("\"other points\",3"), html.rfind("\"other points\",3"));
  EXPECT_NE(html.find("<summary>Point 3, least latency: latency 1 ms, energy 9 mJ, lut 80; "
                      "array.dm=8</summary>"),
            std::string::npos);
  EXPECT_NE(html.find("data-file=\"point-3.yaml\""), std::string::npos);
  EXPECT_EQ(html.find("<fc>"), std::string::npos);
  const std::string markdown = report_markdown(report);
  EXPECT_EQ(markdown.find("other points"), std::string::npos);
  EXPECT_NE(markdown.find("### The points of the front"), std::string::npos);
}

TEST(ShownFront, IsAPartOfALargeOne) {
  ExploredStore store = small_store();
  store.found.front.assign(5000, store.found.front.front());
  store.chosen[0].at = 1234;
  const std::vector<std::size_t> shown = shown_front(store);
  EXPECT_LE(shown.size(), 2000u);
  EXPECT_GT(shown.size(), 1990u);
  EXPECT_EQ(shown.front(), 0u);
  EXPECT_EQ(shown.back(), 4999u);
  EXPECT_TRUE(std::find(shown.begin(), shown.end(), 1234) != shown.end());
}

}  // namespace
}  // namespace bitloom::reports
