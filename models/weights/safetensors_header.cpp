#include "models/weights/safetensors_header.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/shown_name.h"
#include "base/text.h"

namespace bitloom::weights {
namespace {

using nlohmann::json;

constexpr std::size_t kMostDimensions = 8;

/// Follows the parser through {"__metadata__": {key: text}, name: {"dtype": text, "shape":
/// [counts], "data_offsets": [begin, end]}} and refuses the first token that does not belong there.
class HeaderReader : public json::json_sax_t {
 public:
  explicit HeaderReader(const std::string& path) : path_(path) {}

  SafetensorsHeader take() { return std::move(header_); }

  bool null() override { refuse(); }
  bool boolean(bool) override { refuse(); }
  bool number_integer(number_integer_t) override { refuse(); }
  bool number_float(number_float_t, const string_t&) override { refuse(); }
  bool binary(binary_t&) override { refuse(); }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ != Place::kList || value > INT64_MAX) refuse();
    if (list_.size() == kMostDimensions)
      fail(fmt::format("{} has more than {} dimensions", who(), kMostDimensions));
    list_.push_back(static_cast<std::int64_t>(value));
    return true;
  }

  bool string(string_t& value) override {
    if (place_ == Place::kMetadata) {
      if (!header_.metadata.emplace(key_, value).second)
        fail(fmt::format("metadata '{}' occurs twice", excerpt(key_)));
      return true;
    }
    if (place_ != Place::kTensor || key_ != "dtype") refuse();
    tensor_.type = value;
    return true;
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::kNowhere) {
      place_ = Place::kFile;
    } else if (place_ == Place::kFile && name_ == "__metadata__") {
      place_ = Place::kMetadata;
    } else if (place_ == Place::kFile) {
      place_ = Place::kTensor;
      tensor_ = {};
      has_type_ = has_shape_ = has_offsets_ = false;
    } else {
      refuse();
    }
    return true;
  }

  bool key(string_t& value) override {
    (place_ == Place::kFile ? name_ : key_) = value;
    if (place_ != Place::kTensor) return true;
    bool* const seen = value == "dtype"          ? &has_type_
                       : value == "shape"        ? &has_shape_
                       : value == "data_offsets" ? &has_offsets_
                                                 : nullptr;
    if (!seen || *seen) refuse();
    *seen = true;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kTensor) {
      if (!has_type_ || !has_shape_ || !has_offsets_) refuse();
      if (!header_.tensors.emplace(name_, std::move(tensor_)).second) fail(who() + " occurs twice");
    }
    place_ = place_ == Place::kFile ? Place::kNowhere : Place::kFile;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::kTensor || key_ == "dtype") refuse();
    place_ = Place::kList;
    list_.clear();
    return true;
  }

  bool end_array() override {
    place_ = Place::kTensor;
    if (key_ == "shape") {
      tensor_.shape = list_;
      return true;
    }
    if (list_.size() != 2) refuse();
    tensor_.begin = static_cast<std::uint64_t>(list_[0]);
    tensor_.end = static_cast<std::uint64_t>(list_[1]);
    return true;
  }

  bool parse_error(std::size_t at, const std::string&, const json::exception&) override {
    fail(
        fmt::format("not a safetensors file: its header is no JSON at byte {}", kLengthBytes + at));
  }

 private:
  enum class Place { kNowhere, kFile, kMetadata, kTensor, kList };

  std::string who() const { return fmt::format("tensor '{}'", shown_name(name_)); }

  [[noreturn]] void fail(const std::string& complaint) const {
    throw UserError(fmt::format("{}: {}", path_, complaint));
  }

  /// The token at hand is not what its place calls for.
  [[noreturn]] void refuse() const {
    if (place_ == Place::kNowhere) fail("not a safetensors file: its header is no JSON object");
    if (place_ == Place::kMetadata)
      fail(fmt::format("metadata '{}': must be a text", excerpt(key_)));
    if (name_ == "__metadata__") fail("metadata: must be texts by name");
    fail(fmt::format("{}: needs dtype, shape and two data_offsets, and nothing else", who()));
  }

  const std::string& path_;
  SafetensorsHeader header_;
  Place place_ = Place::kNowhere;
  std::string name_;  // of the tensor
  std::string key_;   // in the tensor, or in the metadata
  TensorPlace tensor_;
  bool has_type_ = false, has_shape_ = false, has_offsets_ = false;
  graph::Shape list_;
};

}  // namespace

SafetensorsHeader read_header(std::string_view text, const std::string& path) {
  HeaderReader reader(path);
  json::sax_parse(text, &reader);
  return reader.take();
}

}  // namespace bitloom::weights
