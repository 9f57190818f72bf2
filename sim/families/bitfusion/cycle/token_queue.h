#pragma once

#include <deque>
#include <optional>
#include <utility>

#include <systemc>

#include "base/quantity.h"

namespace bitloom::cycle::bitfusion {

/// What has work of its own and waits for tokens.
class Stage : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Stage);
  explicit Stage(const sc_core::sc_module_name& name) : sc_module(name) { SC_METHOD(go_on); }
  /// Goes as far as its tokens last; nothing if it is at that already.
  void go_on() {
    if (going_) return;
    going_ = true;
    advance();
    going_ = false;
  }

 protected:
  virtual void advance() = 0;

 private:
  bool going_ = false;
};

/// Tokens between two stages, each with the cycle from which on it holds; that may be ahead of
/// SystemC's time. Scratchpads bound how many there are. A consumer that has found none goes on as
/// soon as there is one.
class TokenQueue {
 public:
  explicit TokenQueue(std::int64_t initial = 0) : tokens_(static_cast<std::size_t>(initial)) {}

  void connect(Stage& consumer) { consumer_ = &consumer; }
  void push(Cycles at) {
    tokens_.push_back(at);
    if (std::exchange(waiting_, false)) consumer_->go_on();
  }
  /// Takes the next token, if there is one.
  std::optional<Cycles> take() {
    waiting_ = tokens_.empty();
    if (waiting_) return std::nullopt;
    const Cycles at = tokens_.front();
    tokens_.pop_front();
    return at;
  }

 private:
  std::deque<Cycles> tokens_;
  Stage* consumer_ = nullptr;
  bool waiting_ = false;
};

}  // namespace bitloom::cycle::bitfusion
