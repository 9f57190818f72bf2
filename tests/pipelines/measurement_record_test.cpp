// The record of a measurement: one process at a time, and the same options each time.
#include "pipelines/measurement_record.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>

#include "tests/support/complaint.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::pipelines {
namespace {

using testing::complaint;
using Rows = std::vector<std::vector<double>>;

Manifest measuring(const std::string& seed) {
  Manifest manifest("sensitivity");
  manifest.option("seed", seed);
  return manifest;
}

std::string record_complaint(const std::string& output, const std::string& seed = "1") {
  return complaint([&] { MeasurementRecord(output, measuring(seed)); });
}

TEST(MeasurementRecord, StartedManyTimesAtOnceIsOneMeasurements) {
  constexpr int kStarts = 16;
  for (int round = 0; round < 20; ++round) {
    const testing::TemporaryFolder folder;
    const std::string output = folder.file("s.json");
    std::latch start(kStarts), end(kStarts);
    std::atomic<int> winners = 0, refused = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < kStarts; ++i)
      threads.emplace_back([&] {
        start.arrive_and_wait();
        std::unique_ptr<MeasurementRecord> mine;
        try {
          mine = std::make_unique<MeasurementRecord>(output, measuring("1"));
          ++winners;
          for (int probe = 0; probe < 20; ++probe) mine->save({{1.0 * probe}}, Host{});
        } catch (const std::exception& error) {
          if (error.what() == output + ".partial: another process is at work there") ++refused;
        }
        end.arrive_and_wait();  // held until all have tried
      });
    threads.clear();
    EXPECT_EQ(winners, 1);
    EXPECT_EQ(refused, kStarts - 1);
    EXPECT_EQ(MeasurementRecord(output, measuring("1")).rows(), (Rows{{19}}));
  }
}

TEST(MeasurementRecord, StaysClaimedWhenItIsReplaced) {
  const testing::TemporaryFolder folder;
  const std::string output = folder.file("s.json");
  const std::string busy = output + ".partial: another process is at work there";
  {
    MeasurementRecord record(output, measuring("1"));
    EXPECT_EQ(record_complaint(output), busy);
    record.save({{0.1, 0.2}}, {});
    EXPECT_EQ(record_complaint(output), busy);
    EXPECT_EQ(record_complaint(folder.path().string() + "/./s.json"),
              folder.path().string() + "/./s.json.partial: another process is at work there");
    EXPECT_EQ(record_complaint(folder.file("other.json")), "no complaint");
  }
  MeasurementRecord again(output, measuring("1"));
  EXPECT_EQ(again.rows(), (Rows{{0.1, 0.2}}));
  again.remove();
  EXPECT_EQ(record_complaint(output), "no complaint");
  EXPECT_TRUE(folder.names().empty());
}

TEST(MeasurementRecord, IsGoneWhereNothingWasFound) {
  const testing::TemporaryFolder folder;
  const std::string output = folder.file("s.json");
  { const MeasurementRecord record(output, measuring("1")); }
  EXPECT_TRUE(folder.names().empty());
  folder.write("s.json.partial", "");  // of one that was killed at once
  EXPECT_TRUE(MeasurementRecord(output, measuring("1")).rows().empty());
  MeasurementRecord("/dev/null", measuring("1")).save({{1}}, {});
}

TEST(MeasurementRecord, ThatWasEditedIsRefusedAndStays) {
  const testing::TemporaryFolder folder;
  const std::string output = folder.file("s.json"), path = output + ".partial";
  const Rows measured{{0.1, 1e-300, -0.0}, {1.0 / 3, 2}};
  MeasurementRecord(output, measuring("1")).save(measured, {});
  EXPECT_EQ(MeasurementRecord(output, measuring("1")).rows(), measured);
  const std::string text = testing::contents(path);
  for (const char* rows : {"[]", "[[]]", "[[],[]]", "[[0.1,1e-300,-0.0],[0.3,2.0]]",
                           "[[0.1,1e-300,-0.0],[0.3333333333333333,2.0],[1.0]]", "[[0.1]]", "1"}) {
    std::string edited = text;
    edited.replace(edited.find("[["), std::string::npos, rows + std::string("}"));
    folder.write("s.json.partial", edited);
    EXPECT_EQ(record_complaint(output),
              path +
                  ": its rows are not those that were measured: it was edited or damaged; "
                  "delete it to begin anew")
        << rows;
    EXPECT_EQ(testing::contents(path), edited);
  }
}

TEST(MeasurementRecord, OfSomethingElseIsRefusedAndStays) {
  const testing::TemporaryFolder folder;
  const std::string output = folder.file("s.json"), path = output + ".partial";
  MeasurementRecord(output, measuring("2")).save({{1}}, {});
  EXPECT_EQ(record_complaint(output),
            path +
                ": is of a measurement with seed \"2\", not \"1\"; the same options go on with it, "
                "another --output begins anew");
  for (const char* text : {"x", "[]", "{}", R"({"options":{},"rows":1})"}) {
    folder.write("s.json.partial", text);
    EXPECT_EQ(record_complaint(output).substr(0, path.size()), path) << text;
    EXPECT_EQ(testing::contents(path), text);
  }
  EXPECT_EQ(record_complaint(folder.file("none/s.json")),
            folder.file("none/s.json.partial") + ": cannot be opened: No such file or directory");
}

}  // namespace
}  // namespace bitloom::pipelines
