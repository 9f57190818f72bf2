#include "sim/presets.h"

#include <filesystem>

#include "base/field_reader.h"
#include "sim/catalogue.h"

namespace bitloom::hardware {
namespace {

std::string dram_folder(const std::string& hardware_folder) {
  return (std::filesystem::path(hardware_folder) / ".." / "dram").lexically_normal().string();
}

DocumentValue dram_document(const std::string& name, const std::string& hardware_folder) {
  return load_document(dram_folder(hardware_folder) + "/" + name + ".yaml");
}

}  // namespace

std::vector<std::string> dram_names(const std::string& hardware_folder) {
  return hardware_names(dram_folder(hardware_folder));
}

Dram load_dram(const std::string& name, const std::string& hardware_folder) {
  const DocumentValue document = dram_document(name, hardware_folder);
  Dram dram;
  read_fields(document, [&](FieldVisitor& visitor) { dram.show(visitor); });
  dram.check(document.at("dram"));
  return dram;
}

DocumentValue with_presets(const DocumentValue& document, const std::string& hardware_folder) {
  const bool names_one = !hardware_folder.empty() && document.is_mapping() &&
                         document.has("dram") &&
                         document.at("dram").kind() == DocumentValue::Kind::kScalar;
  if (!names_one) return document;
  const std::string name = document.at("dram").one_of("dram", dram_names(hardware_folder));
  return document.with("dram", dram_document(name, hardware_folder).at("dram"));
}

}  // namespace bitloom::hardware
