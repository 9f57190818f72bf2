#include "base/json.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/text.h"

namespace bitloom {
namespace {

using Json = nlohmann::ordered_json;

/// Walks over a text and tells how far it has come: nlohmann-json does not say where a value is.
class Walker {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Walker(const char* at, const char** reached) : at_(at), reached_(reached) {}
  reference operator*() const { return *at_; }
  Walker& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  Walker operator++(int) {
    const Walker before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Walker& other) const { return at_ == other.at_; }
  bool operator!=(const Walker& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

/// Refuses what nlohmann-json lets pass: double keys and endless depth.
class StrictReader {
 public:
  StrictReader(std::string_view text, const std::string& source)
      : text_(text), source_(source), reached_(text.data()) {}

  Json read() {
    if (const std::size_t good = utf8_prefix(text_); good < text_.size())
      throw error(good, fmt::format("byte 0x{:02x} is no UTF-8 text",
                                    static_cast<unsigned char>(text_[good])));
    try {
      return Json::parse(Walker(text_.data(), &reached_),
                         Walker(text_.data() + text_.size(), &reached_),
                         [this](int, Json::parse_event_t event, Json& parsed) {
                           meet(event, parsed);
                           return true;
                         });
    } catch (const Json::parse_error& broken) {
      throw error(std::min(broken.byte > 0 ? broken.byte - 1 : 0, text_.size()), "is no JSON");
    } catch (const Json::out_of_range&) {
      throw error(start_of_number(), "is a number out of range");
    }
  }

 private:
  void meet(Json::parse_event_t event, const Json& parsed) {
    constexpr std::size_t kDeepest = 64;
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (keys_.size() == kDeepest)
        throw error(position() - 1, fmt::format("is nested deeper than {} levels", kDeepest));
      keys_.emplace_back();
    } else if (event == Event::object_end || event == Event::array_end) {
      keys_.pop_back();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_.back().insert(key).second)
        throw error(start_of_text(position() - 1),
                    fmt::format("key '{}' is given twice", excerpt(key)));
    }
  }

  std::size_t position() const { return static_cast<std::size_t>(reached_ - text_.data()); }

  /// The opening quote of a text whose closing one is at `end`.
  std::size_t start_of_text(std::size_t end) const {
    for (std::size_t at = text_.rfind('"', end - 1);; at = text_.rfind('"', at - 1)) {
      std::size_t backslashes = 0;
      while (backslashes < at && text_[at - 1 - backslashes] == '\\') ++backslashes;
      if (backslashes % 2 == 0) return at;
    }
  }

  /// Of the number that was read last; a character behind it may have been read too.
  std::size_t start_of_number() const {
    const std::size_t last = text_.find_last_of("0123456789", position() - 1);
    return text_.find_last_not_of("+-.0123456789Ee", last) + 1;
  }

  UserError error(std::size_t at, std::string_view complaint) const {
    const LineColumn place = line_column(text_, at);
    return UserError(fmt::format("{}:{}:{}: {}", source_, place.line, place.column, complaint));
  }

  std::string_view text_;
  const std::string& source_;
  const char* reached_;
  std::vector<std::set<std::string>> keys_;  // of the values that are open
};

template <class AnyJson>
std::string text_of(const AnyJson& json, int indent) {
  return json.dump(indent, ' ', false, AnyJson::error_handler_t::replace);
}

}  // namespace

Json parse_json(std::string_view text, const std::string& source) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return StrictReader(text, source).read();
}

Json read_json_file(const std::string& path) { return parse_json(read_file(path), path); }

std::string json_text(const Json& json, int indent) { return text_of(json, indent); }

std::string json_text(const nlohmann::json& json, int indent) { return text_of(json, indent); }

}  // namespace bitloom
