#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "pipelines/explore/explore.h"
#include "pipelines/explore/space.h"
#include "pipelines/explore/store.h"
#include "tests/support/complaint.h"
#include "tests/support/space_files.h"
#include "tests/support/temporary_folder.h"

namespace bitloom::testing {

inline const pipelines::Host kExploreHost{.hardware_folder =
                                              BITLOOM_SOURCE_DIR "/configs/hardware"};

/// A host that ends a run as soon as so many points are done.
inline pipelines::Host ending_at(double points) {
  pipelines::Host host = kExploreHost;
  host.progress = [points](const pipelines::Progress& progress) {
    if (!progress.ended && progress.done >= points) throw std::runtime_error("ended");
  };
  return host;
}

inline std::vector<pipelines::Evaluated> points_of(const std::string& path) {
  std::vector<pipelines::Evaluated> points;
  pipelines::Store::read(path).for_each(
      [&](const pipelines::Evaluated& each) { points.push_back(each); });
  return points;
}

inline std::string text_of(const std::vector<pipelines::Evaluated>& points) {
  std::string text;
  for (const pipelines::Evaluated& each : points) {
    text += std::to_string(each.point) + " " + each.refusal;
    for (const double metric : each.metrics) {
      text.append(reinterpret_cast<const char*>(&metric), sizeof metric);
    }
    text += "\n";
  }
  return text;
}

/// Explorations of spaces in a folder of their own.
class ExploreTest : public ::testing::Test {
 protected:
  std::string space(const std::string& text = small_space()) {
    return folder_.write("space.yaml", text);
  }
  reports::Exploration run(pipelines::ExploreOptions options,
                           const pipelines::Host& host = kExploreHost) {
    if (options.space.empty()) options.space = space();
    options.store = folder_.file(options.store);
    return pipelines::explore(options, host);
  }
  /// The same, without the test's folder in the complaint.
  std::string complaint_of(const pipelines::ExploreOptions& options) {
    return without(complaint([&] { run(options); }), folder_.path().string() + "/");
  }
  std::string wrong(const std::string& text) {
    const std::string path = space(text);
    const auto load = [&] { pipelines::load_space(path, kExploreHost); };
    return without(complaint(load), folder_.path().string() + "/");
  }
  std::string file(const std::string& name) const { return folder_.file(name); }
  TemporaryFolder folder_;
};

}  // namespace bitloom::testing
