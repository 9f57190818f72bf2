#include "models/onnx/wire.h"

#include <cstring>

#include <fmt/format.h>

#include "base/error.h"

namespace bitloom::onnx {
namespace {

UserError another_kind(const Field& field, const char* wanted) {
  return UserError(fmt::format("field {} is no {}", field.number, wanted));
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), bytes.size());
  return value;
}

/// Takes a number off the front of `rest`; nothing where it is cut short or has over 64 bits.
std::optional<std::uint64_t> take_varint(std::string_view& rest) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(rest.front());
    rest.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

std::int64_t Field::integer() const {
  if (wire != Wire::kVarint) throw another_kind(*this, "whole number");
  return static_cast<std::int64_t>(value);
}

float Field::real() const {
  if (wire != Wire::kFixed32) throw another_kind(*this, "single-precision number");
  float result = 0;
  std::memcpy(&result, &value, sizeof result);
  return result;
}

std::string_view Field::text() const {
  if (wire != Wire::kBytes) throw another_kind(*this, "text or message");
  return bytes;
}

std::uint64_t Message::varint() {
  const std::size_t start = size_ - rest_.size();
  const auto value = take_varint(rest_);
  if (!value) throw UserError(fmt::format("byte {}: a number is cut short or too long", start));
  return *value;
}

std::string_view Message::take(std::uint64_t count) {
  if (count > rest_.size())
    throw UserError(fmt::format("byte {}: is cut short: {} bytes should follow, {} do",
                                size_ - rest_.size(), count, rest_.size()));
  const std::string_view taken = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return taken;
}

std::optional<Field> Message::next() {
  if (rest_.empty()) return std::nullopt;
  const std::size_t start = size_ - rest_.size();
  const std::uint64_t key = varint();
  Field field{.number = static_cast<std::uint32_t>(key >> 3)};
  const auto refuse = [&] {
    return UserError(fmt::format("byte {}: is no field of a protobuf message", start));
  };
  if (key >> 3 == 0 || key >> 3 > UINT32_MAX >> 3) throw refuse();
  switch (key & 7) {
    case 0:
      field.value = varint();
      break;
    case 1:
      field.value = little_endian(take(8));
      break;
    case 2:
      field.bytes = take(varint());
      break;
    case 5:
      field.value = little_endian(take(4));
      break;
    default:
      throw refuse();
  }
  field.wire = static_cast<Field::Wire>(key & 7);
  return field;
}

void append_integers(const Field& field, std::vector<std::int64_t>& to) {
  if (field.wire != Field::Wire::kBytes) {
    to.push_back(field.integer());
    return;
  }
  std::string_view rest = field.bytes;
  while (!rest.empty()) {
    const auto value = take_varint(rest);
    if (!value)
      throw UserError(fmt::format("field {}: a packed number is cut short", field.number));
    to.push_back(static_cast<std::int64_t>(*value));
  }
}

void append_reals(const Field& field, std::vector<float>& to) {
  if (field.wire != Field::Wire::kBytes) {
    to.push_back(field.real());
    return;
  }
  if (field.bytes.size() % sizeof(float) != 0)
    throw UserError(fmt::format("field {}: a packed number is cut short", field.number));
  const std::size_t had = to.size();
  to.resize(had + field.bytes.size() / sizeof(float));
  if (!field.bytes.empty()) std::memcpy(&to[had], field.bytes.data(), field.bytes.size());
}

void append_varint(std::uint64_t value, std::string& to) {
  for (; value >= 0x80; value >>= 7) to.push_back(static_cast<char>(value | 0x80));
  to.push_back(static_cast<char>(value));
}

}  // namespace bitloom::onnx
