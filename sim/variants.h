#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/document.h"
#include "sim/hardware.h"
#include "sim/keys.h"
#include "sim/settings.h"

namespace bitloom::hardware {

/// A key of a description with the values that it takes, each as YAML.
struct VariedKey {
  std::string key;
  std::vector<std::string> values;
};

/// Machines of one description that differ in some keys: what `load_hardware` makes of it with
/// those settings, without reading the text anew for each. Values of fields are set in the machine;
/// texts, named sections and constants go through the description, once for each combination of
/// them.
class Variants {
 public:
  /// `name_or_file`, `folder` and `settings` as load_hardware takes them. A UserError where the
  /// description is wrong as it is. Values are within the ranges of their keys (keys_of).
  Variants(const std::string& name_or_file, const std::string& folder, const Settings& settings,
           std::vector<VariedKey> keys);

  /// The machine of the values of these indices, a key each, under the base's name. A UserError of
  /// kind kInput says why they do not go together.
  Hardware with(const std::vector<std::size_t>& choices) const;
  /// The same as settings, which load_hardware takes.
  Settings settings(const std::vector<std::size_t>& choices) const;
  const std::vector<VariedKey>& keys() const { return keys_; }

 private:
  struct Field {
    std::size_t key;              // its index
    std::vector<double> numbers;  // its values
  };
  /// The machine of one combination of what is set in the description.
  struct Base {
    DocumentValue description;
    Hardware hardware;
    bool is_complete;                                         // nothing follows from the fields
    std::vector<std::pair<std::size_t, std::size_t>> places;  // of each field: place, its index
  };
  Base make_base(const std::vector<std::size_t>& choices) const;
  const Base& base_of(const std::vector<std::size_t>& choices) const;
  void complete(const DocumentValue& description, Hardware& hardware) const;

  std::string folder_;
  std::string name_;
  DocumentValue description_;
  std::vector<VariedKey> keys_;
  std::vector<Field> fields_;
  std::vector<std::size_t> written_;                        // keys that are set in the description
  mutable std::map<std::vector<std::size_t>, Base> bases_;  // some, by the values of `written_`
  mutable std::map<std::string, MemoryTable> memories_;     // by name
};

}  // namespace bitloom::hardware
