#include "sim/presets.h"

#include <filesystem>

#include "base/field_reader.h"
#include "sim/catalogue.h"

namespace bitloom::hardware {
namespace {

std::string folder_beside(const std::string& hardware_folder, const char* folder) {
  return (std::filesystem::path(hardware_folder) / ".." / folder).lexically_normal().string();
}
std::string file_beside(const std::string& hardware_folder, const char* folder,
                        const std::string& name) {
  return folder_beside(hardware_folder, folder) + "/" + name + ".yaml";
}

DocumentValue dram_document(const std::string& name, const std::string& hardware_folder) {
  return load_document(file_beside(hardware_folder, "dram", name));
}

/// The section of a user's file.
DocumentValue dram_of_file(const DocumentValue& path) {
  const DocumentValue document = load_document(path.text());
  document.allow_only({"dram"});
  return document.at("dram");
}

}  // namespace

std::vector<std::string> dram_names(const std::string& hardware_folder) {
  return hardware_names(folder_beside(hardware_folder, "dram"));
}

Dram load_dram(const std::string& name, const std::string& hardware_folder) {
  const DocumentValue document = dram_document(name, hardware_folder);
  Dram dram;
  read_fields(document, [&](FieldVisitor& visitor) { dram.show(visitor); });
  dram.check(document.at("dram"));
  return dram;
}

std::vector<std::string> memory_names(const std::string& hardware_folder) {
  return hardware_names(folder_beside(hardware_folder, "memories"));
}

MemoryTable load_memory(const std::string& name, const std::string& hardware_folder) {
  return load_memory_table(file_beside(hardware_folder, "memories", name));
}

MemoryTable memory_named(const DocumentValue& name, const std::string& hardware_folder) {
  return load_memory(name.one_of("memory", memory_names(hardware_folder)), hardware_folder);
}

DocumentValue with_presets(const DocumentValue& document, const std::string& hardware_folder) {
  const bool names_one = !hardware_folder.empty() && document.is_mapping() &&
                         document.has("dram") &&
                         document.at("dram").kind() == DocumentValue::Kind::kScalar;
  if (!names_one) return document;
  const DocumentValue named = document.at("dram");
  if (is_hardware_file(named.text())) return document.with("dram", dram_of_file(named));
  const std::string name = named.one_of("dram", dram_names(hardware_folder));
  return document.with("dram", dram_document(name, hardware_folder).at("dram"));
}

}  // namespace bitloom::hardware
