// Figures and CSV of what `simulate` and `compare` say.
#include <gtest/gtest.h>

#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "tests/support/resnet20_command.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

namespace bitloom {
namespace {

using Arguments = std::vector<std::string>;
using Json = nlohmann::json;
using testing::on_resnet20;
using testing::run_bitloom;

using Table = std::vector<std::vector<std::string>>;

Table cells_of(const std::string& csv) {
  Table table;
  std::istringstream lines(csv);
  for (std::string line; std::getline(lines, line);) {
    table.emplace_back();
    std::istringstream row(line + ",end");
    for (std::string cell; std::getline(row, cell, ',');) table.back().push_back(cell);
  }
  return table;
}

std::size_t column(const Table& table, const std::string& name) {
  const auto found = std::find(table.front().begin(), table.front().end(), name);
  EXPECT_NE(found, table.front().end()) << name;
  return static_cast<std::size_t>(found - table.front().begin());
}

TEST(SimulateCsv, WithExplainHasShapesBoundsLiftsAndATotalThatIsTheSum) {
  const Arguments asked{"--bits", "4/6", "--explain"};
  Arguments csv = asked;
  csv.insert(csv.end(), {"--csv", "-"});
  const Table table = cells_of(run_bitloom(on_resnet20("simulate", "bismo-edge", csv)).out);
  const Json json = testing::json_on_resnet20("simulate", "bismo-edge", asked);
  ASSERT_EQ(table.size(), json["layers"].size() + 2);
  EXPECT_EQ(table.back().front(), "total");
  for (const char* name : {"cycles", "compute_cycles", "fetch_stall_cycles", "dram_bytes", "macs",
                           "bops", "lifted_array_cycles", "lifted_operand_fetch_cycles"}) {
    const std::size_t at = column(table, name);
    std::int64_t sum = 0;
    for (std::size_t i = 1; i + 1 < table.size(); ++i) sum += std::stoll(table[i][at]);
    EXPECT_EQ(std::stoll(table.back()[at]), sum) << name;
  }
  for (std::size_t i = 0; i < json["layers"].size(); ++i) {
    const Json& layer = json["layers"][i];
    EXPECT_EQ(table[i + 1][column(table, "bound")], layer["bound_by"]);
    EXPECT_EQ(std::stoll(table[i + 1][column(table, "lifted_array_cycles")]),
              layer["lifted_cycles"]["array"]);
  }
  EXPECT_EQ(table[1][column(table, "in_channels")], "3");
  EXPECT_EQ(table[1][column(table, "output_height")], "32");
  EXPECT_EQ(table[1][column(table, "kernel_width")], "3");
}

TEST(SimulateFigures, AreDrawnAndHaveTheirData) {
  const testing::TemporaryFolder folder;
  const auto result = run_bitloom(
      on_resnet20("simulate", "bismo-edge", {"--bits", "4/6", "--figures", folder.file("f")}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* figure : {"bits", "latency", "energy", "roofline"}) {
    EXPECT_NE(testing::contents(folder.file("f") + "/" + figure + ".svg").find("<svg"),
              std::string::npos);
    EXPECT_GE(cells_of(testing::contents(folder.file("f") + "/" + figure + ".csv")).size(), 20U);
  }
}

TEST(SimulateFigures, OfATableHaveEachRowsBatchInTheRoofline) {
  const testing::TemporaryFolder folder;
  const std::string table = folder.write("nb.csv",
                                         "layer,kind,K,I,P,S,groups,IC,OC,batch\n"
                                         "a,conv,3,32,1,1,1,3,16,1\n"
                                         "b,conv,3,32,1,2,1,16,32,4\n"
                                         "c,fc,1,1,0,1,1,32,10,16\n");
  const Arguments asked{
      "simulate", "--layers-csv", table,       "--hardware", "bismo-edge",
      "--bits",   "4/4",          "--explain", "--json",     folder.file("nb.json")};
  ASSERT_EQ(run_bitloom(asked).exit_code, 0);
  const Json json = Json::parse(testing::contents(folder.file("nb.json")));
  ASSERT_EQ(run_bitloom({"report", folder.file("nb.json"), "--csv", folder.file("d")}).exit_code,
            0);
  const Table roofline = cells_of(testing::contents(folder.file("d") + "/roofline.csv"));
  for (std::size_t i = 0; i < json["layers"].size(); ++i) {
    const Json& roof = json["layers"][i]["roofline"];
    EXPECT_NEAR(std::stod(roofline[i + 1][column(roofline, "bops_per_s")]) / 1e9,
                roof["attained_gbops"].get<double>(), 1e-6 * roof["attained_gbops"].get<double>());
    EXPECT_NEAR(std::stod(roofline[i + 1][column(roofline, "share_of_roof_pct")]),
                100 * roof["attained_gbops"].get<double>() / roof["ceiling_gbops"].get<double>(),
                0.5);
  }
  const auto report = run_bitloom({"report", folder.file("nb.json"), "--markdown", "-"});
  EXPECT_EQ(report.out.find("batch of 1"), std::string::npos) << report.out;
}

TEST(SimulateFigures, NeverPassTheRoofOfNarrowPortsBeforeDram) {
  const testing::TemporaryFolder folder;
  ASSERT_EQ(run_bitloom({"simulate", "--network", "mobilenet_v1", "--hardware", "bismo-edge",
                         "--set", "dram=ddr4-2400-x64", "--set", "energy.dram_bit_pj=", "--set",
                         "ports.activation_bits=16", "--set", "ports.weight_bits=16", "--bits",
                         "1/1", "--json", folder.file("s.json")})
                .exit_code,
            0);
  ASSERT_EQ(run_bitloom({"report", folder.file("s.json"), "--csv", folder.file("d")}).exit_code, 0);
  const Table roofline = cells_of(testing::contents(folder.file("d") + "/roofline.csv"));
  ASSERT_EQ(roofline.size(), 29U);
  for (std::size_t i = 1; i < roofline.size(); ++i)
    EXPECT_LE(std::stod(roofline[i][column(roofline, "share_of_roof_pct")]), 100.01) << i;
}

TEST(SimulateFigures, NeedAFolderBeforeAnythingIsDone) {
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("a.yaml", "x");
  const auto refused = [&](const std::string& path, const std::string& complaint) {
    const Arguments figures{"--figures", path, "--json", folder.file("s.json")};
    testing::expect_refused(on_resnet20("simulate", "bismo-edge", figures),
                            "--figures" + complaint);
    testing::expect_refused({"report", folder.file("none"), "--csv", path}, "--csv" + complaint);
  };
  refused("", " '': must name a folder");
  refused(file, ": " + file + ": a file is where a folder would be");
  refused(file + "/f", ": " + file + "/f: a file is where a folder would be");
  const std::string long_name = folder.file(std::string(300, 'f'));
  refused(long_name, ": " + long_name + ": File name too long");
  EXPECT_EQ(folder.names(), Arguments{"a.yaml"});
}

TEST(Report, RefusesASimulationWithoutItsCostsOrOfAnotherSchema) {
  const testing::TemporaryFolder folder;
  const Json whole = testing::json_on_resnet20("simulate", "bismo-edge", {"--layers", "0"});
  const auto refused = [&](const Json& json, const std::string& complaint) {
    const std::string file = folder.write("s.json", json.dump());
    testing::expect_refused({"report", file, "-o", folder.file("r.html")}, file + ": " + complaint);
  };
  Json other = whole;
  other["total"].erase("energy_mj");
  refused(other, "total: has no 'energy_mj'");
  other = whole;
  other["schema"] = 9;
  refused(other, "schema: must be 1, which this program reads, got 9");
  other = whole;
  other["layers"] = Json::array();
  refused(other, "layers: must have an entry for each layer, got none");
  Json compared =
      testing::json_on_resnet20("compare", "bismo-edge,bismo-cloud", {"--policies", "8/8"});
  compared["schema"] = 2;
  refused(compared, "schema: must be 1, which this program reads, got 2");
}

TEST(Report, IsOfSimulationsAndComparisonsToo) {
  const testing::TemporaryFolder folder;
  ASSERT_EQ(run_bitloom(on_resnet20("simulate", "bismo-edge", {"--json", folder.file("s.json")}))
                .exit_code,
            0);
  ASSERT_EQ(run_bitloom(on_resnet20("compare", "bismo-edge,bitfusion-edge-real",
                                    {"--policies", "8/8", "4/4", "--json", folder.file("c.json")}))
                .exit_code,
            0);
  const auto result = run_bitloom({"report", folder.file("s.json"), folder.file("c.json"), "-o",
                                   folder.file("r.html"), "--csv", folder.file("csv")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(testing::contents(folder.file("r.html")).find("resnet20 on bismo-edge"),
            std::string::npos);
  for (const char* figure : {"s-latency", "s-roofline", "c-costs", "c-bit-sweep"})
    EXPECT_GE(cells_of(testing::contents(folder.file("csv") + "/" + figure + ".csv")).size(), 5U);
  const Table sweep = cells_of(testing::contents(folder.file("csv") + "/c-bit-sweep.csv"));
  const Json four = testing::json_on_resnet20("simulate", "bismo-edge", {"--bits", "4/4"});
  const Json eight = testing::json_on_resnet20("simulate", "bismo-edge", {"--bits", "8/8"});
  bool found = false;
  for (const auto& row : sweep)
    if (row[0] == "latency" && row[1] == "bismo-edge" && row[2] == "both" && row[3] == "4") {
      found = true;
      EXPECT_NEAR(std::stod(row[4]),
                  100 * four["total"]["latency_ms"].get<double>() /
                      eight["total"]["latency_ms"].get<double>(),
                  1e-9);
    }
  EXPECT_TRUE(found);
}

std::string report_of(const std::string& file, const testing::TemporaryFolder& folder) {
  const auto result = run_bitloom({"report", file, "--markdown", folder.file("r.md")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return testing::contents(folder.file("r.md"));
}

TEST(Report, OfASimulationHasItsCostsAsTitle) {
  const testing::TemporaryFolder folder;
  run_bitloom(on_resnet20("simulate", "bismo-edge",
                          {"--bits", "4/4", "--batch", "2", "--json", folder.file("s.json")}));
  const Json json = Json::parse(testing::contents(folder.file("s.json")));
  const std::string report = report_of(folder.file("s.json"), folder);
  EXPECT_TRUE(report.starts_with(fmt::format(
      "# resnet20 at 4/4 on bismo-edge: {:.4g} ms and {:.4g} mJ an image\n",
      json["total"]["latency_ms"].get<double>() / 2, json["total"]["energy_mj"].get<double>() / 2)))
      << report.substr(0, 100);
  run_bitloom({"report", folder.file("s.json"), "--csv", folder.file("csv")});
  EXPECT_EQ(cells_of(testing::contents(folder.file("csv") + "/roofline.csv"))[1][0], "4/4");
}

TEST(Report, OfSeveralSimulationsIsTitledByTheFastest) {
  const testing::TemporaryFolder folder;
  for (const char* bits : {"4", "8"})
    run_bitloom(on_resnet20("simulate", "bismo-edge",
                            {"--bits", std::string(bits) + "/" + bits, "--json",
                             folder.file(std::string(bits) + ".json")}));
  const auto title = [&](const std::string& other) {
    const auto result =
        run_bitloom({"report", folder.file("8.json"), folder.file(other), "--markdown", "-"});
    return result.out.substr(0, result.out.find('\n'));
  };
  const Json four = Json::parse(testing::contents(folder.file("4.json")));
  EXPECT_EQ(title("4.json"),
            fmt::format("# resnet20: 4/4 on bismo-edge is the fastest of 2 results, {:.4g} ms an "
                        "image",
                        four["total"]["latency_ms"].get<double>()));
  run_bitloom({"simulate", "--network", "resnet18", "--hardware", "bismo-edge", "--json",
               folder.file("o.json")});
  EXPECT_EQ(title("o.json"),
            "# 2 results that do not compare: resnet20 at 8/8 on bismo-edge; resnet18 at 8/8 on "
            "bismo-edge");
}

TEST(Report, OfASweepNamesTheBestMachinesWhatTheyRefuseAndTheTechnology) {
  const testing::TemporaryFolder folder;
  run_bitloom(on_resnet20("compare", "bismo-edge",
                          {"--sweep", "buffers.weight_words=4,64,1024", "--policies", "8/8", "4/4",
                           "--json", folder.file("c.json")}));
  const std::string report = report_of(folder.file("c.json"), folder);
  for (const char* part : {"# resnet20: weight\\_words=1024 is the fastest of 3 machines\n",
                           "\n- At 8/8: weight\\_words=1024 is fastest and takes least energy: "
                           "an image takes 1.729 ms and 2.923 mJ (1.065 mJ to 7.017 mJ by what "
                           "bounds its constants).\n",
                           "\n- Energies: of a 28 nm FPGA (Zynq-7020).\n",
                           "\n- No 8/8 on bismo-edge buffers.weight\\_words=4: layer"})
    EXPECT_NE(report.find(part), std::string::npos) << part << "\n" << report.substr(0, 1500);
}

TEST(Report, OfAComparisonTellsWhatEnergiesMayBe) {
  const testing::TemporaryFolder folder;
  run_bitloom({"compare", "--network", "resnet20", "--hardware", "bismo-edge,bitfusion-edge-real",
               "--policies", "8/8", "--json", folder.file("c.json")});
  const Json cost =
      Json::parse(testing::contents(folder.file("c.json")))["policies"][0]["costs"][0];
  run_bitloom({"report", folder.file("c.json"), "--csv", folder.file("csv")});
  const Table table = cells_of(testing::contents(folder.file("csv") + "/costs.csv"));
  EXPECT_EQ(table[0][6], "energy_least_mj");
  EXPECT_EQ(table[0][7], "energy_most_mj");
  EXPECT_NEAR(std::stod(table[1][6]), cost["energy_least_mj"], 1e-12);
  EXPECT_NEAR(std::stod(table[1][7]), cost["energy_most_mj"], 1e-12);
  EXPECT_EQ(table[2][2], "bitfusion-edge-real");
  EXPECT_TRUE(table[2].size() < 7 || table[2][6].empty()) << "BitFusion's constants have no bounds";
  const std::string report = report_of(folder.file("c.json"), folder);
  EXPECT_NE(report.find("may be by what bounds its constants"), std::string::npos) << report;
  EXPECT_NE(report.find(" is fastest: an image takes 1.279 ms and 0.1969 mJ.\n"), std::string::npos)
      << report;
  EXPECT_EQ(report.find("least energy"), std::string::npos) << "28 nm and 45 nm do not compare";
}

TEST(Report, ReadsWhatSimulateWroteOfAFileWithATabInItsName) {
  const testing::TemporaryFolder folder;
  const std::string table = folder.write("my\tlayers.csv",
                                         "network,layer,kind,K,I,O,S,IC,OC,batch,abits,wbits,"
                                         "im2col\nn,c1,conv,3,8,8,1,3,16,1,8,8,1\n");
  run_bitloom({"simulate", "--layers-csv", table, "--hardware", "bismo-edge", "--json",
               folder.file("s.json")});
  EXPECT_NE(report_of(folder.file("s.json"), folder).find("my layers at 8/8"), std::string::npos);
}

TEST(Report, OfAnotherFileIsRefused) {
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("x.json", "{}");
  testing::expect_refused(
      {"report", file, "-o", folder.file("r.html")},
      file +
          ": must be a run's folder, a store of explore, what simulate or compare write by "
          "--json, or what evaluate writes by --statistics");
}

}  // namespace
}  // namespace bitloom
