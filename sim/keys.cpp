#include "sim/keys.h"

namespace bitloom::hardware {
namespace {

/// Numbers the fields.
class CountingVisitor : public FieldVisitor {
 public:
  void begin_section(const FieldInfo&) override {}
  void end_section() override {}
  void optional_real(const FieldInfo&, RealRange, std::optional<double>&) override { ++next_; }

 protected:
  std::size_t count() { return next_++; }

 private:
  std::size_t next_ = 0;
};

class KeyFinder final : public CountingVisitor {
 public:
  using Kind = KeyInfo::Kind;
  void begin_section(const FieldInfo& info) override {
    if (open_.empty()) found_.emplace(info.name, KeyInfo{Kind::kSection});
    open_ += std::string(info.name) + ".";
  }
  void end_section() override {
    const std::size_t outer = open_.find_last_of('.', open_.size() - 2);
    open_.erase(outer == std::string::npos ? 0 : outer + 1);
  }
  void absent_section(const FieldInfo& info) override {
    found_.emplace(info.name, KeyInfo{Kind::kSection});
  }
  void integer(const FieldInfo& info, IntegerRange range, std::int64_t&) override {
    add(info, {.kind = Kind::kInteger, .integers = range});
  }
  void real(const FieldInfo& info, RealRange range, double&) override {
    add(info, {.kind = Kind::kReal, .reals = range});
  }
  void boolean(const FieldInfo& info, bool&) override { add(info, {.kind = Kind::kBoolean}); }
  void text(const FieldInfo& info, std::string&) override { add(info, {.kind = Kind::kText}); }
  void choice(const FieldInfo& info, const std::vector<std::string>& names, std::size_t&) override {
    add(info, {.kind = Kind::kChoice, .names = names});
  }
  std::map<std::string, KeyInfo> take() { return std::move(found_); }

 private:
  void add(const FieldInfo& info, KeyInfo key) {
    key.place = count();
    found_.emplace(open_ + std::string(info.name), std::move(key));
  }
  std::string open_;
  std::map<std::string, KeyInfo> found_;
};

class FieldSetter final : public CountingVisitor {
 public:
  explicit FieldSetter(const std::vector<FieldValue>& values)
      : next_(values.begin()), end_(values.end()) {}
  void integer(const FieldInfo&, IntegerRange, std::int64_t& value) override { set(value); }
  void real(const FieldInfo&, RealRange, double& value) override { set(value); }
  void boolean(const FieldInfo&, bool& value) override { set(value); }
  void text(const FieldInfo&, std::string&) override { count(); }
  void choice(const FieldInfo&, const std::vector<std::string>&, std::size_t& value) override {
    set(value);
  }

 private:
  template <class Value>
  void set(Value& value) {
    const std::size_t place = count();
    if (next_ == end_ || next_->place != place) return;
    value = static_cast<Value>(next_->value);
    ++next_;
  }
  std::vector<FieldValue>::const_iterator next_, end_;
};

class NumberReader final : public CountingVisitor {
 public:
  void integer(const FieldInfo&, IntegerRange, std::int64_t& value) override { add(value); }
  void real(const FieldInfo&, RealRange, double& value) override { add(value); }
  void boolean(const FieldInfo&, bool& value) override { add(value); }
  void text(const FieldInfo&, std::string&) override { add(0); }
  void optional_real(const FieldInfo&, RealRange, std::optional<double>& value) override {
    add(value.value_or(0));
  }
  void choice(const FieldInfo&, const std::vector<std::string>&, std::size_t& value) override {
    add(value);
  }
  std::vector<double> numbers;

 private:
  template <class Value>
  void add(Value value) {
    numbers.push_back(static_cast<double>(value));
  }
};

}  // namespace

std::map<std::string, KeyInfo> keys_of(Hardware hardware) {
  KeyFinder finder;
  hardware.show(finder);
  return finder.take();
}

void set_fields(Hardware& hardware, const std::vector<FieldValue>& values) {
  FieldSetter setter(values);
  hardware.show(setter);
}

std::vector<double> numbers_of(const Hardware& hardware, const std::vector<std::size_t>& places) {
  Hardware shown = hardware;
  NumberReader reader;
  shown.show(reader);
  std::vector<double> numbers;
  for (const std::size_t place : places) numbers.push_back(reader.numbers.at(place));
  return numbers;
}

}  // namespace bitloom::hardware
