#pragma once

#include <memory>
#include <vector>

#include <tlm>

#include "sim/families/bismo/cycle/plane_waits.h"

namespace bitloom::cycle {

/// Read transactions that are used again when initiator and memory have released them (IEEE
/// 1666, 14.5). Data read land in one buffer that nobody looks at: a cycle simulation has no
/// values.
class TransactionPool : public tlm::tlm_mm_interface {
 public:
  /// A read of `bytes` from `address`, held once.
  tlm::tlm_generic_payload& take(std::uint64_t address, std::int64_t bytes, int planes) {
    if (free_.empty()) grow();
    tlm::tlm_generic_payload& read = *free_.back();
    free_.pop_back();
    if (data_.size() < static_cast<std::size_t>(bytes))
      data_.resize(static_cast<std::size_t>(bytes));
    read.acquire();
    read.set_address(address);
    read.set_data_ptr(data_.data());
    read.set_data_length(static_cast<unsigned>(bytes));
    read.set_streaming_width(static_cast<unsigned>(bytes));
    read.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    auto* waits = read.get_extension<PlaneWaits>();
    waits->planes = planes;
    waits->cycles.fill(Cycles());
    waits->complete.fill(Cycles());
    return read;
  }

  void free(tlm::tlm_generic_payload* read) override {
    read->reset();
    free_.push_back(read);
  }

 private:
  void grow() {
    auto read = std::make_unique<tlm::tlm_generic_payload>(this);
    read->set_command(tlm::TLM_READ_COMMAND);
    read->set_extension(std::make_unique<PlaneWaits>().release());  // the transaction deletes it
    free_.push_back(read.get());
    all_.push_back(std::move(read));
  }

  std::vector<std::unique_ptr<tlm::tlm_generic_payload>> all_;
  std::vector<tlm::tlm_generic_payload*> free_;
  std::vector<unsigned char> data_;
};

}  // namespace bitloom::cycle
