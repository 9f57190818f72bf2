#include "reports/hardware_json.h"

namespace bitloom::reports {
namespace {

using Json = nlohmann::ordered_json;

class JsonFields final : public FieldVisitor {
 public:
  void begin_section(const FieldInfo& info) override {
    open_.push_back(&((*open_.back())[std::string(info.name)] = Json::object()));
  }
  void end_section() override { open_.pop_back(); }
  void integer(const FieldInfo& info, IntegerRange, std::int64_t& value) override {
    set(info, value);
  }
  void real(const FieldInfo& info, RealRange, double& value) override { set(info, value); }
  void integers(const FieldInfo& info, IntegerRange, std::vector<std::int64_t>& values) override {
    if (!values.empty()) set(info, values);
  }
  void boolean(const FieldInfo& info, bool& value) override { set(info, value); }
  void text(const FieldInfo& info, std::string& value) override {
    if (!value.empty()) set(info, value);  // a file cannot give an empty text
  }
  Json take() { return std::move(root_); }

 private:
  template <class Value>
  void set(const FieldInfo& info, const Value& value) {
    (*open_.back())[std::string(info.name)] = value;
  }
  Json root_ = Json::object();
  std::vector<Json*> open_{&root_};
};

}  // namespace

Json fields_json(const std::function<void(FieldVisitor&)>& show) {
  JsonFields fields;
  show(fields);
  return fields.take();
}

Json hardware_json(hardware::Hardware hardware) {
  return fields_json([&](FieldVisitor& visitor) { hardware.show(visitor); });
}

}  // namespace bitloom::reports
