#pragma once

#include <string>
#include <vector>

#include "pipelines/host.h"
#include "pipelines/manifest.h"

namespace bitloom::pipelines {

/// What a long measurement has found so far, kept beside its output (`.partial`) so that it goes on
/// after being killed. A record of a measurement with other options is a UserError.
class MeasurementRecord {
 public:
  MeasurementRecord(const std::string& output, Manifest options);

  /// Numbers by row; empty at the beginning.
  const std::vector<std::vector<double>>& rows() const { return rows_; }
  void save(const std::vector<std::vector<double>>& rows, const Host& host);
  /// The measurement is done and its output written.
  void remove() const;

 private:
  std::string path_;
  Manifest options_;
  std::vector<std::vector<double>> rows_;
};

}  // namespace bitloom::pipelines
