#include "models/weights/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/shown_name.h"
#include "base/text.h"

namespace bitloom::weights {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

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

/// A file that is read piece by piece, none of which it allocates before the file is known to have
/// it.
class Bytes {
 public:
  explicit Bytes(const std::string& path) : path_(path) {
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status))
      throw UserError(fmt::format("{}: is not a regular file", path));
    errno = 0;
    stream_.open(path, std::ios::binary | std::ios::ate);
    if (!stream_)
      throw UserError(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
    left_ = static_cast<std::uint64_t>(stream_.tellg());
    stream_.seekg(0);
  }

  std::uint64_t left() const { return left_; }
  std::string next(std::uint64_t count) {
    ensure(count <= left_, "no more is read than there is");
    std::string bytes(count, '\0');
    stream_.read(bytes.data(), static_cast<std::streamsize>(count));
    if (!stream_) throw UserError(fmt::format("{}: cannot be read whole", path_));
    left_ -= count;
    return bytes;
  }

 private:
  const std::string& path_;
  std::ifstream stream_;
  std::uint64_t left_ = 0;
};

constexpr std::size_t kChecksumDigits = 8;

/// Where the checksum's digits begin in a header; nothing where it has none.
std::optional<std::size_t> checksum_place(std::string_view header) {
  const std::string before = fmt::format("\"{}\":\"", kChecksumKey);
  const std::size_t at = header.find(before);
  if (at == std::string_view::npos || at + before.size() + kChecksumDigits > header.size())
    return std::nullopt;
  return at + before.size();
}

/// The checksum of a file of `header`, whose own checksum counts as zeros, and `data`.
std::string checksum(std::string header, std::size_t place, std::string_view data) {
  header.replace(place, kChecksumDigits, kChecksumDigits, '0');
  uLong crc = ::crc32(0, nullptr, 0);
  for (const std::string_view part : {std::string_view(header), data})
    crc = ::crc32_z(crc, reinterpret_cast<const Bytef*>(part.data()), part.size());
  return fmt::format("{:08x}", crc);
}

/// Python, in one line, that converts a file of PyTorch, whether it holds weights alone, a
/// checkpoint with them under one of the usual names, or a whole module.
std::string conversion(const std::string& path) {
  return fmt::format(
      R"(import torch, safetensors.torch; )"
      R"(w = torch.load({}, map_location="cpu", weights_only=False); )"
      R"(w = next((w[k] for k in ("state_dict", "model_state_dict", "model", "net") )"
      R"(if isinstance(w, dict) and k in w), w); w = getattr(w, "state_dict", lambda: w)(); )"
      R"(safetensors.torch.save_file({{n: v.clone().contiguous() for n, v in w.items() )"
      R"(if torch.is_tensor(v)}}, "weights.safetensors"))",
      json_text(nlohmann::json(path)));
}

/// What a file of weights that is no safetensors file is by its first bytes, and how it becomes
/// one; empty where that is not known.
std::string other_format(const std::string& path) {
  constexpr std::size_t kLooked = 4096;
  std::ifstream file(path, std::ios::binary);
  std::string start(kLooked, '\0');
  file.read(start.data(), kLooked);
  start.resize(static_cast<std::size_t>(file.gcount()));
  // A header's length may look like a pickle's first bytes.
  if (start.size() > kLengthBytes && start[kLengthBytes] == '{') return "";
  const bool is_zip = start.starts_with("PK\3\4");
  const bool is_pickle = start.starts_with("\x80\2") || start.starts_with("\x80\4");
  if (path.ends_with(".onnx")) return "a file of ONNX, not a safetensors file";
  if (start.starts_with("\x89HDF")) return "an HDF5 file (Keras), not a safetensors file";
  if (is_zip && start.find("data.pkl") == std::string::npos)
    return "a zip archive, not a safetensors file";
  if (!is_zip && !is_pickle) return "";
  return "a PyTorch file, not a safetensors file; this Python converts it "
         "(docs/guide/policy-in-pytorch.md): " +
         conversion(path);
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
  Bytes bytes(path);
  if (const std::string format = other_format(path); !format.empty()) throw file.error(format);
  if (bytes.left() < kLengthBytes)
    throw file.error(fmt::format(
        "{} bytes are no safetensors file: it begins with 8 bytes of header length", bytes.left()));
  const auto header_length = load_as<std::uint64_t>(bytes.next(kLengthBytes).data());
  if (header_length > bytes.left())
    throw file.error(fmt::format(
        "not a safetensors file, or cut off: it says that its header has {} bytes, but {} follow",
        header_length, bytes.left()));
  const std::string header = bytes.next(header_length);
  file.header_ = read_header(header, path);
  file.check_places(bytes.left());
  file.data_ = bytes.next(bytes.left());
  if (const auto place = checksum_place(header))
    if (const std::string found = checksum(header, *place, file.data_),
        stored = header.substr(*place, kChecksumDigits);
        found != stored)
      throw file.error(fmt::format(
          "is damaged: the checksum of its bytes is {}, it was written with {}", found, stored));
  return file;
}

TensorFile TensorFile::of(std::string path, const std::map<std::string, Tensor>& tensors,
                          StoredName stored_name) {
  TensorFile file(std::move(path));
  file.stored_name_ = std::move(stored_name);
  for (const auto& [name, tensor] : tensors) {
    const std::size_t begin = file.data_.size();
    const auto* bytes = reinterpret_cast<const char*>(tensor.values.data());
    file.data_.append(bytes, tensor.values.size() * sizeof(float));
    file.header_.tensors[name] = {"F32", tensor.shape, begin, file.data_.size()};
  }
  return file;
}

void TensorFile::check_places(std::uint64_t data_bytes) const {
  std::vector<std::pair<std::uint64_t, std::string>> order;
  for (const auto& [name, entry] : header_.tensors) {
    const std::string who = fmt::format("tensor '{}'", shown_name(name));
    const ElementType* type = type_named(entry.type);
    if (!type)
      throw error(fmt::format("{}: element type '{}' is not known", who, excerpt(entry.type)));
    if (entry.begin > entry.end || entry.end > data_bytes)
      throw error(
          fmt::format("{}: bytes {} to {} are not in the file, which holds {} (is it cut off?)",
                      who, entry.begin, entry.end, data_bytes));
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
                      shown_name(name), begin, at));
    at = header_.tensors.at(name).end;
  }
  if (at != data_bytes)
    throw error(fmt::format("{} bytes behind the last tensor", data_bytes - at));
}

std::vector<std::string> TensorFile::names() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : header_.tensors) names.push_back(name);
  return names;
}

const TensorPlace& TensorFile::place(const std::string& name) const {
  const auto found = header_.tensors.find(name);
  if (found == header_.tensors.end())
    throw error(fmt::format("has no tensor '{}'", stored_name(name)));
  return found->second;
}

const std::string& TensorFile::metadata(const std::string& key) const {
  const auto found = header_.metadata.find(key);
  if (found == header_.metadata.end()) throw error(fmt::format("has no metadata '{}'", key));
  return found->second;
}

JsonValue TensorFile::json_metadata(const std::string& key) const {
  return JsonValue::parse(metadata(key), fmt::format("{}: metadata '{}'", path_, key));
}

Tensor TensorFile::tensor(const std::string& name) const {
  const TensorPlace& stored = place(name);
  const ElementType& type = *type_named(stored.type);
  Tensor result{stored.shape, std::vector<float>((stored.end - stored.begin) / type.bytes)};
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    result.values[i] = type.widen(data_.data() + stored.begin + i * type.bytes);
    if (!std::isfinite(result.values[i]))
      throw error(fmt::format("tensor '{}': value {} is {}, must be finite", shown_name(name), i,
                              result.values[i]));
  }
  return result;
}

std::string safetensors(const std::map<std::string, Tensor>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  header["__metadata__"] = metadata;
  header["__metadata__"][kChecksumKey] = std::string(kChecksumDigits, '0');
  std::uint64_t at = 0;
  for (const auto& [name, tensor] : tensors) {
    ensure(bytes_of(tensor.shape, kTypes[0]) == tensor.values.size() * sizeof(float),
           "a tensor has as many values as its shape says");
    const std::uint64_t end = at + tensor.values.size() * sizeof(float);
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = json_text(header);
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  std::string file(kLengthBytes, '\0');
  std::memcpy(file.data(), &length, sizeof length);
  file += text;
  file.reserve(file.size() + at);
  for (const auto& [name, tensor] : tensors)
    file.append(reinterpret_cast<const char*>(tensor.values.data()),
                tensor.values.size() * sizeof(float));
  const std::size_t place = checksum_place(text).value();
  const std::string_view data = std::string_view(file).substr(kLengthBytes + length);
  file.replace(kLengthBytes + place, kChecksumDigits, checksum(text, place, data));
  return file;
}

}  // namespace bitloom::weights
