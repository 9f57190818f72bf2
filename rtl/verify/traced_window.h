#pragma once

#include <cstdint>
#include <string>

#include "rtl/verify/core.h"

namespace bitloom::verify {

/// The cycles of a run whose waveform is wanted, counted from the reset, both included.
struct Window {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t marked = 0;  // a cycle whose time is wanted
};

/// A core that writes a waveform of a window only. It is reset once.
class TracedWindow final : public Core {
 public:
  /// `core` was built for tracing.
  TracedWindow(Core& core, std::string path, Window window)
      : core_(core), path_(std::move(path)), window_(window) {}

  const CoreParameters& parameters() const override { return core_.parameters(); }
  std::int64_t pipeline_cycles() const override { return core_.pipeline_cycles(); }
  CoreOutputs reset() override { return core_.reset(); }
  CoreOutputs clock(const CoreInputs& inputs) override;
  std::string stop() const override { return core_.stop(); }
  bool trace(const std::string& path) override { return core_.trace(path); }
  std::int64_t waveform_time() const override { return core_.waveform_time(); }
  void close_trace() override { core_.close_trace(); }
  /// When the marked cycle began, in the waveform.
  std::int64_t marked_time() const { return marked_time_; }
  bool write_coverage(const std::string& path) override { return core_.write_coverage(path); }

 private:
  Core& core_;
  std::string path_;
  Window window_;
  std::int64_t clock_ = 0;  // the next
  std::int64_t marked_time_ = 0;
};

}  // namespace bitloom::verify
