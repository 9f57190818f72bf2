#include "sim/kit/memory_table.h"

#include <algorithm>

#include "sim/kit/sourced_constant.h"

namespace bitloom::hardware {
namespace {

constexpr std::int64_t kLargestBank = std::int64_t{1} << 30;
constexpr std::int64_t kWidestWord = 4096;

MemoryBank read_bank(const DocumentValue& value) {
  value.allow_only({"bytes", "read_word_pj", "write_word_pj", "leakage_mw"});
  const auto figure = [&](const char* key, RealRange range) {
    return value.at(key).real(range.min, range.max);
  };
  return {value.at("bytes").integer(1, kLargestBank), figure("read_word_pj", kPicojoules),
          figure("write_word_pj", kPicojoules), figure("leakage_mw", kMilliwatts)};
}

}  // namespace

const MemoryBank* MemoryTable::holding(std::int64_t bytes) const {
  const auto bank = std::find_if(banks.begin(), banks.end(),
                                 [&](const MemoryBank& each) { return each.bytes >= bytes; });
  return bank == banks.end() ? nullptr : &*bank;
}

MemoryTable load_memory_table(const std::string& path) {
  const DocumentValue document = load_document(path);
  document.allow_only({"description", "source", "word_bits", "banks"});
  MemoryTable table{document.at("description").text(),
                    document.at("source").text(),
                    document.at("word_bits").integer(1, kWidestWord),
                    {}};
  for (const DocumentValue& value : document.at("banks").items()) {
    table.banks.push_back(read_bank(value));
    const std::size_t banks = table.banks.size();
    if (banks > 1 && table.banks[banks - 1].bytes <= table.banks[banks - 2].bytes)
      throw value.at("bytes").error("must be larger than the bank before it");
  }
  if (table.banks.empty()) throw document.at("banks").error("must have a bank");
  return table;
}

}  // namespace bitloom::hardware
