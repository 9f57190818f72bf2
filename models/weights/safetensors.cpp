#include "models/weights/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace bitloom::weights {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

constexpr std::size_t kLengthBytes = 8;

template <class Value>
Value load_as(const char* bytes) {
  Value value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

template <class Value>
float widen(const char* bytes) {
  return static_cast<float>(load_as<Value>(bytes));
}

/// IEEE 754 binary16.
float widen_half(const char* bytes) {
  const auto half = load_as<std::uint16_t>(bytes);
  const int exponent = (half >> 10) & 31;
  const int fraction = half & 1023;
  const float magnitude = exponent == 31 ? (fraction == 0 ? INFINITY : NAN)
                          : exponent == 0
                              ? std::ldexp(static_cast<float>(fraction), -24)
                              : std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
  return (half & 0x8000) != 0 ? -magnitude : magnitude;
}

/// The upper half of a binary32.
float widen_brain(const char* bytes) {
  return std::bit_cast<float>(std::uint32_t{load_as<std::uint16_t>(bytes)} << 16);
}

struct ElementType {
  std::string_view name;
  std::uint64_t bytes;
  float (*widen)(const char*);
};

constexpr ElementType kTypes[] = {
    {"F32", 4, widen<float>},         {"F16", 2, widen_half},
    {"BF16", 2, widen_brain},         {"F64", 8, widen<double>},
    {"I8", 1, widen<std::int8_t>},    {"U8", 1, widen<std::uint8_t>},
    {"I16", 2, widen<std::int16_t>},  {"U16", 2, widen<std::uint16_t>},
    {"I32", 4, widen<std::int32_t>},  {"U32", 4, widen<std::uint32_t>},
    {"I64", 8, widen<std::int64_t>},  {"U64", 8, widen<std::uint64_t>},
    {"BOOL", 1, widen<std::uint8_t>},
};

const ElementType* type_named(std::string_view name) {
  const auto* type = std::find_if(std::begin(kTypes), std::end(kTypes),
                                  [&](const ElementType& each) { return each.name == name; });
  return type == std::end(kTypes) ? nullptr : type;
}

/// The bytes of `shape`, or nothing where they pass 2^63.
std::optional<std::uint64_t> bytes_of(const graph::Shape& shape, const ElementType& type) {
  std::uint64_t bytes = type.bytes;
  for (const std::int64_t extent : shape)
    if (__builtin_mul_overflow(bytes, static_cast<std::uint64_t>(extent), &bytes) || bytes >> 63)
      return std::nullopt;
  return bytes;
}

bool is_count(const json& value) { return value.is_number_unsigned() && value <= INT64_MAX; }

bool are_counts(const json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), is_count);
}

std::string read_whole(const std::string& path) {
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  const std::streamoff size = stream.tellg();
  if (size < 0 || size == std::numeric_limits<std::streamoff>::max())
    throw UserError(fmt::format("{}: not a file that can be read", path));
  std::string bytes(static_cast<std::size_t>(size), '\0');
  stream.seekg(0);
  stream.read(bytes.data(), size);
  if (!stream) throw UserError(fmt::format("{}: cannot be read whole", path));
  return bytes;
}

}  // namespace

std::string to_text(const graph::Shape& shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "x"));
}

UserError TensorFile::error(const std::string& complaint) const {
  return UserError(fmt::format("{}: {}", path_, complaint));
}

TensorFile TensorFile::load(const std::string& path) {
  TensorFile file(path);
  std::string bytes = read_whole(path);
  if (bytes.size() < kLengthBytes)
    throw file.error(fmt::format(
        "{} bytes are no safetensors file: it begins with 8 bytes of header length", bytes.size()));
  const auto header_length = load_as<std::uint64_t>(bytes.data());
  if (header_length > bytes.size() - kLengthBytes)
    throw file.error(fmt::format(
        "not a safetensors file, or cut off: it says that its header has {} bytes, but {} follow",
        header_length, bytes.size() - kLengthBytes));
  file.read_header(std::string_view(bytes).substr(kLengthBytes, header_length));
  bytes.erase(0, kLengthBytes + header_length);
  file.data_ = std::move(bytes);
  file.check_places();
  return file;
}

void TensorFile::read_header(std::string_view text) {
  json header;
  try {
    header = json::parse(text);
  } catch (const json::parse_error& broken) {
    throw error(fmt::format("not a safetensors file: its header is no JSON at byte {}",
                            kLengthBytes + broken.byte));
  }
  if (!header.is_object()) throw error("not a safetensors file: its header is no JSON object");
  for (const auto& [name, value] : header.items()) {
    if (name == "__metadata__") {
      for (const auto& [key, entry] : value.items()) {
        if (!entry.is_string())
          throw error(fmt::format("metadata '{}': must be a text", excerpt(key)));
        metadata_[key] = entry;
      }
      continue;
    }
    const bool is_tensor = value.is_object() && value.contains("dtype") &&
                           value["dtype"].is_string() && value.contains("shape") &&
                           are_counts(value["shape"]) && value.contains("data_offsets") &&
                           are_counts(value["data_offsets"]) && value["data_offsets"].size() == 2;
    if (!is_tensor)
      throw error(
          fmt::format("tensor '{}': needs dtype, shape and two data_offsets", excerpt(name)));
    entries_[name] = {value["dtype"], value["shape"], value["data_offsets"][0],
                      value["data_offsets"][1]};
  }
}

void TensorFile::check_places() const {
  std::vector<std::pair<std::uint64_t, std::string>> order;
  for (const auto& [name, entry] : entries_) {
    const std::string who = fmt::format("tensor '{}'", excerpt(name));
    const ElementType* type = type_named(entry.type);
    if (!type)
      throw error(fmt::format("{}: element type '{}' is not known", who, excerpt(entry.type)));
    if (entry.begin > entry.end || entry.end > data_.size())
      throw error(
          fmt::format("{}: bytes {} to {} are not in the file, which holds {} (is it cut off?)",
                      who, entry.begin, entry.end, data_.size()));
    const auto bytes = bytes_of(entry.shape, *type);
    if (bytes != entry.end - entry.begin)
      throw error(fmt::format("{}: {} of {} does not fit its {} bytes", who, to_text(entry.shape),
                              entry.type, entry.end - entry.begin));
    if (entry.begin != entry.end) order.emplace_back(entry.begin, name);
  }
  std::sort(order.begin(), order.end());
  std::uint64_t at = 0;
  for (const auto& [begin, name] : order) {
    if (begin != at)
      throw error(
          fmt::format("tensor '{}': begins at byte {} of the data, must at {}: tensors lie one "
                      "behind the other",
                      excerpt(name), begin, at));
    at = entries_.at(name).end;
  }
  if (at != data_.size())
    throw error(fmt::format("{} bytes behind the last tensor", data_.size() - at));
}

std::vector<std::string> TensorFile::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

const TensorFile::Entry& TensorFile::entry(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) throw error(fmt::format("has no tensor '{}'", name));
  return found->second;
}

const std::string& TensorFile::metadata(const std::string& key) const {
  const auto found = metadata_.find(key);
  if (found == metadata_.end()) throw error(fmt::format("has no metadata '{}'", key));
  return found->second;
}

Tensor TensorFile::tensor(const std::string& name) const {
  const Entry& place = entry(name);
  const ElementType& type = *type_named(place.type);
  Tensor result{place.shape, std::vector<float>((place.end - place.begin) / type.bytes)};
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    result.values[i] = type.widen(data_.data() + place.begin + i * type.bytes);
    if (!std::isfinite(result.values[i]))
      throw error(fmt::format("tensor '{}': value {} is {}, must be finite", excerpt(name), i,
                              result.values[i]));
  }
  return result;
}

std::string safetensors(const std::map<std::string, Tensor>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t at = 0;
  for (const auto& [name, tensor] : tensors) {
    ensure(bytes_of(tensor.shape, kTypes[0]) == tensor.values.size() * sizeof(float),
           "a tensor has as many values as its shape says");
    const std::uint64_t end = at + tensor.values.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  std::string file(kLengthBytes, '\0');
  std::memcpy(file.data(), &length, sizeof length);
  file += text;
  file.reserve(file.size() + at);
  for (const auto& [name, tensor] : tensors)
    file.append(reinterpret_cast<const char*>(tensor.values.data()),
                tensor.values.size() * sizeof(float));
  return file;
}

}  // namespace bitloom::weights
