#include "base/document.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <yaml-cpp/yaml.h>

namespace bitloom {

struct DocumentValue::Node {
  Kind kind = Kind::kNull;
  bool quoted = false;
  std::string text;
  int line = 0;
  int column = 0;
  std::vector<std::pair<std::string, std::shared_ptr<const Node>>> entries;
  std::vector<std::shared_ptr<const Node>> items;
};

namespace {

constexpr std::uintmax_t kMostBytes = 16u << 20;
constexpr std::size_t kMostNodes = 2'000'000;

UserError error_at(const std::string& file, const YAML::Mark& mark, std::string_view complaint) {
  return UserError(fmt::format("{}:{}:{}: {}", file, mark.line + 1, mark.column + 1, complaint));
}

std::string read_text(const std::string& path) {
  if (path.empty()) throw UserError("'': an empty text is no file name");
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) throw UserError(path + ": no such file");
  if (std::filesystem::is_directory(status)) throw UserError(path + ": is a folder, not a file");
  if (std::filesystem::is_regular_file(status) &&
      std::filesystem::file_size(path, failure) > kMostBytes)
    throw UserError(path + ": larger than 16 MB, which no configuration or policy is");
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw UserError(path + ": cannot be read");
  std::ostringstream text;
  text << stream.rdbuf();
  if (text.str().find_first_not_of(" \t\r\n") == std::string::npos)
    throw UserError(path + ": is empty");
  return text.str();
}

YAML::Node parse(const std::string& path, const std::string& text) {
  try {
    std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.empty()) throw UserError(path + ": holds nothing but comments");
    if (documents.size() > 1)
      throw error_at(path, documents[1].Mark(), "a second document begins here; one is read");
    return documents.front();
  } catch (const YAML::Exception& broken) {
    throw error_at(path, broken.mark, "cannot be parsed: " + broken.msg);
  }
}

bool plain_number(std::string_view text) {
  const std::string_view digits = !text.empty() && text.front() == '-' ? text.substr(1) : text;
  const bool leading_zero =
      digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
  return !digits.empty() && !leading_zero;
}

template <class Number>
bool parse_number(std::string_view text, Number& number) {
  if (!plain_number(text)) return false;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

}  // namespace

struct DocumentValue::Converter {
  const std::string& file;
  std::size_t nodes = 0;

  std::shared_ptr<const Node> convert(const YAML::Node& from) {
    if (++nodes > kMostNodes)
      throw error_at(file, from.Mark(), "expands to more than two million values");
    auto node = std::make_shared<Node>();
    node->line = from.Mark().line + 1;
    node->column = from.Mark().column + 1;
    if (from.IsScalar()) {
      node->kind = Kind::kScalar;
      node->text = from.Scalar();
      node->quoted = from.Tag() == "!";
    } else if (from.IsSequence()) {
      node->kind = Kind::kSequence;
      for (const YAML::Node& item : from) node->items.push_back(convert(item));
    } else if (from.IsMap()) {
      node->kind = Kind::kMapping;
      convert_entries(from, *node);
    }
    return node;
  }

  void convert_entries(const YAML::Node& from, Node& node) {
    std::set<std::string> seen;
    for (const auto& entry : from) {
      if (!entry.first.IsScalar()) throw error_at(file, entry.first.Mark(), "a key must be a text");
      const std::string& key = entry.first.Scalar();
      if (!seen.insert(key).second)
        throw error_at(file, entry.first.Mark(), fmt::format("key '{}' is given twice", key));
      auto value = std::make_shared<Node>(*convert(entry.second));
      if (value->kind == Kind::kNull) {  // an absent value has no mark of its own
        value->line = entry.first.Mark().line + 1;
        value->column = entry.first.Mark().column + 1;
      }
      node.entries.emplace_back(key, std::move(value));
    }
  }
};

DocumentValue::DocumentValue(std::shared_ptr<const std::string> file,
                             std::shared_ptr<const Node> node, std::string place)
    : file_(std::move(file)), node_(std::move(node)), place_(std::move(place)) {}

DocumentValue load_document(const std::string& path) {
  const YAML::Node parsed = parse(path, read_text(path));
  DocumentValue::Converter converter{path};
  return {std::make_shared<std::string>(path), converter.convert(parsed), ""};
}

DocumentValue::Kind DocumentValue::kind() const { return node_->kind; }

DocumentValue DocumentValue::child(std::shared_ptr<const Node> node,
                                   const std::string& step) const {
  return {file_, std::move(node),
          place_.empty() || step[0] == '[' ? place_ + step : place_ + "." + step};
}

std::vector<DocumentValue::Entry> DocumentValue::entries() const {
  if (!is_mapping()) throw error("must be a mapping (key: value), got " + described());
  std::vector<Entry> entries;
  for (const auto& [key, node] : node_->entries) entries.push_back({key, child(node, key)});
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
    if (entry.first == key) return true;
  return false;
}

DocumentValue DocumentValue::at(std::string_view key) const {
  if (!is_mapping()) throw error("must be a mapping (key: value), got " + described());
  for (const auto& [name, node] : node_->entries)
    if (name == key) return child(node, name);
  throw error(fmt::format("key '{}' is missing", key));
}

void DocumentValue::allow_only(const std::vector<std::string>& known) const {
  for (const Entry& entry : entries())
    if (std::find(known.begin(), known.end(), entry.key) == known.end())
      throw entry.value.error(unknown_name("key", entry.key, known).what());
}

std::int64_t DocumentValue::integer(std::int64_t min, std::int64_t max) const {
  std::int64_t number = 0;
  if (kind() != Kind::kScalar || node_->quoted || !parse_number(node_->text, number))
    throw error("must be a whole number, got " + described());
  if (number < min || number > max)
    throw error(fmt::format("must be in [{}, {}], got {}", min, max, number));
  return number;
}

double DocumentValue::real(double min, double max) const {
  double number = 0;
  if (kind() != Kind::kScalar || node_->quoted || !parse_number(node_->text, number) ||
      !std::isfinite(number))
    throw error("must be a number, got " + described());
  if (number < min || number > max)
    throw error(fmt::format("must be in [{}, {}], got {}", min, max, node_->text));
  return number;
}

std::string DocumentValue::text() const {
  if (kind() != Kind::kScalar || node_->text.empty())
    throw error("must be a text, got " + described());
  return node_->text;
}

bool DocumentValue::boolean() const {
  if (kind() != Kind::kScalar || node_->quoted || (node_->text != "true" && node_->text != "false"))
    throw error("must be true or false, got " + described());
  return node_->text == "true";
}

std::string DocumentValue::one_of(std::string_view what,
                                  const std::vector<std::string>& known) const {
  const std::string given = text();
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
  constexpr std::size_t kMostShown = 40;
  const std::string shown =
      node_->text.size() <= kMostShown ? node_->text : node_->text.substr(0, kMostShown) + "...";
  return node_->quoted ? fmt::format("the text \"{}\"", shown) : fmt::format("'{}'", shown);
}

UserError DocumentValue::error(std::string_view complaint) const {
  const std::string where = place_.empty() ? "" : place_ + ": ";
  return UserError(
      fmt::format("{}:{}:{}: {}{}", *file_, node_->line, node_->column, where, complaint));
}

}  // namespace bitloom
