#include "rtl/verify/traced_window.h"

#include "base/error.h"

namespace bitloom::verify {

CoreOutputs TracedWindow::clock(const CoreInputs& inputs) {
  if (clock_ == window_.first) ensure(core_.trace(path_), "a core that was built to trace does");
  if (clock_ == window_.marked) marked_time_ = core_.waveform_time();
  const CoreOutputs outputs = core_.clock(inputs);
  if (clock_ == window_.last) core_.close_trace();
  ++clock_;
  return outputs;
}

}  // namespace bitloom::verify
