// Recursive descent, a function for each level of what binds.
#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/numbers.h"
#include "base/text.h"
#include "search/explore/expression.h"

namespace bitloom::search {

class ConditionParser {
 public:
  ConditionParser(std::string_view text, const std::vector<std::string>& names)
      : text_(text), names_(names) {}

  Condition parse() {
    condition_.text_ = std::string(text_);
    if (!any_of()) throw error(0, "is a number, and no condition such as lut <= 53200");
    skip_spaces();
    if (at_ < text_.size()) throw unexpected();
    return std::move(condition_);
  }

 private:
  using Code = Condition::Code;
  struct Word {
    std::string_view text;
    Code code;
  };
  static constexpr std::size_t kDeepest = 64;

  /// Each of these reads what binds as its name says, and tells whether it is a condition.
  bool any_of() {
    bool is_condition = all_of();
    while (take_word("or")) is_condition = join_conditions(is_condition, all_of(), Code::kOr);
    return is_condition;
  }
  bool all_of() {
    bool is_condition = negation();
    while (take_word("and")) is_condition = join_conditions(is_condition, negation(), Code::kAnd);
    return is_condition;
  }
  bool negation() {
    if (!take_word("not")) return comparison();
    const Nesting nesting(*this);
    const std::size_t from = at_;
    if (!negation()) throw error(from, "'not' goes before a condition, not before a number");
    emit(Code::kNot, 0);
    return true;
  }
  bool comparison() {
    const std::size_t from = at_;
    const bool left_is_condition = sum();
    const auto code = take_sign(kComparisons);
    if (!code) return left_is_condition;
    const bool right_is_condition = sum();
    if (left_is_condition || right_is_condition)
      throw error(from, "compares a condition; numbers are compared, conditions joined by 'and'");
    emit(*code, -1);
    if (take_sign(kComparisons))
      throw error(from, "compares three numbers: write a <= b and b <= c");
    return true;
  }
  bool sum() { return chain(kSums, &ConditionParser::product); }
  bool product() { return chain(kProducts, &ConditionParser::sign); }
  bool chain(const auto& signs, bool (ConditionParser::*operand)()) {
    const std::size_t from = at_;
    bool is_condition = (this->*operand)();
    while (const auto code = take_sign(signs)) {
      is_condition = (this->*operand)() || is_condition;
      if (is_condition) throw error(from, "calculates with a condition, which is no number");
      emit(*code, -1);
    }
    return is_condition;
  }
  bool sign() {
    if (!take_sign(kMinus)) return power();
    const Nesting nesting(*this);
    const std::size_t from = at_;
    if (sign()) throw error(from, "calculates with a condition, which is no number");
    emit(Code::kNegate, 0);
    return false;
  }
  bool power() {
    const std::size_t from = at_;
    const bool is_condition = primary();
    if (!take_sign(kPowers)) return is_condition;
    const Nesting nesting(*this);
    if (sign() || is_condition)
      throw error(from, "calculates with a condition, which is no number");
    emit(Code::kPower, -1);
    return false;
  }

  bool primary() {
    const Nesting nesting(*this);
    skip_spaces();
    if (take('(')) {
      const bool is_condition = any_of();
      expect(')');
      return is_condition;
    }
    if (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) return number();
    const std::size_t from = at_;
    const std::string_view word = take_name();
    if (word.empty()) throw unexpected();
    if (word == "true" || word == "false") return push_number(word == "true" ? 1 : 0);
    skip_spaces();
    if (at_ < text_.size() && text_[at_] == '(') return function(from, word);
    const auto found = std::find(names_.begin(), names_.end(), word);
    if (found == names_.end()) throw unknown(from, word);
    push({Code::kName, 0, static_cast<std::size_t>(found - names_.begin())});
    return false;
  }

  bool function(std::size_t from, std::string_view name) {
    constexpr std::array<Word, 5> kFunctions{{{"min", Code::kMin},
                                              {"max", Code::kMax},
                                              {"log2", Code::kLog2},
                                              {"ceil", Code::kCeil},
                                              {"floor", Code::kFloor}}};
    const auto found = std::find_if(kFunctions.begin(), kFunctions.end(),
                                    [&](const Word& each) { return each.text == name; });
    if (found == kFunctions.end())
      throw error(from,
                  unknown_name("function", name, {"min", "max", "log2", "ceil", "floor"}).what());
    const bool of_two = found->code == Code::kMin || found->code == Code::kMax;
    expect('(');
    number_argument();
    if (of_two) {
      expect(',');
      number_argument();
    }
    expect(')');
    emit(found->code, of_two ? -1 : 0);
    return false;
  }
  void number_argument() {
    const std::size_t from = at_;
    if (sum()) throw error(from, "calculates with a condition, which is no number");
  }

  bool number() {
    const std::size_t from = at_;
    while (at_ < text_.size() &&
           (is_digit(text_[at_]) || is_letter(text_[at_]) || text_[at_] == '.' ||
            ((text_[at_] == '+' || text_[at_] == '-') && (text_[at_ - 1] | 0x20) == 'e')))
      ++at_;
    const std::string_view digits = text_.substr(from, at_ - from);
    const auto value = parse_real(digits);
    if (!value) throw error(from, fmt::format("'{}' is no number", excerpt(std::string(digits))));
    return push_number(*value);
  }

  bool join_conditions(bool left, bool right, Code code) {
    if (!left || !right)
      throw error(0, fmt::format("'{}' joins conditions such as lut <= 53200, not numbers",
                                 code == Code::kAnd ? "and" : "or"));
    emit(code, -1);
    return true;
  }

  void push(Condition::Step step) {
    condition_.steps_.push_back(step);
    condition_.depth_ = std::max(condition_.depth_, static_cast<std::size_t>(++waiting_));
  }
  bool push_number(double value) {
    push({Code::kNumber, value});
    return false;
  }
  void emit(Code code, int change) {
    condition_.steps_.push_back({code});
    waiting_ += change;
  }

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }
  void skip_spaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip_spaces();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c))
      throw at_ < text_.size() ? error(at_, fmt::format("must be '{}'", c)) : unexpected();
  }
  std::string_view take_name() {
    const std::size_t from = at_;
    if (at_ < text_.size() && is_letter(text_[at_]))
      while (at_ < text_.size() &&
             (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.'))
        ++at_;
    return text_.substr(from, at_ - from);
  }
  bool take_word(std::string_view word) {
    skip_spaces();
    const std::size_t from = at_;
    if (take_name() == word) return true;
    at_ = from;
    return false;
  }
  template <std::size_t Count>
  std::optional<Code> take_sign(const std::array<Word, Count>& signs) {
    skip_spaces();
    for (const Word& sign : signs)
      if (text_.substr(at_).starts_with(sign.text)) {
        at_ += sign.text.size();
        return sign.code;
      }
    return std::nullopt;
  }
  static constexpr std::array<Word, 6> kComparisons{{{"<=", Code::kAtMost},
                                                     {">=", Code::kAtLeast},
                                                     {"==", Code::kEqual},
                                                     {"!=", Code::kDiffers},
                                                     {"<", Code::kLess},
                                                     {">", Code::kMore}}};
  static constexpr std::array<Word, 2> kSums{{{"+", Code::kAdd}, {"-", Code::kSubtract}}};
  static constexpr std::array<Word, 2> kProducts{{{"*", Code::kMultiply}, {"/", Code::kDivide}}};
  static constexpr std::array<Word, 1> kPowers{{{"^", Code::kPower}}};
  static constexpr std::array<Word, 1> kMinus{{{"-", Code::kNegate}}};

  UserError error(std::size_t from, std::string_view complaint) const {
    while (from < text_.size() && text_[from] == ' ') ++from;
    constexpr std::size_t kMost = 200;
    const std::string whole(text_);
    return UserError(fmt::format("'{}' at character {}: {}",
                                 whole.size() > kMost ? excerpt(whole) : whole, from + 1,
                                 complaint));
  }
  UserError unexpected() const {
    if (at_ >= text_.size()) return error(at_, "ends where a number, a name or ( should follow");
    return error(at_, fmt::format("'{}' is out of place", excerpt(std::string(text_.substr(at_)))));
  }
  UserError unknown(std::size_t from, std::string_view name) const {
    return error(from, unknown_name("name", name, names_).what());
  }

  /// Counts what is nested, so that no text makes the program's stack overflow.
  class Nesting {
   public:
    explicit Nesting(ConditionParser& parser) : parser_(parser) {
      if (++parser_.nested_ > kDeepest)
        throw parser_.error(parser_.at_, fmt::format("is nested deeper than {} levels", kDeepest));
    }
    ~Nesting() { --parser_.nested_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    ConditionParser& parser_;
  };

  std::string_view text_;
  const std::vector<std::string>& names_;
  std::size_t at_ = 0;
  std::size_t nested_ = 0;
  int waiting_ = 0;
  Condition condition_;
};

Condition Condition::parse(std::string_view text, const std::vector<std::string>& names) {
  return ConditionParser(text, names).parse();
}

}  // namespace bitloom::search
