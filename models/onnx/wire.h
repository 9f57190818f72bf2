#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitloom::onnx {

/// A field of a protobuf message: its number and its value, by the rules of
/// https://protobuf.dev/programming-guides/encoding. Bytes are views of the message.
struct Field {
  enum class Wire { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

  std::uint32_t number = 0;
  Wire wire = Wire::kVarint;
  std::uint64_t value = 0;      // of a varint or a fixed number
  std::string_view bytes = {};  // of text, a message or packed numbers

  /// Each a UserError where the field is of another kind.
  std::int64_t integer() const;
  float real() const;
  std::string_view text() const;
};

/// The fields of a message in their order. Read lazily: what is not looked at is not read.
class Message {
 public:
  explicit Message(std::string_view bytes) : rest_(bytes), size_(bytes.size()) {}
  /// The next field; nothing at the end. A UserError says at which byte of the message it is cut
  /// short or no protobuf.
  std::optional<Field> next();

 private:
  std::uint64_t varint();
  std::string_view take(std::uint64_t count);

  std::string_view rest_;
  std::size_t size_;
};

/// Appends what `field` holds of a repeated number: one of them, or many packed together.
void append_integers(const Field& field, std::vector<std::int64_t>& to);
void append_reals(const Field& field, std::vector<float>& to);

/// Appends `value` as protobuf writes whole numbers.
void append_varint(std::uint64_t value, std::string& to);

}  // namespace bitloom::onnx
