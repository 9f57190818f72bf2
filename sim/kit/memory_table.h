#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/document.h"

namespace bitloom::hardware {

/// What an access to a bank of on-chip memory takes, and what the bank leaks.
struct MemoryBank {
  std::int64_t bytes = 0;
  double read_word_pj = 0;
  double write_word_pj = 0;
  double leakage_mw = 0;
};

/// Banks of one kind of memory, ascending in size.
struct MemoryTable {
  std::string description;
  std::string source;
  std::int64_t word_bits = 0;
  std::vector<MemoryBank> banks;

  /// The smallest bank that holds `bytes`; null where none does.
  const MemoryBank* holding(std::int64_t bytes) const;
};

/// Reads a table; a UserError says file, line and column.
MemoryTable load_memory_table(const std::string& path);

/// The table that a description names; a UserError at `name` offers those that there are.
using FindMemory = std::function<MemoryTable(const DocumentValue& name)>;

}  // namespace bitloom::hardware
