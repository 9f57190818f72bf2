#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "sim/families/bismo/cycle/stage.h"
#include "sim/families/bismo/observer.h"

namespace bitloom::cycle {

/// A bounded queue of tokens between two stages. A token carries the cycle in which it is sent, and
/// a place the cycle in which the token before left it: stages may run ahead of SystemC's time. A
/// stage that has found the queue empty (or full) goes on as soon as it no longer is.
class TokenQueue {
 public:
  TokenQueue(mapping::Queue name, std::int64_t depth, Observer* observer)
      : name_(name), observer_(observer), cells_(static_cast<std::size_t>(depth)) {}

  void connect(StageModule& producer, StageModule& consumer) {
    producer_ = &producer;
    consumer_ = &consumer;
  }

  /// The first cycle in which there is room for the token `ahead` places behind the next one.
  /// Nothing when that is not known yet: the next `pop` then lets the producer go on.
  std::optional<Cycles> room(std::int64_t ahead = 0) {
    if (sent_ + ahead - taken_ < depth()) return cell(sent_ + ahead);
    producer_waits_ = true;
    return std::nullopt;
  }
  void push(Cycles at) {
    cell(sent_++) = at;
    if (observer_) observer_->token_sent(name_, at);
    if (std::exchange(consumer_waits_, false)) consumer_->go_on();
  }
  /// When the next token was sent. Nothing while there is none: the next `push` then lets the
  /// consumer go on.
  std::optional<Cycles> front() {
    if (taken_ < sent_) return cell(taken_);
    consumer_waits_ = true;
    return std::nullopt;
  }
  void pop(Cycles at) {
    cell(taken_++) = at;
    if (observer_) observer_->token_taken(name_, at);
    if (std::exchange(producer_waits_, false)) producer_->go_on();
  }

 private:
  std::int64_t depth() const { return static_cast<std::int64_t>(cells_.size()); }
  Cycles& cell(std::int64_t token) { return cells_[static_cast<std::size_t>(token % depth())]; }

  mapping::Queue name_;
  Observer* observer_;
  std::vector<Cycles> cells_;
  std::int64_t sent_ = 0;
  std::int64_t taken_ = 0;
  bool producer_waits_ = false;
  bool consumer_waits_ = false;
  StageModule* producer_ = nullptr;
  StageModule* consumer_ = nullptr;
};

}  // namespace bitloom::cycle
