#pragma once

#include <string>
#include <vector>

#include "base/descriptor.h"
#include "pipelines/host.h"
#include "pipelines/manifest.h"

namespace bitloom::pipelines {

/// What a long measurement has found so far, kept beside its output (`.partial`) so that it goes on
/// after being killed. The file is this object's alone while it lives, and goes with it where
/// nothing was found. A measurement into a pipe or a device keeps none.
class MeasurementRecord {
 public:
  /// Claims the record, and makes it where there is none. A UserError where another process is at
  /// work on it, where it is of a measurement with other options, or where someone edited it.
  MeasurementRecord(const std::string& output, Manifest options);
  ~MeasurementRecord();
  MeasurementRecord(const MeasurementRecord&) = delete;
  MeasurementRecord& operator=(const MeasurementRecord&) = delete;

  /// Numbers by row; empty at the beginning.
  const std::vector<std::vector<double>>& rows() const { return rows_; }
  void save(const std::vector<std::vector<double>>& rows, const Host& host);
  /// The measurement is done and its output written.
  void remove() const { unlink_own(); }

 private:
  void unlink_own() const;

  std::string path_;  // empty where none is kept
  Manifest options_;
  Descriptor lock_;  // on the file that is at the path
  std::vector<std::vector<double>> rows_;
};

}  // namespace bitloom::pipelines
