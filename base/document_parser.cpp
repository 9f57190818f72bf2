#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "base/document_node.h"
#include "base/text.h"

namespace bitloom {
namespace {

constexpr std::size_t kDeepest = 64;

using Source = std::shared_ptr<const std::string>;

/// Without a byte order mark, and known to be readable.
std::string checked_text(const std::string& path, std::string text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.erase(0, kByteOrderMark.size());
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) throw UserError(path + ": is empty");
  if (const std::size_t readable = readable_prefix(text); readable < text.size()) {
    const LineColumn place = line_column(text, readable);
    throw error_at({std::make_shared<std::string>(path), static_cast<int>(place.line),
                    static_cast<int>(place.column)},
                   fmt::format("byte 0x{:02x} is no UTF-8 text or a control character",
                               static_cast<unsigned char>(text[readable])));
  }
  return text;
}

/// Builds nodes as yaml-cpp meets them, and refuses what it would let pass. A node that several
/// aliases name is shared, so that no file grows when it is read.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(DocumentMark begin, const std::string& text, std::size_t most_values)
      : begin_(std::move(begin)), text_(text), most_values_(most_values) {
    for (std::size_t at = 0; at != std::string::npos; at = text.find('\n', at)) {
      at += line_starts_.empty() ? 0 : 1;
      line_starts_.push_back(at);
    }
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) throw error(mark, "a second document begins here; one is read");
  }
  void OnDocumentEnd() override {
    if (bad_key_) throw error(*bad_key_, "a key must be a text");
  }
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = make(mark, DocumentValue::Kind::kNull);
    if (expects_value()) node->mark = open_.back().node->entries.back().mark;  // absent: the key's
    add(mark, std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto target = anchors_.find(anchor);
    if (target == anchors_.end())
      throw error(mark, "an alias of a value that it is itself part of");
    add(mark, target->second, 0);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    auto node = make(mark, DocumentValue::Kind::kScalar);
    node->text = value;
    node->quoted = tag == "!";
    if (node->quoted) require_closing_quote(mark);
    add(mark, std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, DocumentValue::Kind::kSequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, DocumentValue::Kind::kMapping);
  }
  void OnMapEnd() override { close(); }

  std::shared_ptr<const DocumentNode> root() const { return root_; }
  DocumentMark mark_of(const YAML::Mark& mark) const {
    if (begin_.line == 0) return begin_;
    return {begin_.source, mark.line + 1, mark.column + 1};
  }

 private:
  struct Open {
    YAML::Mark mark;
    std::shared_ptr<DocumentNode> node;
    YAML::anchor_t anchor;
    std::set<std::string> keys;
    bool expects_value = false;  // of the mapping's last entry
  };

  UserError error(const YAML::Mark& mark, std::string_view complaint) const {
    return error_at(mark_of(mark), complaint);
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (tag != "?" && tag != "!" && !tag.empty()) throw error(mark, "tags (!...) are not read");
  }

  /// yaml-cpp ends a quoted text without a complaint where a line is indented less.
  void require_closing_quote(const YAML::Mark& mark) const {
    const std::size_t start = line_starts_.at(static_cast<std::size_t>(mark.line)) +
                              static_cast<std::size_t>(mark.column);
    const char quote = start < text_.size() ? text_[start] : '\0';
    if (quote != '"' && quote != '\'') return;
    std::size_t end = start + 1;
    for (; end < text_.size() && text_[end] != quote; ++end) {
      if (quote == '"' && text_[end] == '\\') ++end;
    }
    const bool doubled = quote == '\'' && text_.compare(end, 2, "''") == 0;
    const bool closed = end < text_.size() && (doubled || end + 1 == text_.size() ||
                                               std::strchr(" \t\r\n,:]}", text_[end + 1]));
    if (!closed)
      throw error(mark, "cannot be parsed: the quoted text that begins here is not closed");
  }

  std::shared_ptr<DocumentNode> make(const YAML::Mark& mark, DocumentValue::Kind kind) {
    if (++values_ > most_values_)
      throw error(mark, fmt::format("the file holds more than {} values", most_values_));
    auto node = std::make_shared<DocumentNode>();
    node->kind = kind;
    node->mark = mark_of(mark);
    return node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            DocumentValue::Kind kind) {
    refuse_tag(mark, tag);
    if (open_.size() == kDeepest)
      throw error(mark, fmt::format("lists and mappings lie deeper than {} levels", kDeepest));
    open_.push_back({mark, make(mark, kind), anchor, {}});
  }

  bool expects_value() const { return !open_.empty() && open_.back().expects_value; }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    add(closed.mark, std::move(closed.node), closed.anchor);
  }

  void add(const YAML::Mark& mark, std::shared_ptr<const DocumentNode> node,
           YAML::anchor_t anchor) {
    if (anchor != 0) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().node->kind == DocumentValue::Kind::kSequence) {
      open_.back().node->items.push_back(std::move(node));
    } else if (open_.back().expects_value) {
      open_.back().node->entries.back().value = std::move(node);
      open_.back().expects_value = false;
    } else {
      add_key(mark, *node);
    }
  }

  void add_key(const YAML::Mark& mark, const DocumentNode& key) {
    const bool is_text = key.kind == DocumentValue::Kind::kScalar;
    if (!is_text && !bad_key_) bad_key_ = mark;
    if (is_text && !open_.back().keys.insert(key.text).second)
      throw error(mark, fmt::format("key '{}' is given twice", key.text));
    open_.back().node->entries.push_back({key.text, mark_of(mark), nullptr});
    open_.back().expects_value = true;
  }

  DocumentMark begin_;
  const std::string& text_;
  std::vector<std::size_t> line_starts_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::shared_ptr<const DocumentNode>> anchors_;
  std::shared_ptr<const DocumentNode> root_;
  std::size_t most_values_;
  std::size_t values_ = 0;
  std::optional<YAML::Mark>
      bad_key_;  // told at the end: what yaml-cpp finds until then is the cause
};

/// The line at which YAML is broken, or the one before it, where it begins with a tab behind no
/// more than spaces; else 0.
std::size_t line_with_tab(const std::string& text, const YAML::Mark& mark) {
  if (mark.line < 0) return 0;
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const std::size_t start = line.find_first_not_of(' ');
    const auto broken = static_cast<std::size_t>(mark.line) + 1;
    if (number + 1 >= broken && number <= broken && start != std::string::npos &&
        line[start] == '\t')
      return number;
  }
  return 0;
}

/// The one document of `text`, which begins at `begin`; null where it holds no value.
std::shared_ptr<const DocumentNode> parse(const DocumentMark& begin, const std::string& text,
                                          const DocumentLimits& limits) {
  TreeBuilder builder(begin, text, limits.values);
  std::istringstream stream(text);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) continue;
  } catch (const YAML::Exception& broken) {
    if (const std::size_t line = line_with_tab(text, broken.mark); line > 0)
      throw error_at(builder.mark_of(broken.mark),
                     fmt::format("cannot be parsed: line {} begins with a tab; YAML is indented by "
                                 "spaces",
                                 line));
    throw error_at(builder.mark_of(broken.mark), "cannot be parsed: " + broken.msg);
  }
  return builder.root();
}

}  // namespace

UserError error_at(const DocumentMark& mark, std::string_view complaint) {
  return UserError(mark.line == 0 ? fmt::format("{}: {}", *mark.source, complaint)
                                  : fmt::format("{}:{}:{}: {}", *mark.source, mark.line,
                                                mark.column, complaint));
}

std::shared_ptr<const DocumentNode> parse_document(const std::string& path, std::string text,
                                                   const DocumentLimits& limits) {
  auto root = parse({std::make_shared<std::string>(path), 1, 1},
                    checked_text(path, std::move(text)), limits);
  if (!root) throw UserError(path + ": holds nothing but comments");
  return root;
}

std::shared_ptr<const DocumentNode> parse_option(const std::string& option,
                                                 const std::string& text) {
  const DocumentMark mark{std::make_shared<std::string>(option)};
  if (!is_one_readable_line(text))
    throw error_at(mark, "must be a text on one line without control characters");
  auto root = parse(mark, text, {});
  if (!root) throw error_at(mark, "gives no value");
  return root;
}

}  // namespace bitloom
