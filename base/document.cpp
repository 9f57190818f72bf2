#include "base/document.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/document_node.h"
#include "base/files.h"
#include "base/numbers.h"
#include "base/text.h"

namespace bitloom {
namespace {

/// Whether the text is a number as JSON writes it, but for its range: no leading zero, no plus.
bool has_plain_digits(std::string_view text) {
  const std::string_view digits = !text.empty() && text.front() == '-' ? text.substr(1) : text;
  const bool leading_zero =
      digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
  return !digits.empty() && !leading_zero;
}

std::string in_place(const std::string& place, std::string_view complaint) {
  return place.empty() ? std::string(complaint) : fmt::format("{}: {}", place, complaint);
}

std::string joined(const std::string& place, const std::string& step) {
  return place.empty() || step[0] == '[' ? place + step : place + "." + step;
}

using Node = std::shared_ptr<const DocumentNode>;

/// The mapping `node`, which lies at `place`, with `value` at a dotted path below it; null takes
/// the key out. What is new stands at `mark`.
Node replaced(const Node& node, std::string_view path, const std::string& place, const Node& value,
              const DocumentMark& mark) {
  if (node->kind != DocumentValue::Kind::kMapping)
    throw error_at(mark, in_place(place, "holds a value, and no keys below it"));
  const std::size_t dot = path.find('.');
  const std::string key(path.substr(0, dot));
  auto changed = std::make_shared<DocumentNode>(*node);
  const auto entry = std::find_if(changed->entries.begin(), changed->entries.end(),
                                  [&](const auto& each) { return each.key == key; });
  const bool is_there = entry != changed->entries.end();
  Node inner = value;
  if (dot != std::string_view::npos) {
    Node section = is_there ? entry->value : nullptr;
    if (!section || section->kind == DocumentValue::Kind::kNull) {
      auto made = std::make_shared<DocumentNode>();
      made->kind = DocumentValue::Kind::kMapping;
      made->mark = mark;
      section = std::move(made);
    }
    inner = replaced(section, path.substr(dot + 1), joined(place, key), value, mark);
  } else if (!value && !is_there) {
    throw error_at(mark, in_place(joined(place, key), "is not there, and cannot be taken out"));
  }
  if (!inner)
    changed->entries.erase(entry);
  else if (is_there)
    *entry = {key, dot == std::string_view::npos ? mark : entry->mark, inner};
  else
    changed->entries.push_back({key, mark, inner});
  return changed;
}

}  // namespace

DocumentValue::DocumentValue(std::shared_ptr<const DocumentNode> node, std::string place)
    : node_(std::move(node)), place_(std::move(place)) {}

DocumentValue load_document(const std::string& path, const DocumentLimits& limits) {
  return {parse_document(path, read_file(path, {.most_bytes = limits.bytes}), limits), ""};
}

DocumentValue document_of(const std::string& path, const std::string& text) {
  return {parse_document(path, text, {}), ""};
}

DocumentValue value_of(const std::string& source, const std::string& text) {
  return {parse_option(source, text), ""};
}

DocumentValue::Kind DocumentValue::kind() const { return node_->kind; }

DocumentValue DocumentValue::child(std::shared_ptr<const DocumentNode> node,
                                   const std::string& step) const {
  return {std::move(node), joined(place_, step)};
}

std::vector<DocumentValue::Entry> DocumentValue::entries() const {
  if (!is_mapping()) throw error("must be a mapping (key: value), got " + described());
  std::vector<Entry> entries;
  for (const auto& entry : node_->entries)
    entries.push_back({entry.key, child(entry.value, entry.key)});
  return entries;
}

std::vector<DocumentValue> DocumentValue::items() const {
  if (!is_sequence()) throw error("must be a list, got " + described());
  std::vector<DocumentValue> items;
  for (std::size_t i = 0; i < node_->items.size(); ++i)
    items.push_back(child(node_->items[i], fmt::format("[{}]", i)));
  return items;
}

bool DocumentValue::has(std::string_view key) const {
  for (const auto& entry : node_->entries)
    if (entry.key == key) return true;
  return false;
}

DocumentValue DocumentValue::at(std::string_view key) const {
  if (!is_mapping()) throw error("must be a mapping (key: value), got " + described());
  for (const auto& entry : node_->entries)
    if (entry.key == key) return child(entry.value, entry.key);
  throw error(fmt::format("key '{}' is missing", key));
}

void DocumentValue::allow_only(const std::vector<std::string>& known) const {
  constexpr std::size_t kFew = 8;
  if (!is_mapping())
    throw error(fmt::format("must be a mapping {}, got {}",
                            known.empty() || known.size() > kFew
                                ? "(key: value)"
                                : fmt::format("of {}", fmt::join(known, ", ")),
                            described()));
  for (const auto& entry : node_->entries)
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      throw error_at(entry.mark, in_place(joined(place_, entry.key),
                                          unknown_name("key", entry.key, known).what()));
}

std::int64_t DocumentValue::integer(std::int64_t min, std::int64_t max) const {
  const bool may_be_number =
      kind() == Kind::kScalar && !node_->quoted && has_plain_digits(node_->text);
  const auto number = parse_integer(without_zero_fraction(node_->text), min, max);
  if (!may_be_number || number.fault() == NumberFault::kNoNumber)
    throw error("must be a whole number, got " + described());
  if (!number)
    throw error(min == max
                    ? fmt::format("must be {}, got {}", min, excerpt(node_->text))
                    : fmt::format("must be in [{}, {}], got {}", min, max, excerpt(node_->text)));
  return *number;
}

double DocumentValue::real(double min, double max) const {
  const auto number = parse_real(node_->text);
  if (kind() != Kind::kScalar || node_->quoted || !has_plain_digits(node_->text) || !number)
    throw error("must be a number, got " + described());
  if (*number < min || *number > max)
    throw error(fmt::format("must be in [{}, {}], got {}", min, max, excerpt(node_->text)));
  return *number;
}

std::string DocumentValue::text() const {
  const bool is_blank = node_->text.find_first_not_of(' ') == std::string::npos;
  if (kind() != Kind::kScalar || is_blank) throw error("must be a text, got " + described());
  if (!is_one_readable_line(node_->text))
    throw error("must be a text on one line without control characters, got " + described());
  return node_->text;
}

bool DocumentValue::boolean() const {
  if (kind() != Kind::kScalar || node_->quoted || (node_->text != "true" && node_->text != "false"))
    throw error("must be true or false, got " + described());
  return node_->text == "true";
}

std::string DocumentValue::one_of(std::string_view what,
                                  const std::vector<std::string>& known) const {
  std::string given = text();
  if (std::find(known.begin(), known.end(), given) == known.end())
    throw error(unknown_name(what, given, known).what());
  return given;
}

std::string DocumentValue::described() const {
  switch (kind()) {
    case Kind::kNull:
      return "nothing";
    case Kind::kSequence:
      return "a list";
    case Kind::kMapping:
      return "a mapping";
    case Kind::kScalar:
      break;
  }
  const std::string shown = excerpt(node_->text);
  return node_->quoted ? fmt::format("the text \"{}\"", shown) : fmt::format("'{}'", shown);
}

std::size_t DocumentValue::line() const { return static_cast<std::size_t>(node_->mark.line); }

UserError DocumentValue::error(std::string_view complaint) const {
  return error_at(node_->mark, in_place(place_, complaint));
}

DocumentValue DocumentValue::with(std::string_view path, const std::string& text,
                                  const std::string& option) const {
  const DocumentMark mark{std::make_shared<std::string>(option)};
  const bool is_empty = text.find_first_not_of(' ') == std::string::npos;
  return {replaced(node_, path, "", is_empty ? nullptr : parse_option(option, text), mark), place_};
}

DocumentValue DocumentValue::with(std::string_view key, const DocumentValue& value) const {
  return {replaced(node_, key, "", value.node_, value.node_->mark), place_};
}

}  // namespace bitloom
