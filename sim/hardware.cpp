#include "sim/hardware.h"

#include "base/error.h"

namespace bitloom::hardware {
namespace {

template <class Family>
Family machine_of(const std::variant<Bismo, BitFusion>& machine, const std::string& name,
                  const char* family) {
  const auto* wanted = std::get_if<Family>(&machine);
  if (!wanted) throw unsupported(name + ": is not of family " + family + ", which is needed here");
  return *wanted;
}

}  // namespace

const std::string& Hardware::name() const {
  return visit([](const auto& m) -> const std::string& { return m.name; });
}
const std::string& Hardware::description() const {
  return visit([](const auto& m) -> const std::string& { return m.description; });
}
Megahertz Hardware::clock() const {
  return visit([](const auto& m) { return m.clock(); });
}
std::int64_t Hardware::batch() const {
  return visit([](const auto& m) { return m.batch; });
}
double Hardware::peak_binary_tops() const {
  return visit([](const auto& m) { return m.peak_binary_tops(); });
}
bool Hardware::writes_back() const {
  return visit([](const auto& m) { return m.writes_back(); });
}
void Hardware::set_name(const std::string& name) {
  std::visit([&](auto& m) { m.name = name; }, machine_);
}
void Hardware::set_batch(std::int64_t batch) {
  std::visit([&](auto& m) { m.batch = batch; }, machine_);
}
void Hardware::show(FieldVisitor& visitor) {
  std::visit([&](auto& m) { m.show(visitor); }, machine_);
}
void Hardware::check(const DocumentValue& document) const {
  visit([&](const auto& machine) { machine.check(document); });
}

Bismo Hardware::bismo() const { return machine_of<Bismo>(machine_, name(), "bismo"); }
BitFusion Hardware::bitfusion() const {
  return machine_of<BitFusion>(machine_, name(), "bitfusion");
}

}  // namespace bitloom::hardware
