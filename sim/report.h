#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What a family tells of itself and of its layers, as plain data: reports print it without knowing
/// the family.
namespace bitloom::sim {

/// A value with a name: a member of JSON, or a column of CSV.
struct Fact {
  using Value =
      std::variant<std::int64_t, double, std::string, std::vector<std::string>, std::vector<Fact>>;
  std::string name;
  Value value;
};

/// What a machine takes of a chip: `LUT`, 80799.
struct Resource {
  std::string name;
  double amount;
};

/// A line that a person reads: a label, a text, and a remark below it, which may be empty.
struct Line {
  std::string label;
  std::string text;
  std::string remark = {};
};

/// A table that a person reads, and what is said below it.
struct Table {
  struct Column {
    std::string name;
    bool is_text = false;  // stands at the left
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::string>> rows;
  std::string below;
};

/// What a family adds to a layer's entry in reports.
struct LayerReport {
  std::vector<Fact> facts;        // of how the layer is mapped
  std::vector<Fact> counters;     // of what the engine counted
  std::vector<Fact> columns;      // of CSV: numbers and text; the same names in each layer
  std::vector<Line> explanation;  // for `simulate --explain`
};

/// What a family adds to the report of a network.
struct NetworkReport {
  std::vector<Table> tables;          // below the table of layers
  std::string explanation_title;      // above the layers' explanations; empty where they have none
  std::vector<std::string> unpriced;  // what costs something and is left out
};

}  // namespace bitloom::sim
